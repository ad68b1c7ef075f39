"""Life cover: what a household would miss if one of two earners died within the year (docs/engine/advice.md).

    gap = PV(income the survivor would miss) + debts + PV(education) - accounts - cover

Income missed: the salary after the tax that it adds, less what one person fewer spends, a year in advance until the
retirement of the one who dies. Discount: the expected return of the safest bonds less expected inflation, at least 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import ceil

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_facts import AdviceFacts
from apps.plans.engine.advice_household_texts import cover_texts, unknown_cover_texts
from apps.plans.engine.cover_in_force import without
from apps.plans.engine.horizon import month_of, retirement_month_of
from apps.plans.engine.inputs import Adult, GoalKind, Income, IncomeKind, ProjectionInputs
from apps.plans.engine.levers import runs_at_start
from apps.plans.engine.runs import Runs
from apps.plans.engine.taxes import TaxFacts, federal_tax

# sums below are not worth a policy
_LEAST = 25_000.0
_YEAR = 12.0
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Need:
    """What would be missing at the death of an adult, each part in money of the start; ``gap`` before any cover."""

    person: str
    income: float
    debts: float
    education: float
    assets: float
    years: float
    discount: float

    @property
    def gap(self) -> float:
        """What cover would have to pay."""
        return self.income + self.debts + self.education - self.assets


def cover_advice(inputs: ProjectionInputs, facts: AdviceFacts | None, runs: Runs) -> list[Candidate]:
    """Advise cover for each earner whose death would leave a gap that no policy in force closes.

    Where no insurance at all is stated, the advice asks for the policies and tells the need before them. Silent for
    who lives without partner and minors: nobody would miss the income.
    """
    if facts is None or (len(inputs.adults) < 2 and not facts.minors):
        return []
    covers = None if facts.covers is None else {cover.person: cover.amount for cover in facts.covers}
    found = []
    for need in filter(None, (need_of(inputs, adult) for adult in inputs.adults)):
        cover = 0.0 if covers is None else covers.get(need.person, 0.0)
        if need.gap - cover >= _LEAST:
            found.append(_candidate(need, None if covers is None else cover, inputs, runs))
    return found


def need_of(inputs: ProjectionInputs, adult: Adult) -> Need | None:
    """Return what the household would miss without an adult; None for who earns no salary any more."""
    years = retirement_month_of(adult, inputs.start_date) / _YEAR
    wage = _YEAR * sum(item.monthly_amount for item in _salaries(inputs) if item.owner == adult.key)
    if wage <= 0.0 or years <= 0.0:
        return None
    rate = _discount(inputs)
    costs = _YEAR * inputs.spending.monthly_amount
    missed = max(0.0, wage - _tax_of(inputs, adult.key) - (1.0 - inputs.spending.survivor_share) * costs)
    education = [goal for goal in inputs.goals if goal.kind is GoalKind.EDUCATION and isinstance(goal.start, date)]
    starts = [month_of(goal.start, inputs.start_date) / _YEAR for goal in education if isinstance(goal.start, date)]
    return Need(
        person=adult.key,
        income=missed * _annuity(rate, years),
        debts=sum(debt.balance for debt in inputs.debts),
        education=sum(
            goal.annual_amount * _annuity(rate, float(goal.years)) * (1.0 + rate) ** -start
            for goal, start in zip(education, starts, strict=True)
        ),
        assets=sum(account.balance for account in inputs.accounts),
        years=years,
        discount=rate,
    )


def _candidate(need: Need, cover: float | None, inputs: ProjectionInputs, runs: Runs) -> Candidate:
    gap = round(need.gap - (cover or 0.0), -3)
    measured = _lived_through(inputs, need, gap, runs) if len(inputs.adults) > 1 else None
    facts = (
        ("gap", gap),
        ("income", need.income),
        ("debts", need.debts),
        ("education", need.education),
        ("assets", need.assets),
        *((("cover", cover),) if cover is not None else ()),
        ("years", float(ceil(need.years))),
        ("discount", need.discount),
        *((("success_without", measured[0]), ("success_with", measured[1])) if measured else ()),
    )
    write = cover_texts if cover is not None else unknown_cover_texts
    return Candidate(
        key=f"life_cover:{need.person}",
        kind="insurance",
        texts=write(need.person, dict(facts)),
        changed=None,
        certain=False,
        difficulty="medium" if cover is not None else "easy",
        timeframe="now",
        facts=facts,
        stake=(measured[1] - measured[0]) * _odds_of_dying(inputs, need) if measured else None,
    )


def _lived_through(inputs: ProjectionInputs, need: Need, gap: float, runs: Runs) -> tuple[float, float]:
    """The chance of those who are left with what is in force, which the walk pays, and with ``gap`` paid besides."""
    left = without(inputs, need.person)
    before, after = runs.of(left), runs.of(with_payment(left, gap))
    return float(before.succeeded.mean()), float(after.succeeded.mean())


def with_payment(inputs: ProjectionInputs, amount: float) -> ProjectionInputs:
    """Return the plan with a sum paid out into the account that takes what is left over."""
    accounts = tuple(
        replace(account, balance=account.balance + amount, cost_basis=account.cost_basis + amount)
        if account.key == inputs.surplus_account
        else account
        for account in inputs.accounts
    )
    return replace(inputs, accounts=accounts)


def _salaries(inputs: ProjectionInputs) -> list[Income]:
    return [item for item in inputs.incomes if item.kind is IncomeKind.SALARY and runs_at_start(item.start, inputs)]


def _discount(inputs: ProjectionInputs) -> float:
    bonds = [asset.arithmetic_mean for asset in inputs.assumptions.assets if not asset.is_equity]
    return max(0.0, round(min(bonds, default=0.0) - inputs.assumptions.inflation.mean, 6))


def _annuity(rate: float, years: float) -> float:
    """The present value of one a year in advance, for years that need not be whole."""
    return years if rate == 0.0 else (1.0 - (1.0 + rate) ** -years) / rate * (1.0 + rate)


def _tax_of(inputs: ProjectionInputs, person: str) -> float:
    """Federal and payroll tax that a salary adds to those of the household, filed as today."""
    wages = {adult.key: _NOTHING for adult in inputs.adults}
    for item in _salaries(inputs):
        wages[item.owner] += Decimal(repr(round(_YEAR * item.monthly_amount, 2)))
    both, other = (
        federal_tax(inputs.tax_table, _year_of(inputs, tuple(wages[key] for key in wages if key != left)))
        for left in ("", person)
    )
    return float(both.total - other.total)


def _year_of(inputs: ProjectionInputs, wages: tuple[Decimal, ...]) -> TaxFacts:
    return TaxFacts(
        status=inputs.filing_status,
        calendar_year=inputs.start_date.year,
        wages=wages,
        pre_tax=_NOTHING,
        ordinary=_NOTHING,
        interest=_NOTHING,
        qualified_dividends=_NOTHING,
        long_term_gain=_NOTHING,
        benefits=_NOTHING,
        early_withdrawals=_NOTHING,
        seniors=0,
        loss_carried=_NOTHING,
    )


def _odds_of_dying(inputs: ProjectionInputs, need: Need) -> float:
    """The odds of dying before retirement, from the plan's own odds of living; 0 where it has none."""
    adult = next(each for each in inputs.adults if each.key == need.person)
    place = min(round(need.years), len(adult.survival) - 1)
    return 1.0 - adult.survival[place] if adult.survival else 0.0
