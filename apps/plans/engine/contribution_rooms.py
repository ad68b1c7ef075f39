"""What the law still lets people pay into retirement and health accounts in a year (IRC 219, 223, 402(g), 408A, 414).

What was paid since January is taken to be what is stated a month, twelve times; limits are those of the calendar year
in which the plan starts, in money of that year. Silent where no table of it and no such account is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.advice_retirement_texts import (
    ASK_FOR_MATCH,
    CATCH_UP_TO_ROTH,
    HIGH_DEDUCTIBLE,
    RAISE_DEFERRAL,
    UNTIL_TAX_DAY,
)
from apps.plans.engine.inputs import Adult, IncomeKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.levers import monthly_salaries, runs_at_start
from apps.plans.engine.limits import (
    CATCH_UP_AGE,
    LimitsTable,
    catch_up_goes_to_roth,
    contribution_limits,
    ira_deduction_limit,
    roth_ira_limit,
)
from apps.plans.engine.tax_tables import FilingStatus

_YEAR, _MEDICARE_AGE = 12.0, 65
# the most of Social Security that is income (IRC 86)
_BENEFITS_TAXED = 0.85
_YIELDING = (TaxTreatment.TAXABLE, TaxTreatment.CASH)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left of a limit: amounts a year, and the account that would take it."""

    plan: SavingPlan
    text: str
    limit: float
    paid: float
    notes: tuple[str, ...]

    @property
    def left(self) -> float:
        """What may still be paid in."""
        return max(0.0, self.limit - self.paid)


@dataclass(frozen=True, slots=True)
class _Saver:
    """One adult with what limits go by."""

    adult: Adult
    age: int
    wages: float
    plans: tuple[SavingPlan, ...]
    inputs: ProjectionInputs
    table: LimitsTable
    income: Decimal

    def paid(self, kinds: tuple[PlanKind, ...], *, by_employer: bool = False) -> float:
        """What is paid a year into the adult's accounts of some kinds."""
        return sum(self._into(plan.account, by_employer=by_employer) for plan in self.plans if plan.kind in kinds)

    def _into(self, account: str, *, by_employer: bool) -> float:
        return _YEAR * sum(
            item.monthly_amount
            for item in self.inputs.contributions
            if item.account == account and item.by_employer == by_employer and runs_at_start(item.start, self.inputs)
        )

    def account(self, kind: PlanKind) -> SavingPlan | None:
        """The account that is paid into most already; the first where none is."""
        mine = [plan for plan in self.plans if plan.kind is kind]
        return max(mine, key=lambda plan: self._into(plan.account, by_employer=False)) if mine else None


def rooms(inputs: ProjectionInputs, facts: AdviceFacts, year: int | None = None) -> tuple[Room, ...]:
    """Return the room of each adult: in plans at work, in IRAs, in a health savings account.

    By the ages at the end of ``year``, the one in which the plan starts unless another is given; by today's amounts.
    """
    table = facts.limits
    if table is None:
        return ()
    found: list[Room] = []
    income = income_counted(inputs) if facts.income is None else Decimal(repr(facts.income))
    for adult in inputs.adults:
        plans = tuple(plan for plan in facts.plans if plan.owner == adult.key)
        age = (year or inputs.start_date.year) - adult.birth_date.year
        saver = _Saver(adult, age, _YEAR * _wages(inputs, adult.key), plans, inputs, table, income)
        found += [room for tell in _RULES if (room := tell(saver)) is not None]
    return tuple(found)


def _at_work(saver: _Saver) -> Room | None:
    plan = saver.account(PlanKind.WORKPLACE)
    if plan is None or saver.wages <= 0.0:
        return None
    notes = [RAISE_DEFERRAL]
    if saver.paid((PlanKind.WORKPLACE,), by_employer=True) <= 0.0:
        notes.insert(0, ASK_FOR_MATCH)
    if saver.age >= CATCH_UP_AGE and catch_up_goes_to_roth(saver.table, Decimal(repr(saver.wages))):
        notes.append(CATCH_UP_TO_ROTH)
    limit = min(float(contribution_limits(saver.table, saver.age).elective_deferral), saver.wages)
    return Room(plan, "workplace", limit, saver.paid((PlanKind.WORKPLACE,)), tuple(notes))


def _in_iras(saver: _Saver) -> Room | None:
    """Roth where incomes allow it, else what may be deducted of a traditional one."""
    inputs, kinds = saver.inputs, (PlanKind.TRADITIONAL_IRA, PlanKind.ROTH_IRA)
    is_joint = inputs.filing_status is FilingStatus.MARRIED_JOINT
    earned = Decimal(repr(_YEAR * monthly_salaries(inputs) if is_joint else saver.wages))
    magi, status = saver.income, inputs.filing_status
    roth, traditional = saver.account(PlanKind.ROTH_IRA), saver.account(PlanKind.TRADITIONAL_IRA)
    limit, plan = 0.0, roth
    if roth is not None:
        limit = float(roth_ira_limit(saver.table, status, saver.age, magi, earned))
    if limit <= 0.0 and traditional is not None:
        plan, covered = traditional, _covered(inputs)
        deductible = ira_deduction_limit(
            saver.table,
            status,
            age=saver.age,
            magi=magi,
            is_covered=saver.adult.key in covered or saver.account(PlanKind.WORKPLACE) is not None,
            spouse_is_covered=bool(covered - {saver.adult.key}),
        )
        limit = float(min(deductible, earned))
    if plan is None or limit <= 0.0:
        return None
    return Room(plan, "ira", limit, saver.paid(kinds), (UNTIL_TAX_DAY,))


def _for_health(saver: _Saver) -> Room | None:
    plan = saver.account(PlanKind.HEALTH)
    if plan is None or saver.age >= _MEDICARE_AGE:
        return None
    paid = saver.paid((PlanKind.HEALTH,)) + saver.paid((PlanKind.HEALTH,), by_employer=True)
    limit = float(contribution_limits(saver.table, saver.age).hsa_self)
    return Room(plan, "health", limit, paid, (HIGH_DEDUCTIBLE,))


_RULES: tuple[Callable[[_Saver], Room | None], ...] = (_at_work, _in_iras, _for_health)


def _wages(inputs: ProjectionInputs, owner: str) -> float:
    return sum(
        income.monthly_amount
        for income in inputs.incomes
        if income.kind is IncomeKind.SALARY and income.owner == owner and runs_at_start(income.start, inputs)
    )


def income_counted(inputs: ProjectionInputs) -> Decimal:
    """Return the year's income by today's amounts, where no walk of the plan has told it: incomes with most of Social
    Security, interest and dividends, less what is deferred.
    """
    part = {IncomeKind.TAX_FREE: 0.0, IncomeKind.SOCIAL_SECURITY: _BENEFITS_TAXED}
    told = sum(
        part.get(income.kind, 1.0) * income.monthly_amount
        for income in inputs.incomes
        if runs_at_start(income.start, inputs)
    )
    deferred = {account.key for account in inputs.accounts if account.treatment is TaxTreatment.TAX_DEFERRED}
    less = sum(
        item.monthly_amount
        for item in inputs.contributions
        if item.account in deferred and not item.by_employer and runs_at_start(item.start, inputs)
    )
    return Decimal(repr(round(_YEAR * max(0.0, told - less) + _yields(inputs), 2)))


def _yields(inputs: ProjectionInputs) -> float:
    """Interest and dividends a year of what is held today."""
    told = {asset.key: asset.taxable_yield for asset in inputs.assumptions.assets}
    return sum(
        account.balance * sum(weight * told[key] for key, weight in account.allocation)
        for account in inputs.accounts
        if account.treatment in _YIELDING
    )


def _covered(inputs: ProjectionInputs) -> set[str]:
    """Adults into whose tax-deferred accounts an employer pays: a plan at work covers them."""
    owners = {account.key: account.owner for account in inputs.accounts}
    return {owners[item.account] for item in inputs.contributions if item.by_employer and owners[item.account]}
