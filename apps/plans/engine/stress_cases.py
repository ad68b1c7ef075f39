"""Named stress tests of a plan: falls of the markets as history had them, and turns that a life may take.

Pure: what is asked of the plan or of the markets. `stress_tests` runs them on the plan's own futures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from apps.plans.engine.checks import not_negative
from apps.plans.engine.digest import UNTOLD
from apps.plans.engine.falls import MarketFall
from apps.plans.engine.horizon import age_in_months, last_month_of, month_of
from apps.plans.engine.inputs import (
    MAX_HORIZON_YEARS,
    Adult,
    Boundary,
    Goal,
    GoalKind,
    GoalPriority,
    Income,
    IncomeKind,
    ProjectionInputs,
)
from apps.plans.engine.results import Estimate

OLD_AGE = 100
YEARS_TO_DEATH, MONTHS_WITHOUT_WORK, CARE_YEARS = 5, 24, 3
CARE = "stress_care"
_YEAR = 12


class StressKind(StrEnum):
    """What a test does."""

    EPISODE = "episode"
    FALL_NOW = "fall_now"
    INFLATION = "inflation"
    EARLY_DEATH = "early_death"
    LONG_LIFE = "long_life"
    JOB_LOSS = "job_loss"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class StressCase:
    """A test: the plan as it would be, and what the markets do; ``subject`` is the key of the adult it is about."""

    kind: StressKind
    inputs: ProjectionInputs
    subject: str = ""
    fall: MarketFall | None = None

    @property
    def key(self) -> str:
        """Name the test among those of its plan."""
        if self.fall is not None:
            return f"{StressKind.EPISODE}-{self.fall.key}"
        return f"{self.kind}-{self.subject}" if self.subject else str(self.kind)


@dataclass(frozen=True, slots=True)
class StressResult:
    """How the plan fares in a test, beside the plan as it stands on the same futures.

    Wealth is at the end of the plan, in money of the start: the middle future, one in ten, and the mean change.
    ``shortfall`` is what is missing in all where the test fails, on average; None where it never does. ``paid`` is what
    life insurance pays at an early death, nominal.
    """

    key: str
    kind: StressKind
    subject: str
    success: Estimate
    change: Estimate
    wealth: float
    wealth_poor: float
    wealth_change: Estimate
    shortfall: float | None
    paid: float = field(default=0.0, metadata=UNTOLD)


@dataclass(frozen=True, slots=True)
class StressTable:
    """All tests of a plan, with the plan as it stands."""

    n_paths: int
    base: StressResult
    results: tuple[StressResult, ...]


def stress_cases(inputs: ProjectionInputs, falls: Sequence[MarketFall], care_cost: float) -> tuple[StressCase, ...]:
    """Return the tests that make sense for a plan; ``care_cost`` is a year's, in money of the start.

    Raises InvalidInputError for a negative cost.
    """
    not_negative(care_cost, "care_cost")
    found = [StressCase(StressKind.EPISODE, inputs, fall=fall) for fall in falls]
    found += [StressCase(StressKind.FALL_NOW, inputs), StressCase(StressKind.INFLATION, inputs)]
    if len(inputs.adults) == 2:
        for adult in inputs.adults:
            early = with_early_death(inputs, adult)
            if early is not None:
                found.append(StressCase(StressKind.EARLY_DEATH, early, adult.key))
    if any(adult.horizon_age < OLD_AGE for adult in inputs.adults):
        found.append(StressCase(StressKind.LONG_LIFE, with_long_lives(inputs)))
    earner = main_earner(inputs)
    if earner:
        found.append(StressCase(StressKind.JOB_LOSS, without_work(inputs, earner), earner))
    if care_cost > 0.0:
        found.append(StressCase(StressKind.CARE, with_care(inputs, care_cost)))
    return tuple(found)


def with_early_death(inputs: ProjectionInputs, adult: Adult) -> ProjectionInputs | None:
    """Let an adult die in about five years, at a birthday; None for one whom the plan does not count on so long."""
    age = age_in_months(adult, inputs.start_date, 0) // _YEAR + YEARS_TO_DEATH
    if age >= adult.horizon_age:
        return None
    others = tuple(replace(each, horizon_age=age) if each.key == adult.key else each for each in inputs.adults)
    return replace(inputs, adults=others)


def with_long_lives(inputs: ProjectionInputs) -> ProjectionInputs:
    """Let every adult live to 100."""
    adults = tuple(replace(adult, horizon_age=max(OLD_AGE, adult.horizon_age)) for adult in inputs.adults)
    return replace(inputs, adults=adults)


def main_earner(inputs: ProjectionInputs) -> str:
    """Return who earns the highest salary now; empty where nobody does."""
    earned: dict[str, float] = {}
    for income in inputs.incomes:
        if income.kind is IncomeKind.SALARY and _runs(income, inputs):
            earned[income.owner] = earned.get(income.owner, 0.0) + income.monthly_amount
    return max(earned, key=lambda owner: earned[owner]) if earned else ""


def without_work(inputs: ProjectionInputs, owner: str) -> ProjectionInputs:
    """Let one adult earn nothing for two years, nor pay in what comes from the salary."""
    months = inputs.start_date.month - 1 + MONTHS_WITHOUT_WORK
    again = date(inputs.start_date.year + months // _YEAR, months % _YEAR + 1, 1)
    owned = {account.key for account in inputs.accounts if account.owner == owner}
    incomes = tuple(
        replace(income, start=again)
        if income.owner == owner and income.kind is IncomeKind.SALARY and _runs(income, inputs)
        else income
        for income in inputs.incomes
    )
    contributions = tuple(
        replace(item, start=again) if item.account in owned and item.start is Boundary.PLAN_START else item
        for item in inputs.contributions
    )
    return replace(inputs, incomes=incomes, contributions=contributions)


def with_care(inputs: ProjectionInputs, care_cost: float) -> ProjectionInputs:
    """Add what care costs in the last three years of the plan, an essential."""
    last = max(last_month_of(adult, inputs.start_date) for adult in inputs.adults)
    first = max(0, last - CARE_YEARS * _YEAR)
    months = inputs.start_date.month - 1 + first
    start = date(inputs.start_date.year + months // _YEAR, months % _YEAR + 1, 1)
    goal = Goal(CARE, GoalKind.LIFE_EVENT, GoalPriority.ESSENTIAL, care_cost, start, CARE_YEARS, inputs.currency)
    return replace(inputs, goals=(*inputs.goals, goal))


def months_needed(inputs: ProjectionInputs) -> int:
    """Return how many months the markets must reach, for the longest test."""
    years = max(adult.birth_date.year + max(OLD_AGE, adult.horizon_age) for adult in inputs.adults)
    return min(MAX_HORIZON_YEARS, years + 1 - inputs.start_date.year) * _YEAR


def _runs(income: Income, inputs: ProjectionInputs) -> bool:
    start = income.start
    return start is Boundary.PLAN_START or (isinstance(start, date) and month_of(start, inputs.start_date) <= 0)
