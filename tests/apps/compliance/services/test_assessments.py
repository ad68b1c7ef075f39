import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from apps.compliance.engine.errors import IncompleteAnswersError, UnknownAnswerError
from apps.compliance.models import AssessmentState, MethodTable, RiskAssessment
from apps.compliance.services.assessments import (
    file_answers,
    invite_to_questionnaire,
    save_answer,
    submit_answers,
    take_down_answers,
    withdraw_questionnaire,
)
from apps.compliance.services.errors import AlreadyOpenError, AnswersStandError, NotAnAdultError, NotYoursError
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


def test_answers_given_elsewhere_are_filed_without_asking_for_them_by_mail(ada, ana):
    withdrawn = make.opened(ana, ada)
    given = make.answers(withdrawn, 3)
    withdraw_questionnaire(assessment=withdrawn, reason="On paper", by=ada.as_actor())
    asked = Mail.objects.count()
    told = {"person": ana, "kind": "individual", "answers": given, "by": ada.as_actor()}
    with pytest.raises(InvalidInputError, match="how the answers were given"):
        file_answers(**told, given_how=" ")
    filed = file_answers(**told, given_how="Paper of 3 June")
    assert (filed.state, filed.channel, filed.given_how) == (AssessmentState.ANSWERED, "meeting", "Paper of 3 June")
    assert set(trail_of(filed)) == {"compliance.submit_answers", "compliance.invite_to_questionnaire"}
    assert Mail.objects.count() == asked


def trail_of(assessment):
    return list(AuditEvent.objects.filter(target_id=str(assessment.public_id)).values_list("action", flat=True))


def test_an_adult_is_invited_with_the_version_in_force(ada, ana):
    assessment = make.opened(ana, ada)
    assert assessment.state == AssessmentState.OPEN
    assert assessment.questionnaire.version == "2026.1"
    assert trail_of(assessment) == ["compliance.invite_to_questionnaire"]
    mail = Mail.objects.get()
    assert (mail.to, mail.kind) == ("clay@alpha.test", "compliance/questionnaire")
    assert "http://alpha.localhost" in mail.text


def test_a_child_is_not_invited(ada, ana):
    child = ana.household.people.filter(relationship="child").first()
    with pytest.raises(NotAnAdultError, match="no risk profile"):
        invite_to_questionnaire(person=child, by=ada.as_actor())
    assert not RiskAssessment.objects.exists()
    assert not MethodTable.objects.exists()


def test_two_questionnaires_at_once_are_refused(ada, ana):
    make.opened(ana, ada)
    with pytest.raises(AlreadyOpenError):
        make.opened(ana, ada)


def test_answers_are_kept_one_by_one_and_may_change_until_submitted(ada, ana, clay):
    assessment = make.opened(ana, ada)
    for option in ("b", "b", "d"):
        save_answer(assessment=assessment, item="self_view", option=option, by=clay.as_actor())
    assessment.refresh_from_db()
    assert assessment.answers == {"self_view": "d"}
    # the same answer again leaves no event
    assert trail_of(assessment).count("compliance.save_answer") == 2


def test_an_answer_that_does_not_exist_leaves_nothing(ada, ana, clay):
    assessment = make.opened(ana, ada)
    with pytest.raises(UnknownAnswerError):
        save_answer(assessment=assessment, item="self_view", option="z", by=clay.as_actor())
    assessment.refresh_from_db()
    assert assessment.answers == {}


@pytest.mark.parametrize("who", ["ada", "mallory", "paul"])
def test_nobody_else_answers_for_a_person(request, ada, ana, who):
    assessment = make.opened(ana, ada)
    other = request.getfixturevalue(who)
    with pytest.raises(NotYoursError, match="Ana Rivera"):
        save_answer(assessment=assessment, item="self_view", option="a", by=other.as_actor())
    with pytest.raises(NotYoursError):
        submit_answers(assessment=assessment, by=other.as_actor())


def test_complete_answers_are_scored_and_stand(ada, ana, clay):
    assessment = make.answered(ana, points=4, by=ada)
    assert assessment.state == AssessmentState.ANSWERED
    assert assessment.submitted_at <= timezone.now()
    assert (assessment.tolerance_score, assessment.tolerance_level) == (52, 6)
    assert assessment.recommended_level is None
    with pytest.raises(AnswersStandError):
        save_answer(assessment=assessment, item="self_view", option="a", by=clay.as_actor())
    with pytest.raises(AnswersStandError):
        submit_answers(assessment=assessment, by=clay.as_actor())
    event = AuditEvent.objects.get(action="compliance.submit_answers")
    assert event.after["tolerance_level"] == 6
    assert event.subject_id == str(ana.household.public_id)


def test_the_database_refuses_to_change_submitted_answers(ada, ana):
    assessment = make.answered(ana, by=ada)
    with pytest.raises(DatabaseError, match="This record stands"), transaction.atomic():
        RiskAssessment.objects.filter(pk=assessment.pk).update(answers={})
    with pytest.raises(DatabaseError, match="This record stands"), transaction.atomic():
        RiskAssessment.objects.filter(pk=assessment.pk).update(tolerance_level=7)


def test_a_gap_is_refused_and_what_was_answered_stays(ada, ana, clay):
    assessment = make.opened(ana, ada)
    save_answer(assessment=assessment, item="self_view", option="a", by=clay.as_actor())
    with pytest.raises(IncompleteAnswersError, match="12 of 13"):
        submit_answers(assessment=assessment, by=clay.as_actor())
    assessment.refresh_from_db()
    assert (assessment.state, assessment.answers) == (AssessmentState.OPEN, {"self_view": "a"})


def test_answers_of_a_meeting_are_taken_down_with_how_they_were_given(ada, ana):
    assessment = make.opened(ana, ada)
    answers = make.answers(assessment, 3)
    with pytest.raises(InvalidInputError, match="how the answers were given"):
        take_down_answers(assessment=assessment, answers=answers, given_how=" ", by=ada.as_actor())
    done = take_down_answers(assessment=assessment, answers=answers, given_how="Meeting of May 3", by=ada.as_actor())
    assert (done.channel, done.given_how) == ("meeting", "Meeting of May 3")
    assert AuditEvent.objects.get(action="compliance.submit_answers").reason == "Meeting of May 3"


def test_support_takes_no_answers_down(ada, sue, ana):
    assessment = make.opened(ana, ada)
    with pytest.raises(NotYoursError):
        take_down_answers(
            assessment=assessment, answers=make.answers(assessment, 3), given_how="Call", by=sue.as_actor()
        )


def test_a_withdrawn_questionnaire_makes_room_for_another(ada, ana):
    assessment = make.opened(ana, ada)
    withdraw_questionnaire(assessment=assessment, reason="Sent too early.", by=ada.as_actor())
    again = make.opened(ana, ada)
    assert RiskAssessment.objects.open().get() == again
    with pytest.raises(AnswersStandError):
        withdraw_questionnaire(assessment=assessment, reason="Again.", by=ada.as_actor())


def test_a_client_sees_their_own_answers_and_not_their_partners(ada, ana, clay):
    luis = make.adult(ana.household, relationship="partner")
    own, other = make.opened(ana, ada), make.opened(luis, ada)
    seen = RiskAssessment.objects.visible_to(clay.as_actor())
    assert own in seen
    assert other not in seen
