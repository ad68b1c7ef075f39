"""A firm with people of known kinds, as rows: what dozens of onboardings and questionnaires would leave behind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.contrib.auth.models import Permission
from django.utils import timezone

from apps.accounts.models import User
from apps.clients.models import Household, HouseholdStatus, Person
from apps.clients.models.household import HouseholdUserGrant
from apps.compliance.models import (
    CapacityAssessment,
    MethodKind,
    RiskAssessment,
    RiskGroup,
    RiskGroupFit,
    RiskMembership,
)
from apps.compliance.services.method_tables import method_in_force
from apps.compliance.services.risk_groups import keep_risk_groups
from apps.core.actors import Actor
from tests.days import today

# tolerance points, capacity score, share of a year's need in ready money, share of net worth, age, would retire at
KINDS = {
    "retired": (24, 38, "3", "0.4", 71, 65),
    "mid": (39, 60, "0.8", "0.6", 47, 65),
    "young": (53, 74, "0.3", "0.8", 34, 67),
}
DRAWS = 6


def book(advisor: User, n: int = 36, *, prefix: str = "Kind") -> list[Person]:
    """Return people, a household each and as many of each kind, of this advisor."""
    by, day = advisor.as_actor(), today()
    tables = {kind: method_in_force(kind=kind, on=day, by=by) for kind in MethodKind.values}
    active = HouseholdStatus.ACTIVE
    households = Household.objects.bulk_create(
        Household(name=f"{prefix}{at:02d}", advisor=advisor, status=active) for at in range(n)
    )
    may_view = Permission.objects.get(codename="view_household")
    HouseholdUserGrant.objects.bulk_create(
        HouseholdUserGrant(user=advisor, permission=may_view, content_object=household) for household in households
    )
    people, profiles, capacities = [], [], []
    for at, household in enumerate(households):
        points, score, liquid, share, age, stops = list(KINDS.values())[at % 3]
        step = at // 3 % 5 - 2
        people.append(_person(household, f"{prefix}{at:02d}", age + step, stops, day))
        profiles.append((points + step, step))
        capacities.append(_capacity(household, tables[MethodKind.CAPACITY], (score - 2 * step, liquid, share), day))
    Person.objects.bulk_create(people)
    CapacityAssessment.objects.bulk_create(capacities)
    RiskAssessment.objects.bulk_create(
        _profile(person, tables[MethodKind.QUESTIONNAIRE], points)
        for person, (points, _step) in zip(people, profiles, strict=True)
    )
    return people


def fit(*, on: dt.date | None = None) -> RiskGroupFit:
    """Group the firm's people by few draws."""
    return keep_risk_groups(by=Actor.system("tests"), on=on, n_draws=DRAWS)


def placed(person: Person) -> RiskMembership:
    """Place one person in a fit of two groups of six whose other people nobody looks at."""
    kept = RiskGroupFit.objects.create(
        fitted_on=today(),
        version="groups-test",
        input_digest="0" * 64,
        n_people=12,
        n_left_out=0,
        n_laid=12,
        n_groups=2,
        stability=0.9125,
        silhouette=0.3125,
        features=[
            {"code": "tolerance", "middle": 40.0, "scale": 9.0, "unknown": 0, "firm": [30.0, 40.0, 51.0, 12]},
            {"code": "equity_share", "middle": 0.55, "scale": 0.2, "unknown": 1, "firm": [0.4, 0.55, 0.7, 11]},
        ],
        dropped={"required_return": "rare"},
        tried=[{"n_groups": 2, "stability": 0.9125, "silhouette": 0.3125, "smallest": 6}],
    )
    middles = [
        {"tolerance": [27.0, 30.5, 33.0, 6], "equity_share": [0.31, 0.4, 0.495, 6]},
        {"tolerance": [48.0, 51.0, 55.0, 6], "equity_share": [0.61, 0.7, 0.795, 5]},
    ]
    own, other = [
        RiskGroup.objects.create(
            fit=kept,
            number=at + 1,
            size=6,
            traits=[f"temper:{temper}", "stage:mid"],
            telling=[["tolerance", bool(at)], ["equity_share", bool(at)]],
            centre=[-1.0, -1.0],
            middles=middles[at],
        )
        for at, temper in enumerate(("cautious", "bold"))
    ]
    return RiskMembership.objects.create(
        fit=kept,
        person=person,
        household=person.household,
        group=own,
        other=other,
        distance=0.75,
        other_distance=2.125,
        facts={"tolerance": 29.0, "equity_share": 0.8525, "capacity": 61.5},
        reasons=["tolerance", "equity_share"],
        misfits=["holds_unlike", "need_beyond_limit"],
    )


def live_anew(person: Person, kind: str) -> None:
    """Let a person be of another kind in all facts: new records take the place of the old ones."""
    points, score, liquid, share, age, stops = KINDS[kind]
    day = today()
    old = RiskAssessment.objects.get(person=person)
    RiskAssessment.objects.filter(pk=old.pk).update(state="superseded")
    _profile(person, old.questionnaire, points).save()
    Person.objects.filter(pk=person.pk).update(
        date_of_birth=_born(age, day), retirement_age=stops, employment_status="retired" if age > stops else "employed"
    )
    table = CapacityAssessment.objects.get(household=person.household_id).table
    _capacity(person.household, table, (score, liquid, share), day).save()


def _person(household: Household, name: str, age: int, stops: int, day: dt.date) -> Person:
    born = _born(age, day)
    return Person(
        household=household,
        relationship="head",
        first_name="P",
        last_name=name,
        date_of_birth=born,
        retirement_age=stops,
        employment_status="retired" if age > stops else "employed",
    )


def _born(age: int, day: dt.date) -> dt.date:
    return dt.date(day.year - age - 1, 12, 31)


def _facts(told: tuple[float, str, str], years: int) -> dict[str, str]:
    return {
        "liquidity_coverage": told[1],
        "net_worth_share": told[2],
        "years_to_first_withdrawal": str(years),
        "withdrawal_years": "25",
        "income_stability": "2",
        "funded_ratio": "1",
        "debt_service_ratio": "0.2",
        "dependants": "0",
    }


def _capacity(household: Household, table: object, told: tuple[float, str, str], day: dt.date) -> CapacityAssessment:
    return CapacityAssessment(
        household=household,
        table=table,
        facts=_facts(told, 10),
        portfolio_value=Decimal(500_000),
        currency="USD",
        score=Decimal(told[0]),
        level=4,
        assessed_on=day,
        assessed_by="tests",
    )


def _profile(person: Person, table: object, points: int) -> RiskAssessment:
    return RiskAssessment(
        household=person.household,
        person=person,
        state="answered",
        questionnaire=table,
        submitted_at=timezone.now(),
        tolerance_score=points,
        tolerance_level=4,
    )
