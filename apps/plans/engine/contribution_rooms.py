"""What the law still lets people pay into retirement and health accounts in a year (IRC 219, 223, 402(g), 408A, 414).

What was paid since January is taken to be what is stated a month, twelve times; limits are those of the calendar year
in which the plan starts, in money of that year. Silent where no table of it and no such account is known. Who has
retired has no room; what one room takes of wages backs no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.advice_retirement_texts import (
    ASK_FOR_MATCH,
    CATCH_UP_TO_ROTH,
    HIGH_DEDUCTIBLE,
    RAISE_DEFERRAL,
    UNTIL_TAX_DAY,
)
from apps.plans.engine.horizon import month_of, resolve, retirement_month_of
from apps.plans.engine.inputs import Adult, Contribution, Income, IncomeKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.levers import runs_at_start
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
_IRAS = (PlanKind.TRADITIONAL_IRA, PlanKind.ROTH_IRA)


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
    """One adult at work with what limits go by in a month of the plan."""

    adult: Adult
    age: int
    month: int
    plans: tuple[SavingPlan, ...]
    inputs: ProjectionInputs
    table: LimitsTable
    income: Decimal
    # wages a year of a return that back no payment but the saver's own deferrals
    free: float = 0.0

    @property
    def wages(self) -> float:
        """Wages a year."""
        return _YEAR * sum(
            item.monthly_amount
            for item in self.inputs.incomes
            if item.kind is IncomeKind.SALARY and item.owner == self.adult.key and self._runs(item)
        )

    def paid(self, kinds: tuple[PlanKind, ...], *, by_employer: bool = False) -> float:
        """What is paid a year into the adult's accounts of some kinds."""
        return sum(self._into(plan.account, by_employer=by_employer) for plan in self.plans if plan.kind in kinds)

    def _into(self, account: str, *, by_employer: bool) -> float:
        return _YEAR * sum(
            item.monthly_amount
            for item in self.inputs.contributions
            if item.account == account and item.by_employer == by_employer and self._runs(item)
        )

    def _runs(self, item: Income | Contribution) -> bool:
        first, end = (resolve(when, self.adult.key, self.inputs) for when in (item.start, item.end))
        return first <= self.month < end

    def account(self, kind: PlanKind) -> SavingPlan | None:
        """The account that is paid into most already; the first where none is."""
        mine = [plan for plan in self.plans if plan.kind is kind]
        return max(mine, key=lambda plan: self._into(plan.account, by_employer=False)) if mine else None


def rooms(inputs: ProjectionInputs, facts: AdviceFacts, day: date | None = None) -> tuple[Room, ...]:
    """Return the room of each adult who works: in plans at work, in IRAs, in a health savings account.

    On ``day``, the start of the plan unless another is given: by the ages at the end of its year, by who still works,
    and by the wages and payments that run then, in today's amounts. IRAs have what plans at work leave of wages.
    """
    table = facts.limits
    if table is None:
        return ()
    day = day or inputs.start_date
    month = month_of(day, inputs.start_date)
    income = income_counted(inputs) if facts.income is None else Decimal(repr(facts.income))
    savers = []
    for adult in inputs.adults:
        if retirement_month_of(adult, inputs.start_date) > month:
            plans = tuple(plan for plan in facts.plans if plan.owner == adult.key)
            age = day.year - adult.birth_date.year
            savers.append(_Saver(adult, age, month, plans, inputs, table, income))
    savers = [replace(saver, free=_free(saver, savers)) for saver in savers]
    iras = _iras_of(savers)
    told = [room for each in savers for room in (_at_work(each), iras[each.adult.key], _for_health(each))]
    return tuple(room for room in told if room is not None)


def _at_work(saver: _Saver) -> Room | None:
    plan = saver.account(PlanKind.WORKPLACE)
    if plan is None or saver.wages <= 0.0:
        return None
    notes = [RAISE_DEFERRAL]
    if saver.paid((PlanKind.WORKPLACE,), by_employer=True) <= 0.0:
        notes.insert(0, ASK_FOR_MATCH)
    if saver.age >= CATCH_UP_AGE and catch_up_goes_to_roth(saver.table, Decimal(repr(saver.wages))):
        notes.append(CATCH_UP_TO_ROTH)
    paid = saver.paid((PlanKind.WORKPLACE,))
    elective = float(contribution_limits(saver.table, saver.age).elective_deferral)
    return Room(plan, "workplace", min(elective, saver.wages, max(paid, saver.free)), paid, tuple(notes))


def _free(saver: _Saver, savers: list[_Saver]) -> float:
    is_joint = saver.inputs.filing_status is FilingStatus.MARRIED_JOINT
    others = [each for each in savers if is_joint and each is not saver]
    used = sum(each.paid(_IRAS) for each in (saver, *others)) + sum(each.paid((PlanKind.WORKPLACE,)) for each in others)
    return sum(each.wages for each in (saver, *others)) - used


def _iras_of(savers: list[_Saver]) -> dict[str, Room | None]:
    """Rooms by adult: each has the own compensation; of a joint return who earns less has that of both, less what the
    other pays into IRAs (IRC 219(c)).
    """
    earned = {saver.adult.key: _compensation(saver) for saver in savers}
    used = {saver.adult.key: saver.paid(_IRAS) for saver in savers}
    found: dict[str, Room | None] = {}
    for saver in sorted(savers, key=lambda each: -earned[each.adult.key]):
        key, most = saver.adult.key, earned[saver.adult.key]
        if saver.inputs.filing_status is FilingStatus.MARRIED_JOINT:
            both = sum(earned.values()) - sum(paid for other, paid in used.items() if other != key)
            most = both if most < max(earned.values()) else min(most, both)
        # what is paid already goes before what more a plan at work might take
        paid = min(used[key], saver.wages - _deferred(saver))
        room = _in_iras(saver, Decimal(repr(round(max(0.0, most, paid), 2))))
        found[key] = room
        used[key] += room.left if room is not None else 0.0
    return found


def _compensation(saver: _Saver) -> float:
    """Wages that are income once the room at work is used: without what is deferred before tax (IRC 219(b)(1)(B))."""
    room = _at_work(saver)
    left = room.left if room is not None and room.plan.account in _before_tax(saver.inputs) else 0.0
    return max(0.0, saver.wages - _deferred(saver) - left)


def _deferred(saver: _Saver) -> float:
    accounts = _before_tax(saver.inputs)
    plans = tuple(plan for plan in saver.plans if plan.account in accounts)
    return replace(saver, plans=plans).paid((PlanKind.WORKPLACE,))


def _before_tax(inputs: ProjectionInputs) -> set[str]:
    return {account.key for account in inputs.accounts if account.treatment is TaxTreatment.TAX_DEFERRED}


def _in_iras(saver: _Saver, earned: Decimal) -> Room | None:
    """Roth where incomes allow it, else what may be deducted of a traditional one."""
    inputs = saver.inputs
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
    return Room(plan, "ira", limit, saver.paid(_IRAS), (UNTIL_TAX_DAY,))


def _for_health(saver: _Saver) -> Room | None:
    plan = saver.account(PlanKind.HEALTH)
    if plan is None or saver.age >= _MEDICARE_AGE:
        return None
    paid = saver.paid((PlanKind.HEALTH,)) + saver.paid((PlanKind.HEALTH,), by_employer=True)
    limit = float(contribution_limits(saver.table, saver.age).hsa_self)
    return Room(plan, "health", limit, paid, (HIGH_DEDUCTIBLE,))


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
    deferred = _before_tax(inputs)
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
