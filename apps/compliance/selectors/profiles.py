"""Risk profiles side by side: for the household's compliance tab, the review page and the portal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, Q

from apps.clients.models import Household, Person
from apps.compliance.models import (
    AcknowledgementPurpose,
    AdvisorRiskReview,
    AssessmentKind,
    AssessmentState,
    CapacityAssessment,
    RiskAcknowledgement,
    RiskAssessment,
)
from apps.compliance.policies import missing_acknowledgements
from apps.compliance.selectors.statements import acknowledgement_statement
from apps.compliance.selectors.words import all_told, in_language
from apps.core.actors import Actor
from apps.kernel.money import Money

TONES = {
    AssessmentState.OPEN: "note",
    AssessmentState.ANSWERED: "warn",
    AssessmentState.REVIEWED: "good",
    AssessmentState.SUPERSEDED: "",
    AssessmentState.EXPIRED: "bad",
}


@dataclass(frozen=True, slots=True)
class ShownContradiction:
    """Two answers that do not go together, in words."""

    first_question: str
    first_answer: str
    second_question: str
    second_answer: str


@dataclass(frozen=True, slots=True)
class ShownLoss:
    """What a bad year means: a proportion and an amount, both negative for a loss. `code` is p05 or a year's name."""

    code: str
    proportion: Decimal
    amount: Money


@dataclass(frozen=True, slots=True)
class Acknowledging:
    """A yes that is still missing, and the words it is asked with."""

    person: Person
    purpose: str
    purpose_label: str
    statement: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One assessment with all that a page says of it."""

    assessment: RiskAssessment
    tone: str
    answered: int
    questions: int
    is_stale: bool
    contradictions: tuple[ShownContradiction, ...]
    disagreements: tuple[str, ...]
    losses: tuple[ShownLoss, ...]
    equity_share: Decimal | None
    review: AdvisorRiskReview | None
    missing: tuple[Acknowledging, ...]


@dataclass(frozen=True, slots=True)
class AdultProfiles:
    """One adult: the profile to look at first, and the earlier ones."""

    person: Person
    has_portal: bool
    current: Profile | None
    upcoming: Profile | None
    earlier: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class HouseholdProfiles:
    """All adults of a household side by side, with the capacity that they share."""

    adults: tuple[AdultProfiles, ...]
    capacity: CapacityAssessment | None

    @property
    def portfolio(self) -> Money | None:
        """The value that losses are told of."""
        return Money(self.capacity.portfolio_value, self.capacity.currency) if self.capacity else None


def household_profiles(household: Household, actor: Actor, on: dt.date) -> HouseholdProfiles:
    """Return the profiles of the household's adults as this actor may see them (four queries)."""
    adults = list(Person.objects.filter(household=household).adults().select_related("user").order_by("id"))
    rows = (
        RiskAssessment.objects.visible_to(actor)
        .filter(household=household)
        .select_related("questionnaire", "levels", "capacity", "review__reviewer", "person")
        .prefetch_related(Prefetch("acknowledgements", RiskAcknowledgement.objects.order_by("id")))
        .order_by("-id")
    )
    shown = [profile(row, adults, on) for row in rows]
    capacity = CapacityAssessment.objects.visible_to(actor).filter(household=household).select_related("table").first()
    return HouseholdProfiles(tuple(_adult(adult, shown) for adult in adults), capacity)


def profile(assessment: RiskAssessment, adults: Iterable[Person], on: dt.date) -> Profile:
    """Return one assessment in words; reads only what was loaded with it."""
    review = getattr(assessment, "review", None)
    given = {(each.person_id, each.purpose) for each in assessment.acknowledgements.all()}
    waiting = assessment.state == AssessmentState.ANSWERED and review is not None
    missing = missing_acknowledgements(assessment, review, adults, given) if waiting else []
    year = assessment.bad_year
    return Profile(
        assessment=assessment,
        tone=TONES[AssessmentState(assessment.state)],
        answered=len(assessment.answers),
        questions=len(assessment.questionnaire.content["items"]),
        is_stale=assessment.state == AssessmentState.REVIEWED and assessment.is_stale_on(on),
        contradictions=tuple(_contradiction(assessment, each) for each in assessment.contradictions),
        disagreements=tuple(all_told(assessment.disagreements)),
        losses=losses_of(year),
        equity_share=Decimal(year["equity_share"]) if year else None,
        review=review,
        missing=tuple(
            Acknowledging(
                person,
                purpose,
                str(AcknowledgementPurpose(purpose).label),
                acknowledgement_statement(assessment, review, purpose),
            )
            for person, purpose in missing
        ),
    )


@dataclass(frozen=True, slots=True)
class PersonAssessments:
    """How far one adult has come: the newest answers, the profile in force, the questionnaire that waits."""

    latest: RiskAssessment | None
    in_force: RiskAssessment | None
    waiting: RiskAssessment | None


def assessments_of(person: Person, actor: Actor) -> PersonAssessments | None:
    """Return the assessments that hold for a person, joint ones of the household among them; None before the first."""
    rows = list(
        RiskAssessment.objects.visible_to(actor)
        .filter(Q(person=person) | Q(household_id=person.household_id, kind=AssessmentKind.JOINT))
        .select_related("questionnaire", "person", "household", "levels", "capacity__table", "review__reviewer")
        .prefetch_related("acknowledgements")
        .order_by("-id")
    )
    if not rows:
        return None
    answered = sorted((row for row in rows if row.submitted_at), key=lambda row: (row.submitted_at, row.pk))
    return PersonAssessments(
        latest=answered[-1] if answered else None,
        in_force=next((row for row in rows if row.state == AssessmentState.REVIEWED), None),
        waiting=next((row for row in rows if row.state == AssessmentState.OPEN), None),
    )


def acknowledgements_for(actor: Actor, on: dt.date) -> list[tuple[RiskAssessment, Acknowledging]]:
    """Return what this client is still asked to say yes to: for the portal's first page."""
    if actor.user_id is None:
        return []
    rows = (
        RiskAssessment.objects.filter(household__people__user_id=actor.user_id, review__isnull=False)
        .to_review()
        .select_related("questionnaire", "review__reviewer", "person", "household")
        .prefetch_related("acknowledgements")
        .distinct()
    )
    found = []
    for row in rows:
        adults = list(Person.objects.filter(household_id=row.household_id).adults())
        found += [(row, each) for each in profile(row, adults, on).missing if each.person.user_id == actor.user_id]
    return found


def _adult(person: Person, shown: list[Profile]) -> AdultProfiles:
    own = [each for each in shown if each.assessment.person_id == person.pk]
    current = next((each for each in own if each.assessment.state == AssessmentState.REVIEWED), None)
    going = {AssessmentState.OPEN, AssessmentState.ANSWERED}
    upcoming = next((each for each in own if each.assessment.state in going), None)
    earlier = tuple(each for each in own if each is not current and each is not upcoming)
    return AdultProfiles(person, person.user_id is not None, current, upcoming, earlier)


def losses_of(year: dict[str, Any]) -> tuple[ShownLoss, ...]:
    if not year:
        return ()
    currency = year["currency"]
    first = ShownLoss("p05", Decimal(year["p05_return"]), Money(Decimal(year["p05_amount"]), currency))
    named = (
        ShownLoss(each["code"], Decimal(each["return"]), Money(Decimal(each["amount"]), currency))
        for each in year["stresses"]
    )
    return (first, *named)


def _contradiction(assessment: RiskAssessment, pair: dict[str, str]) -> ShownContradiction:
    items = {item["code"]: item for item in assessment.questionnaire.content["items"]}
    first, second = items[pair["first"]], items[pair["second"]]
    return ShownContradiction(
        in_language(first["text"]),
        _answer(assessment, first),
        in_language(second["text"]),
        _answer(assessment, second),
    )


def _answer(assessment: RiskAssessment, item: dict[str, Any]) -> str:
    chosen = assessment.answers.get(item["code"])
    return next((in_language(option["text"]) for option in item["options"] if option["code"] == chosen), "")
