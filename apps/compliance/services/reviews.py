"""The advisor's review of a profile, the client's acknowledgements, and the end of a profile."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.accounts.models import User
from apps.clients.models import Household, Person
from apps.compliance.models import (
    AdvisorRiskReview,
    AssessmentState,
    RiskAcknowledgement,
    RiskAssessment,
    RiskLevel,
)
from apps.compliance.policies import LIFE_EVENTS, end_of_validity, may_take_down, missing_acknowledgements
from apps.compliance.selectors.statements import acknowledgement_statement
from apps.compliance.services.errors import (
    CapacityUnknownError,
    ExceptionNeedsReasonError,
    NotAnsweredError,
    NothingToAcknowledgeError,
    NotYoursError,
)
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop


@service
def review_assessment(
    *, assessment: RiskAssessment, accepted_level: int, note: str, by: Actor, exception_reason: str = ""
) -> AdvisorRiskReview:
    """Accept a level for a profile; it comes into force, or waits for the client where a yes is needed.

    Raises NotAnsweredError unless answers wait for a review, CapacityUnknownError while the capacity is not assessed,
    InvalidInputError without a note or for a level outside 1 to 7, ExceptionNeedsReasonError for a level above the
    recommended one without its reason.
    """
    assessment = _locked(assessment)
    recommended_level = _recommended_level(assessment)
    if accepted_level not in RiskLevel.values:
        raise InvalidInputError(gettext_noop("A level is 1 to 7."), field="accepted_level")
    if not note.strip():
        raise InvalidInputError(
            gettext_noop("Say what was discussed."),
            mend=gettext_noop("A few words on the conversation with the client are enough."),
            field="note",
        )
    is_exception = accepted_level > recommended_level
    if is_exception:
        _demand_reason(exception_reason, accepted_level, recommended_level)
    review = AdvisorRiskReview(
        assessment=assessment,
        reviewer=User.objects.get(pk=by.user_id),
        accepted_level=accepted_level,
        is_exception=is_exception,
        note=note.strip(),
        exception_reason=exception_reason.strip() if is_exception else "",
    )
    review.full_clean()
    review.save()
    audit.record(
        "compliance.review_assessment",
        by=by,
        target=review,
        after={
            "tolerance": assessment.tolerance_level,
            "recommended": assessment.recommended_level,
            "accepted": accepted_level,
            "is_exception": is_exception,
            "note": review.note,
        },
        reason=review.exception_reason,
    )
    _bring_into_force(assessment, review, by)
    return review


@service
def acknowledge(
    *, assessment: RiskAssessment, person: Person, purpose: str, by: Actor, given_how: str = ""
) -> RiskAcknowledgement:
    """Record one adult's yes to an exception or to a joint profile, with the words shown; once is enough.

    The person says it themself in the portal, or somebody who serves the household writes down how it was given.
    Raises NotYoursError for anybody else, NothingToAcknowledgeError when no yes of this person is asked for.
    """
    assessment = _locked(assessment)
    theirs = by.user_id is not None and person.user_id == by.user_id
    if not theirs and not (may_take_down(by) and given_how.strip()):
        raise NotYoursError(
            gettext_noop("Only %(name)s can acknowledge this."),
            mend=gettext_noop("Staff may write down a signed paper or a meeting: say which, with its date."),
            field="given_how",
            name=str(person),
        )
    review = AdvisorRiskReview.objects.filter(assessment=assessment).first()
    if (person.pk, purpose) not in {(p.pk, what) for p, what in _missing(assessment, review)}:
        raise NothingToAcknowledgeError(
            gettext_noop("There is nothing for %(name)s to acknowledge here."),
            mend=gettext_noop("Reload the page: it may have been done already."),
            name=str(person),
        )
    row = RiskAcknowledgement(
        assessment=assessment,
        person=person,
        purpose=purpose,
        statement=acknowledgement_statement(assessment, review, purpose),
        given_how="" if theirs else given_how.strip()[:300],
    )
    row.full_clean()
    row.save()
    audit.record(
        "compliance.acknowledge",
        by=by,
        target=row,
        after={"person": str(person), "purpose": purpose, "statement": row.statement},
        reason=row.given_how,
    )
    if review is not None:
        _bring_into_force(assessment, review, by)
    return row


@service
def record_life_event(*, household: Household, event: str, note: str, by: Actor) -> int:
    """End the profiles in force after an event that changes a life; return how many ended.

    Raises InvalidInputError for an event that is none of LIFE_EVENTS.
    """
    if event not in LIFE_EVENTS:
        raise InvalidInputError(gettext_noop("Choose one of the events."), field="event")
    ended = 0
    for assessment in RiskAssessment.objects.select_for_update().in_force().filter(household=household):
        _end(assessment, AssessmentState.EXPIRED, event, by)
        ended += 1
    audit.record(
        "compliance.record_life_event",
        by=by,
        target=household,
        after={"event": event, "profiles_ended": ended},
        reason=note,
    )
    return ended


@service
def expire_assessments(*, on: dt.date, by: Actor) -> int:
    """End the profiles whose validity is over by this day; return how many."""
    ended = 0
    for assessment in RiskAssessment.objects.select_for_update().in_force().filter(valid_until__lt=on):
        _end(assessment, AssessmentState.EXPIRED, "", by)
        ended += 1
    return ended


def _recommended_level(assessment: RiskAssessment) -> int:
    if assessment.state != AssessmentState.ANSWERED or AdvisorRiskReview.objects.filter(assessment=assessment).exists():
        raise NotAnsweredError(
            gettext_noop("There is nothing to review here: it is not answered yet, or was reviewed."),
            mend=gettext_noop("Reload the page."),
        )
    if assessment.recommended_level is None:
        raise CapacityUnknownError(
            gettext_noop("The household's capacity is not known."),
            mend=gettext_noop("Assess the capacity first: tolerance alone recommends nothing."),
        )
    return assessment.recommended_level


def _demand_reason(reason: str, accepted_level: int, recommended_level: int) -> None:
    if not reason.strip():
        raise ExceptionNeedsReasonError(
            gettext_noop("Level %(accepted)s is above the recommended level %(recommended)s."),
            mend=gettext_noop("Give the reason for the exception, or accept a lower level."),
            field="exception_reason",
            accepted=accepted_level,
            recommended=recommended_level,
        )


def _locked(assessment: RiskAssessment) -> RiskAssessment:
    rows = RiskAssessment.objects.select_for_update(of=("self",)).select_related("person", "household")
    return rows.get(pk=assessment.pk)


def _missing(assessment: RiskAssessment, review: AdvisorRiskReview | None) -> list[tuple[Person, str]]:
    adults = Person.objects.filter(household_id=assessment.household_id).adults()
    given = set(RiskAcknowledgement.objects.filter(assessment=assessment).values_list("person_id", "purpose"))
    return missing_acknowledgements(assessment, review, adults, given)


def _bring_into_force(assessment: RiskAssessment, review: AdvisorRiskReview, by: Actor) -> None:
    if assessment.state != AssessmentState.ANSWERED or _missing(assessment, review):
        _tell(assessment, "risk.reviewed")
        return
    earlier = RiskAssessment.objects.select_for_update().in_force()
    for old in earlier.filter(person_id=assessment.person_id, kind=assessment.kind):
        _end(old, AssessmentState.SUPERSEDED, "", by)
    submitted = timezone.localdate(assessment.submitted_at)
    assessment.state, assessment.valid_until = AssessmentState.REVIEWED, end_of_validity(submitted)
    assessment.save(update_fields=["state", "valid_until", "updated_at"])
    audit.record(
        "compliance.bring_profile_into_force",
        by=by,
        target=assessment,
        before={"state": AssessmentState.ANSWERED, "valid_until": None},
        after={"state": assessment.state, "valid_until": assessment.valid_until},
        facts={"level": review.accepted_level},
    )
    _tell(assessment, "risk.in_force")


def _end(assessment: RiskAssessment, state: str, reason: str, by: Actor) -> None:
    before = assessment.state
    assessment.state, assessment.ended_reason = state, reason
    assessment.save(update_fields=["state", "ended_reason", "updated_at"])
    audit.record(
        "compliance.end_profile",
        by=by,
        target=assessment,
        before={"state": before},
        after={"state": state},
        reason=reason,
    )
    _tell(assessment, "risk.ended")


def _tell(assessment: RiskAssessment, kind: str) -> None:
    realtime.publish(f"household:{assessment.household.public_id}", kind, assessment=str(assessment.public_id))
