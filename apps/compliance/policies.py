"""What may be done with an assessment, on loaded objects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.clients.models import Person
from apps.compliance.models import AcknowledgementPurpose, AdvisorRiskReview, AssessmentKind, RiskAssessment
from apps.core.actors import Actor

# a profile holds two years, less after an event that changes a life (docs/risk-questionnaire.md)
VALID_MONTHS = 24
# what a partner's token must hold to send answers
SEND_ANSWERS = "compliance:write"
LIFE_EVENTS = {
    "job_loss": _("Loss of a job"),
    "inheritance": _("Inheritance"),
    "divorce": _("Divorce"),
    "death": _("Death in the family"),
    "retirement": _("Retirement"),
    "wealth_change": _("Wealth changed by more than a fifth"),
}


def is_own(assessment: RiskAssessment, actor: Actor) -> bool:
    """Whether the actor is the person whose questionnaire it is."""
    return actor.user_id is not None and assessment.person.user_id == actor.user_id


def may_take_down(actor: Actor) -> bool:
    """Whether the actor may write down answers that a client gave in a meeting, or send those given elsewhere."""
    return actor.can(Permission.EDIT_HOUSEHOLDS) or actor.can(SEND_ANSWERS)


def end_of_validity(submitted_on: dt.date) -> dt.date:
    """Return the last day on which advice may rest on a profile submitted then."""
    year, month = submitted_on.year + VALID_MONTHS // 12, submitted_on.month
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(submitted_on.day, last))


def missing_acknowledgements(
    assessment: RiskAssessment, review: AdvisorRiskReview | None, adults: Iterable[Person], given: set[tuple[int, str]]
) -> list[tuple[Person, str]]:
    """Return who must still say yes to what, before the assessment comes into force.

    `given` holds (person id, purpose). A joint profile needs every other adult's yes; an exception that of the person
    (for a joint profile that of every adult).
    """
    joint = assessment.kind == AssessmentKind.JOINT
    needed: list[tuple[Person, str]] = []
    for adult in adults:
        if joint and adult.pk != assessment.person_id:
            needed.append((adult, AcknowledgementPurpose.JOINT_PROFILE))
        if review is not None and review.is_exception and (joint or adult.pk == assessment.person_id):
            needed.append((adult, AcknowledgementPurpose.EXCEPTION))
    return [(person, purpose) for person, purpose in needed if (person.pk, purpose) not in given]
