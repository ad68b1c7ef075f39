"""What the law still lets people pay into retirement and health accounts this year (IRC 219, 223, 402(g), 408A, 414).

What was paid since January is taken to be what is stated a month, twelve times; limits go by the calendar year in
which the plan starts. Silent where no table of that year, no birth date or no such account is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from apps.plans.engine.advice import Candidate
from apps.plans.engine.advice_facts import AdviceFacts, PlanKind, SavingPlan
from apps.plans.engine.advice_retirement_texts import (
    ASK_FOR_MATCH,
    CATCH_UP_TO_ROTH,
    HIGH_DEDUCTIBLE,
    RAISE_DEFERRAL,
    UNTIL_TAX_DAY,
    room_texts_of,
)
from apps.plans.engine.inputs import Adult, IncomeKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.levers import monthly_salaries, monthly_saving, runs_at_start, with_extra_saving
from apps.plans.engine.limits import (
    CATCH_UP_AGE,
    LimitsTable,
    catch_up_goes_to_roth,
    contribution_limits,
    ira_deduction_limit,
    roth_ira_limit,
)
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.tax_tables import FilingStatus

KEY = "contribution_room"
# less than fifty a month is not worth a form
_LEAST = 600.0
_YEAR, _MEDICARE_AGE = 12.0, 65
# the most of Social Security that is income (IRC 86)
_BENEFITS_TAXED = 0.85


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


def room_advice(inputs: ProjectionInputs, policy: AdvicePolicy) -> list[Candidate]:
    """Advise to use the room in accounts that the household has, within the most that the firm lets people save."""
    facts, salaries = policy.facts, monthly_salaries(inputs)
    if facts is None or facts.limits is None or salaries <= 0.0:
        return []
    most = policy.max_savings_rate * salaries - monthly_saving(inputs)
    found = []
    for room in rooms(inputs, facts):
        extra = round(min(room.left / _YEAR, most), 2)
        if room.left >= _LEAST and extra >= _LEAST / _YEAR:
            found.append(_candidate(inputs, room, extra, (facts.limits.year, extra / salaries)))
    return found


def rooms(inputs: ProjectionInputs, facts: AdviceFacts) -> tuple[Room, ...]:
    """Return the room of each adult: in plans at work, in IRAs, in a health savings account."""
    table = facts.limits
    if table is None:
        return ()
    found: list[Room] = []
    for adult in inputs.adults:
        plans = tuple(plan for plan in facts.plans if plan.owner == adult.key)
        age = inputs.start_date.year - adult.birth_date.year
        saver = _Saver(adult, age, _YEAR * _wages(inputs, adult.key), plans, inputs, table)
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
    magi, status = _income(inputs), inputs.filing_status
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


def _candidate(inputs: ProjectionInputs, room: Room, extra: float, about: tuple[int, float]) -> Candidate:
    year, share = about
    facts = (
        ("monthly_extra", extra),
        ("year", float(year)),
        ("limit", room.limit),
        ("paid", round(room.paid, 2)),
        ("room", round(room.left, 2)),
    )
    return Candidate(
        key=f"{KEY}:{room.plan.account}",
        kind=KEY,
        texts=room_texts_of(dict(facts), (room.plan.account, room.plan.owner), room.text, notes=room.notes),
        changed=with_extra_saving(inputs, extra, room.plan.account),
        certain=False,
        difficulty="easy" if share < 0.03 else "medium" if share < 0.10 else "hard",
        timeframe="this_year",
        facts=facts,
    )


def _wages(inputs: ProjectionInputs, owner: str) -> float:
    return sum(
        income.monthly_amount
        for income in inputs.incomes
        if income.kind is IncomeKind.SALARY and income.owner == owner and runs_at_start(income.start, inputs)
    )


def _income(inputs: ProjectionInputs) -> Decimal:
    """The year's adjusted gross income by today's incomes: less what is deferred, with most of Social Security."""
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
    return Decimal(repr(round(_YEAR * max(0.0, told - less), 2)))


def _covered(inputs: ProjectionInputs) -> set[str]:
    """Adults into whose tax-deferred accounts an employer pays: a plan at work covers them."""
    owners = {account.key: account.owner for account in inputs.accounts}
    return {owners[item.account] for item in inputs.contributions if item.by_employer and owners[item.account]}
