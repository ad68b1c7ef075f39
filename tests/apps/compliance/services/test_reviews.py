import datetime as dt

import pytest
from django.utils import timezone

from apps.compliance.models import AdvisorRiskReview, AssessmentState, RiskAcknowledgement, RiskAssessment
from apps.compliance.policies import end_of_validity
from apps.compliance.services.assessments import invite_to_questionnaire, save_answer, submit_answers
from apps.compliance.services.errors import (
    CapacityUnknownError,
    ExceptionNeedsReasonError,
    NotAnsweredError,
    NothingToAcknowledgeError,
    NotYoursError,
)
from apps.compliance.services.reviews import acknowledge, expire_assessments, record_life_event, review_assessment
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.cast import person
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


@pytest.fixture
def waiting(ada, ana):
    """Tolerance 6, capacity 6: recommended 6."""
    assessment = make.answered(ana, points=4, by=ada)
    make.capacity(ana.household, ada)
    assessment.refresh_from_db()
    return assessment


def review(assessment, ada, level, **more):
    return review_assessment(assessment=assessment, accepted_level=level, note="Talked.", by=ada.as_actor(), **more)


def test_an_accepted_level_comes_into_force_for_two_years(ada, waiting):
    review(waiting, ada, 5)
    waiting.refresh_from_db()
    assert waiting.state == AssessmentState.REVIEWED
    assert waiting.valid_until == end_of_validity(timezone.localdate(waiting.submitted_at))
    actions = AuditEvent.objects.filter(
        action__in=["compliance.review_assessment", "compliance.bring_profile_into_force"]
    )
    assert actions.count() == 2
    said = actions.get(action="compliance.review_assessment").after
    assert (said["tolerance"], said["recommended"], said["accepted"]) == (6, 6, 5)


def test_tolerance_alone_recommends_nothing(ada, ana):
    assessment = make.answered(ana, by=ada)
    with pytest.raises(CapacityUnknownError):
        review(assessment, ada, 3)
    assert not AdvisorRiskReview.objects.exists()


def test_a_level_above_the_recommended_one_needs_a_reason(ada, waiting):
    with pytest.raises(ExceptionNeedsReasonError, match="above the recommended level 6"):
        review(waiting, ada, 7)
    assert not AdvisorRiskReview.objects.exists()


def test_an_exception_waits_for_the_client(ada, clay, ana, waiting):
    review(waiting, ada, 7, exception_reason="Insists after two talks.")
    waiting.refresh_from_db()
    assert waiting.state == AssessmentState.ANSWERED
    said = acknowledge(assessment=waiting, person=ana, purpose="exception", by=clay.as_actor())
    assert "7 · Very high" in said.statement
    waiting.refresh_from_db()
    assert waiting.state == AssessmentState.REVIEWED
    with pytest.raises(NothingToAcknowledgeError):
        acknowledge(assessment=waiting, person=ana, purpose="exception", by=clay.as_actor())


def test_nobody_acknowledges_for_the_client_without_saying_how(ada, mallory, ana, waiting):
    review(waiting, ada, 7, exception_reason="Insists.")
    with pytest.raises(NotYoursError):
        acknowledge(assessment=waiting, person=ana, purpose="exception", by=ada.as_actor())
    acknowledge(assessment=waiting, person=ana, purpose="exception", by=ada.as_actor(), given_how="Letter of May 3")
    assert RiskAcknowledgement.objects.get().given_how == "Letter of May 3"


@pytest.mark.parametrize(("level", "note"), [(0, "x"), (8, "x"), (3, "  ")])
def test_an_impossible_level_or_an_empty_note_is_refused(ada, waiting, level, note):
    with pytest.raises(InvalidInputError):
        review_assessment(assessment=waiting, accepted_level=level, note=note, by=ada.as_actor())


def test_a_profile_is_reviewed_once(ada, waiting):
    review(waiting, ada, 4)
    with pytest.raises(NotAnsweredError):
        review(waiting, ada, 5)


def test_a_new_profile_takes_the_place_of_the_old_one(ada, clay, ana, waiting):
    review(waiting, ada, 4)
    newer = make.answered(ana, points=2, by=ada)
    review(newer, ada, newer.recommended_level)
    waiting.refresh_from_db()
    assert waiting.state == AssessmentState.SUPERSEDED
    assert RiskAssessment.objects.in_force().get() == newer


def test_a_joint_profile_needs_the_other_adults_yes(ada, clay, ana):
    luis = make.adult(ana.household, person("client", "Luis"), relationship="partner")
    assessment = invite_to_questionnaire(person=ana, kind="joint", by=ada.as_actor())
    for item, option in make.answers(assessment, 3).items():
        save_answer(assessment=assessment, item=item, option=option, by=clay.as_actor())
    submit_answers(assessment=assessment, by=clay.as_actor())
    make.capacity(ana.household, ada)
    review(assessment, ada, 2)
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.ANSWERED
    with pytest.raises(NothingToAcknowledgeError):
        acknowledge(assessment=assessment, person=ana, purpose="joint_profile", by=clay.as_actor())
    acknowledge(assessment=assessment, person=luis, purpose="joint_profile", by=luis.user.as_actor())
    assessment.refresh_from_db()
    assert assessment.state == AssessmentState.REVIEWED


def test_a_life_event_ends_the_profiles_in_force(ada, ana, waiting):
    review(waiting, ada, 4)
    assert record_life_event(household=ana.household, event="divorce", note="Told by phone.", by=ada.as_actor()) == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.ended_reason) == (AssessmentState.EXPIRED, "divorce")
    with pytest.raises(InvalidInputError):
        record_life_event(household=ana.household, event="birthday", note="", by=ada.as_actor())


def test_a_profile_past_its_date_expires_and_only_then(ada, waiting):
    review(waiting, ada, 4)
    waiting.refresh_from_db()
    by = Actor.system("compliance.daily")
    assert expire_assessments(on=waiting.valid_until, by=by) == 0
    assert expire_assessments(on=waiting.valid_until + dt.timedelta(days=1), by=by) == 1
    assert expire_assessments(on=waiting.valid_until + dt.timedelta(days=1), by=by) == 0
    waiting.refresh_from_db()
    assert waiting.state == AssessmentState.EXPIRED
