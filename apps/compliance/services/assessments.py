"""Risk questionnaires: invited, answered, submitted."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Person
from apps.clients.policies import is_of_age
from apps.compliance.engine.tolerance import check_answers, score_tolerance
from apps.compliance.models import AssessmentKind, AssessmentState, Channel, MethodKind, RiskAssessment
from apps.compliance.policies import is_own, may_take_down
from apps.compliance.services import _mapping
from apps.compliance.services._reconciling import reconcile_with_capacity
from apps.compliance.services.errors import AlreadyOpenError, AnswersStandError, NotAnAdultError, NotYoursError
from apps.compliance.services.method_tables import method_in_force
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.notices.services.mails import queue_mail


@service
def invite_to_questionnaire(*, person: Person, by: Actor, kind: str = AssessmentKind.INDIVIDUAL) -> RiskAssessment:
    """Open a questionnaire of the version in force for one adult; a portal account hears of it by mail.

    A profile in force stays so until the new one takes its place.

    Raises NotAnAdultError for a child, AlreadyOpenError when one waits already.
    """
    assessment = _opened(person, kind, by)
    if person.user is not None:
        queue_mail(
            kind="compliance/questionnaire",
            to=person.user.email,
            context={"name": person.first_name, "action_url": site_url("/"), "action_label": _("Answer the questions")},
            by=by,
            locale=person.user.locale,
        )
    return assessment


@service
def withdraw_questionnaire(*, assessment: RiskAssessment, reason: str, by: Actor) -> RiskAssessment:
    """Take an open questionnaire back. Raises AnswersStandError once it is submitted."""
    assessment = _locked_open(assessment)
    assessment.state, assessment.ended_reason = AssessmentState.SUPERSEDED, reason[:200]
    assessment.save(update_fields=["state", "ended_reason", "updated_at"])
    audit.record(
        "compliance.withdraw_questionnaire",
        by=by,
        target=assessment,
        before={"state": AssessmentState.OPEN},
        after={"state": assessment.state},
        reason=reason,
    )
    _tell(assessment, "risk.withdrawn")
    return assessment


@service
def save_answer(*, assessment: RiskAssessment, item: str, option: str, by: Actor) -> RiskAssessment:
    """Keep one answer, so that the person can go on later; another answer to the same item replaces it.

    Raises NotYoursError for anybody but the person, AnswersStandError once submitted, UnknownAnswerError for an
    option that the questionnaire lacks.
    """
    assessment = _locked_open(assessment)
    _own(assessment, by)
    check_answers({item: option}, _mapping.questionnaire_of(assessment))
    before = assessment.answers.get(item)
    if before == option:
        return assessment
    assessment.answers = {**assessment.answers, item: option}
    assessment.save(update_fields=["answers", "updated_at"])
    audit.record("compliance.save_answer", by=by, target=assessment, before={item: before}, after={item: option})
    return assessment


@service
def submit_answers(*, assessment: RiskAssessment, by: Actor) -> RiskAssessment:
    """Submit the answers given so far as complete: tolerance is scored, and the answers stand from here on.

    Raises NotYoursError for anybody but the person, AnswersStandError when submitted already, IncompleteAnswersError
    while one is missing.
    """
    assessment = _locked_open(assessment)
    _own(assessment, by)
    return _submit(assessment, by, channel=Channel.PORTAL)


@service
def take_down_answers(
    *, assessment: RiskAssessment, answers: Mapping[str, str], given_how: str, by: Actor
) -> RiskAssessment:
    """Submit answers that a client gave on paper or in a meeting, with a word on how they were given.

    Raises NotYoursError for a role that does not serve households, AnswersStandError when submitted already,
    InvalidInputError without the word, IncompleteAnswersError and UnknownAnswerError as the portal does.
    """
    if not may_take_down(by):
        raise NotYoursError(
            gettext_noop("Your role cannot take down answers."), mend=gettext_noop("Ask the household's advisor.")
        )
    if not given_how.strip():
        raise InvalidInputError(
            gettext_noop("Say how the answers were given."),
            mend=gettext_noop("Name the meeting, the call or the signed paper, with its date."),
            field="given_how",
        )
    assessment = _locked_open(assessment)
    check_answers(answers, _mapping.questionnaire_of(assessment))
    assessment.answers, assessment.given_how = dict(answers), given_how.strip()[:300]
    return _submit(assessment, by, channel=Channel.MEETING if by.is_person else Channel.PARTNER)


@service
def file_answers(*, person: Person, kind: str, answers: Mapping[str, str], given_how: str, by: Actor) -> RiskAssessment:
    """Submit answers that an adult gave elsewhere, to the questionnaire that waits or else to a new one.

    Nobody is asked by mail for what is answered already. Raises NotAnAdultError for a child, and as take_down_answers.
    """
    waiting = RiskAssessment.objects.open().filter(person=person, kind=kind).first()
    return take_down_answers(
        assessment=waiting or _opened(person, kind, by), answers=answers, given_how=given_how, by=by
    )


def _opened(person: Person, kind: str, by: Actor) -> RiskAssessment:
    if not is_of_age(person):
        raise NotAnAdultError(
            gettext_noop("%(name)s has no risk profile of their own."),
            mend=gettext_noop("Choose the head of the household or their partner."),
            field="person",
            name=str(person),
        )
    Person.objects.select_for_update().get(pk=person.pk)
    if RiskAssessment.objects.open().filter(person=person, kind=kind).exists():
        raise AlreadyOpenError(
            gettext_noop("%(name)s has an open questionnaire already."),
            mend=gettext_noop("Wait for the answers, or withdraw it first."),
            field="person",
            name=str(person),
        )
    questionnaire = method_in_force(kind=MethodKind.QUESTIONNAIRE, on=firm_today(), by=by)
    assessment = RiskAssessment(household=person.household, person=person, kind=kind, questionnaire=questionnaire)
    assessment.full_clean()
    assessment.save()
    audit.record(
        "compliance.invite_to_questionnaire",
        by=by,
        target=assessment,
        after={"person": str(person), "kind": kind, "questionnaire": questionnaire.version},
    )
    _tell(assessment, "risk.invited")
    return assessment


def _submit(assessment: RiskAssessment, by: Actor, *, channel: str) -> RiskAssessment:
    tolerance = score_tolerance(assessment.answers, _mapping.questionnaire_of(assessment))
    assessment.state = AssessmentState.ANSWERED
    assessment.submitted_at = timezone.now()
    assessment.channel, assessment.language = channel, (translation.get_language() or "en")[:8]
    assessment.tolerance_score, assessment.tolerance_level = tolerance.score, tolerance.level
    assessment.contradictions = _mapping.contradictions(tolerance.contradictions)
    assessment.tolerance_trail = _mapping.lines(tolerance.trail)
    reconcile_with_capacity(assessment, by)
    assessment.full_clean()
    assessment.save()
    audit.record(
        "compliance.submit_answers",
        by=by,
        target=assessment,
        before={"state": AssessmentState.OPEN},
        after={"state": assessment.state},
        facts={
            "channel": channel,
            "questionnaire": assessment.questionnaire.version,
            "answers": assessment.answers,
            "tolerance_score": tolerance.score,
            "tolerance_level": tolerance.level,
            "contradictions": [each.code for each in tolerance.contradictions],
        },
        reason=assessment.given_how,
    )
    _tell(assessment, "risk.answered")
    return assessment


def _locked_open(assessment: RiskAssessment) -> RiskAssessment:
    locked = (
        RiskAssessment.objects.select_for_update(of=("self",))
        .select_related("questionnaire", "person", "household")
        .get(pk=assessment.pk)
    )
    if locked.state != AssessmentState.OPEN:
        raise AnswersStandError(
            gettext_noop("These answers were submitted and stand as they are."),
            mend=gettext_noop("To answer anew, ask for a new questionnaire."),
        )
    return locked


def _own(assessment: RiskAssessment, by: Actor) -> None:
    if not is_own(assessment, by):
        raise NotYoursError(
            gettext_noop("This questionnaire is for %(name)s."),
            mend=gettext_noop("Each adult answers alone, signed in as themself."),
            name=str(assessment.person),
        )


def _tell(assessment: RiskAssessment, kind: str) -> None:
    realtime.publish(f"household:{assessment.household.public_id}", kind, assessment=str(assessment.public_id))
