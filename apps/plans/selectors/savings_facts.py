"""What savings calculators begin with: a household's own facts as the forms ask them, or a round example."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.clients.models import Household, Person, Relationship
from apps.core.actors import Actor
from apps.money.selectors.facts import AccountFact, HouseholdFacts
from apps.money.selectors.situations import household_facts
from apps.plans.models import Goal, GoalKind, Plan
from apps.portfolios.models import TaxTreatment

_NOTHING, _PERCENT = Decimal(0), Decimal(100)
_TEN = Decimal(10)
_ELSEWHERE = frozenset({TaxTreatment.TAXABLE, TaxTreatment.TAX_FREE, "cash"})
_EQUITIES = frozenset({"us_equity", "us_small_equity", "international_equity", "real_estate"})
_EARNED = frozenset({"salary", "self_employment"})
_ADULT_AGE = 18
# shares are typed in per cent: as words, which a field shows as they are
USUAL_TARGET, USUAL_SHARES, STUDY_SHARES, USUAL_GROWTH = "85", "60", "50", "4"


@dataclass(frozen=True, slots=True)
class Known:
    """A household's facts on a day, with the plan whose choices count; `plan` is None where there is none to see."""

    household: Household
    facts: HouseholdFacts
    plan: Plan | None


def known_of(household: Household, on: dt.date, actor: Actor) -> Known:
    """Return what is known of a household to somebody; a client's own plan is the one that they were given."""
    plans = Plan.objects.visible_to(actor).filter(household=household)
    return Known(household, household_facts(household, on), plans.newest_first().prefetch_related("goals").first())


def retirement_people(household: Household) -> list[Person]:
    """Return those who may retire, the head first."""
    adults = {Relationship.HEAD, Relationship.PARTNER}
    people = [person for person in household.people.all() if person.relationship in adults]
    return sorted(people, key=lambda person: person.relationship != Relationship.HEAD)


def students(household: Household, on: dt.date) -> list[Person]:
    """Return those who may study, the youngest first."""
    people = [person for person in household.people.all() if person.date_of_birth is not None]
    young = [person for person in people if person.relationship not in {Relationship.HEAD, Relationship.PARTNER}]
    return sorted(young, key=lambda person: person.age_on(on) or 0)


def goal_there(plan: Plan | None, kind: str, person: Person | None) -> Goal | None:
    """Return a plan's goal of a kind that a calculation is about: the person's own, else nobody's; the only one."""
    if plan is None or (kind == GoalKind.EDUCATION and person is None):
        return None
    goals = [goal for goal in plan.goals.all() if goal.kind == kind]
    own = [goal for goal in goals if person is not None and goal.person_id == person.pk]
    shared = goals if kind == GoalKind.RETIREMENT else [goal for goal in goals if goal.person_id is None]
    return next(iter(own or shared), None)


def retirement_start(known: Known | None, person: Person | None, on: dt.date) -> dict[str, Any]:
    """Return what the retirement calculator begins with; shares in per cent, amounts in money of today."""
    if known is None:
        return _example_retirement()
    facts, plan = known.facts, known.plan
    people = retirement_people(known.household)
    goal = goal_there(plan, GoalKind.RETIREMENT, None)
    living = 12 * facts.spending.monthly_amount if facts.spending else _NOTHING
    other = next((each for each in people if person and each != person), None)
    begun = {
        **_of_one(facts, person, on, is_rest=True),
        "annual_income": _rounded(goal.annual_amount if goal else living),
        "deferred": _rounded(_held(facts.accounts, {TaxTreatment.TAX_DEFERRED})),
        "other": _rounded(_held(facts.accounts, _ELSEWHERE)),
        "horizon_age": plan.horizon_age if plan else 95,
        "equity_share": _shares_of(facts),
        "target": _percent(plan.target_success) if plan else USUAL_TARGET,
    }
    if other is None or other.age_on(on) is None:
        return begun
    theirs, first = _of_one(facts, other, on), _of_one(facts, person, on)
    begun |= {name: first[name] for name in ("monthly_benefit", "monthly_saving")}
    begun["monthly_saving"] = begun["monthly_saving"] + _unowned_savings(facts)
    return {**begun, **{f"{name}_2": value for name, value in theirs.items()}}


def _of_one(facts: HouseholdFacts, person: Person | None, on: dt.date, *, is_rest: bool = False) -> dict[str, Any]:
    """Return one person's ages, wages, saving and benefits; with `is_rest` those of all others as well."""
    own_id, age = (person.public_id, person.age_on(on)) if person else (None, None)
    of = next((fact for fact in facts.people if fact.person_id == own_id), None)
    benefits = [income for income in facts.incomes if income.kind == "social_security"]
    own = [income for income in benefits if income.person_id == own_id]
    first = min((income.starts_on.year for income in own or benefits if income.starts_on), default=None)
    born = person.date_of_birth.year if person and person.date_of_birth else None
    owners = {account.key: account.owner_id for account in facts.accounts}
    savings = [saving for saving in facts.savings if is_rest or owners.get(saving.account_key) == own_id]
    wages = [income for income in facts.incomes if income.kind in _EARNED and income.person_id == own_id]
    return {
        "age": age,
        "retirement_age": of.retirement_age if of and of.retirement_age else 65,
        "wages": _rounded(sum((income.annual_amount for income in wages), _NOTHING)),
        "monthly_saving": _rounded(sum((saving.monthly_amount for saving in savings), _NOTHING)),
        "monthly_benefit": _rounded(
            sum((income.annual_amount for income in (benefits if is_rest else own)), _NOTHING) / 12
        ),
        "benefit_age": max(62, min(70, first - born)) if first and born else 67,
    }


def _unowned_savings(facts: HouseholdFacts) -> Decimal:
    """What is paid into accounts of nobody alone."""
    shared = {account.key for account in facts.accounts if account.owner_id is None}
    return _rounded(sum((saving.monthly_amount for saving in facts.savings if saving.account_key in shared), _NOTHING))


def education_start(known: Known | None, person: Person | None, on: dt.date) -> dict[str, Any]:
    """Return what the education calculator begins with; shares in per cent, amounts in money of today."""
    if known is None:
        return {**_example_education(), "saved": _NOTHING, "monthly_saving": Decimal(300)}
    facts = known.facts
    education = {account.key for account in facts.accounts if account.treatment == TaxTreatment.EDUCATION}
    own = goal_there(known.plan, GoalKind.EDUCATION, person)
    age = person.age_on(on) if person else None
    usual = _example_education()
    start_age = max(usual["start_age"], age or 0)
    if own is not None and own.starts_on is not None and age is not None:
        start_age = max(age, own.starts_on.year - on.year + age)
    return {
        **usual,
        "age": usual["age"] if age is None else age,
        "start_age": start_age,
        "years": own.years if own else usual["years"],
        "annual_cost": _rounded(own.annual_amount) if own else usual["annual_cost"],
        "saved": _rounded(_held(facts.accounts, {TaxTreatment.EDUCATION})),
        "monthly_saving": _rounded(
            sum((saving.monthly_amount for saving in facts.savings if saving.account_key in education), _NOTHING)
        ),
        "target": _percent(known.plan.target_success) if known.plan else USUAL_TARGET,
    }


def _example_retirement() -> dict[str, Any]:
    return {
        "age": 45, "retirement_age": 65, "annual_income": Decimal(70_000), "deferred": Decimal(250_000),
        "other": Decimal(50_000), "monthly_saving": Decimal(1_200), "monthly_benefit": Decimal(2_400),
        "benefit_age": 67, "horizon_age": 95, "equity_share": USUAL_SHARES, "target": USUAL_TARGET,
    }  # fmt: skip


def _example_education() -> dict[str, Any]:
    return {
        "age": 8, "start_age": _ADULT_AGE, "years": 4, "annual_cost": Decimal(30_000), "cost_growth": USUAL_GROWTH,
        "equity_share": STUDY_SHARES, "target": USUAL_TARGET,
    }  # fmt: skip


def _held(accounts: Iterable[AccountFact], treatments: Iterable[str]) -> Decimal:
    wanted = set(treatments)
    return sum((account.balance for account in accounts if account.treatment in wanted), _NOTHING)


def _shares_of(facts: HouseholdFacts) -> str:
    """Return the part of shares in what is invested, in whole per cent; the usual one where nothing is."""
    invested = [account for account in facts.accounts if account.allocation and account.treatment != "cash"]
    total = sum((account.balance for account in invested), _NOTHING)
    if total <= 0:
        return USUAL_SHARES
    shares = sum(
        account.balance * share for account in invested for key, share in account.allocation if key in _EQUITIES
    )
    return str((_PERCENT * shares / total).quantize(Decimal(1)))


def _rounded(amount: Decimal) -> Decimal:
    """Whole tens: what begins a calculator is a round number."""
    return (amount / _TEN).quantize(Decimal(1)) * _TEN


def _percent(fraction: Decimal) -> str:
    return f"{(fraction * _PERCENT).normalize():f}"
