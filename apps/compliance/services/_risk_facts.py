"""What is known of each adult of the firm on a day, as the engine of risk groups takes it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Household, Person
from apps.compliance.engine.risk_features import BY_CODE, PersonFacts
from apps.compliance.engine.risk_groups import GROUPS_VERSION, Last
from apps.compliance.models import AssessmentKind, AssessmentState, CapacityAssessment, RiskAssessment
from apps.compliance.ports import risk_facts

# what a loss of precision between two computers must not move
_PLACES = 6


@dataclass(frozen=True, slots=True)
class Known:
    """One adult with what is known; `disagreements` are codes of what the own profile does not reconcile."""

    person: Person
    facts: PersonFacts
    disagreements: tuple[str, ...]


def known_people(on: dt.date) -> list[Known]:
    """Return the adults of served households with what is known of each on the day; a constant number of queries."""
    households = list(Household.objects.active().order_by("pk"))
    people = Person.objects.adults().filter(household__in=households).select_related("household").order_by("pk")
    profiles = _profiles(households)
    capacities = {
        row.household_id: row for row in CapacityAssessment.objects.filter(household__in=households).order_by("pk")
    }
    told = risk_facts.gather(households, on)
    found = []
    for person in people:
        profile = profiles.get((person.pk, "")) or profiles.get((0, str(person.household_id)))
        values = {
            **_of_person(person, on),
            **_of_profile(profile),
            **_of_capacity(capacities.get(person.household_id)),
            **told[person.household_id],
        }
        lines = profile.disagreements if profile is not None else []
        codes = tuple(line["code"] for line in lines if "code" in line)
        found.append(Known(person, PersonFacts(str(person.pk), _possible(values)), codes))
    return found


def digest_of(people: Iterable[Known], last: Last | None, month: dt.date) -> str:
    """Return the SHA-256 of what a fit rests on: method, month, each person's facts, and the groups it goes on from."""
    rows = sorted((each.facts.key, sorted(each.facts.values.items()), sorted(each.disagreements)) for each in people)
    before = None if last is None else [list(last.ruler.codes), sorted(map(list, last.placed.items()))]
    content = json.dumps([GROUPS_VERSION, month.isoformat(), rows, before])
    return hashlib.sha256(content.encode()).hexdigest()


def _profiles(households: Iterable[Household]) -> dict[tuple[int, str], RiskAssessment]:
    """Return the profile to go by: of each person the own one, of each household the joint one; one in force first."""
    states = (AssessmentState.ANSWERED, AssessmentState.REVIEWED)
    rows = list(RiskAssessment.objects.filter(household__in=households, state__in=states).order_by("pk"))
    rows.sort(key=lambda row: row.state == AssessmentState.REVIEWED)
    found: dict[tuple[int, str], RiskAssessment] = {}
    for row in rows:
        joint = row.kind == AssessmentKind.JOINT
        found[(0, str(row.household_id)) if joint else (row.person_id, "")] = row
    return found


def _of_person(person: Person, on: dt.date) -> dict[str, Decimal]:
    age = person.age_on(on)
    if age is None:
        return {}
    found = {"age": Decimal(age)}
    if person.employment_status == "retired":
        found["years_to_retirement"] = Decimal(0)
    elif person.retirement_age is not None:
        found["years_to_retirement"] = Decimal(max(person.retirement_age - age, 0))
    return found


def _of_profile(profile: RiskAssessment | None) -> dict[str, Decimal]:
    if profile is None or profile.tolerance_score is None:
        return {}
    return {"tolerance": Decimal(profile.tolerance_score)}


def _of_capacity(row: CapacityAssessment | None) -> dict[str, Decimal]:
    if row is None:
        return {}
    found = {
        "capacity": row.score,
        "liquid_months": 12 * Decimal(row.facts["liquidity_coverage"]),
        "net_worth_share": Decimal(row.facts["net_worth_share"]),
        "years_to_withdrawal": Decimal(row.facts["years_to_first_withdrawal"]),
    }
    if row.required_return is not None:
        found["required_return"] = row.required_return
    return found


def _possible(values: Mapping[str, Decimal]) -> dict[str, float]:
    """Return the facts as numbers; one that cannot be is not known, and keeps nobody else back."""
    found = {code: round(float(value), _PLACES) for code, value in values.items()}
    return {code: value for code, value in found.items() if BY_CODE[code].lowest <= value <= BY_CODE[code].highest}
