"""What comes in and goes out, month by month of a plan, for each state of the household.

A state says who lives; a plan whose lives are known has one, which knows the months of death. Amounts that inflation
moves are kept apart from those it does not: what is due in a month is ``real * price_level + nominal``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import F_DEBTS, F_GOALS, F_SPENDING
from apps.plans.engine.claiming import Claim
from apps.plans.engine.event_schedules import living_moves, payoffs, phase_costs, receipts_of
from apps.plans.engine.given_up import given_up
from apps.plans.engine.horizon import (
    horizon_months,
    household_retirement_month,
    last_month_of,
    resolve,
)
from apps.plans.engine.household_benefits import BenefitSchedule, benefit_schedule
from apps.plans.engine.inputs import Goal, GoalKind, GoalPriority, IncomeKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.payment_schedules import besides_costs
from apps.plans.engine.planned_work import growing, work_of, years_of
from apps.plans.engine.policy_schedules import premiums_of
from apps.plans.engine.state_program import FIRST_COLUMN, income_columns
from apps.plans.engine.survivor_work import planned_benefits

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# The month from which each adult is no longer counted on.
Ends = tuple[int, ...]

TREATMENTS = tuple(TaxTreatment)
TAXABLE = TREATMENTS.index(TaxTreatment.TAXABLE)
TAX_DEFERRED = TREATMENTS.index(TaxTreatment.TAX_DEFERRED)

# Columns of a schedule's last axis: what inflation moves, and what it does not.
REAL, NOMINAL = 0, 1

# What a demand is of the spending that a rule moves: nothing of it, what is always paid, or what comes on top.
WHOLE, FLOOR_PART, ABOVE_FLOOR = range(3)


class Demand(NamedTuple):
    """Something to be paid, with its name, category, and whether success needs it; amounts (n_states, n_months)."""

    key: str
    kind: str
    priority: GoalPriority
    category: int
    real: FloatArray
    nominal: FloatArray
    part: int = WHOLE


def states_of(inputs: ProjectionInputs, *, drawn: bool) -> tuple[Ends, ...]:
    """Return the states of the household: one with known ends; or both, the first alone, the second alone."""
    if not drawn:
        return (tuple(last_month_of(adult, inputs.start_date) for adult in inputs.adults),)
    horizon = horizon_months(inputs.adults, inputs.start_date)
    return ((horizon,),) if len(inputs.adults) == 1 else ((horizon, horizon), (horizon, 0), (0, horizon))


def debt_payments(
    balance: float, annual_rate: float, payment: float, n_months: int, paid_off_in: int | None = None
) -> FloatArray:
    """Payments of a level loan until it is paid off; the last one, or that of ``paid_off_in``, is what is left."""
    due = np.zeros(n_months)
    for month in range(n_months):
        if balance <= 0.0:
            break
        balance *= 1.0 + annual_rate / 12.0
        due[month] = balance if month == paid_off_in else min(payment, balance)
        balance -= due[month]
    return due


def benefits_of(inputs: ProjectionInputs) -> BenefitSchedule | None:
    """Return what the claims of Social Security pay, None for a plan that states benefits as plain incomes."""
    if not inputs.claims:
        return None
    of = {claim.owner: claim for claim in inputs.claims}
    claims = [
        Claim(Decimal(repr(of[adult.key].primary_amount)), adult.birth_date, of[adult.key].claim_age)
        for adult in inputs.adults
    ]
    start, records = inputs.start_date, [of[adult.key].record for adult in inputs.adults]
    n_months = horizon_months(inputs.adults, start)
    if not any(claim.exempt for claim in inputs.claims):
        return benefit_schedule(claims, start, n_months, records=records)
    return planned_benefits(claims, work_of(inputs, n_months), start, records=records)


def incomes_of(inputs: ProjectionInputs, ends: Ends, claimed: BenefitSchedule | None) -> FloatArray:
    """Return (n_months, 7, 2): wages of the first and second adult, benefits, other taxable, tax-free, gains of sales,
    interest of their buyers.

    Where a state taxes income, its columns follow (`state_program.income_columns`).
    """
    n_months = horizon_months(inputs.adults, inputs.start_date)
    apart = income_columns(inputs)
    n_columns = FIRST_COLUMN + (3 if apart else 0)
    real, nominal = np.zeros((n_months, n_columns)), np.zeros((n_months, n_columns))
    years = years_of(inputs, n_months)
    columns = {IncomeKind.SOCIAL_SECURITY: 2, IncomeKind.PENSION: 3, IncomeKind.OTHER_TAXABLE: 3}
    owners = [adult.key for adult in inputs.adults]
    stated = [(np.zeros(n_months), np.zeros(n_months)) for _ in owners]
    for income in inputs.incomes:
        owner = owners.index(income.owner)
        first, last = (resolve(when, income.owner, inputs) for when in (income.start, income.end))
        if income.kind is IncomeKind.SOCIAL_SECURITY:
            # Kept to the end of the plan: the survivor goes on with the larger of two benefits (42 USC 402(e)).
            parts = growing(income.monthly_amount, income.growth, (first, last), years)
            stated[owner][0][:] += parts[0]
            stated[owner][1][:] += parts[1]
            continue
        column = owner if income.kind is IncomeKind.SALARY else columns.get(income.kind, 4)
        parts = growing(income.monthly_amount, income.growth, (first, min(last, ends[owner])), years)
        places = [column]
        if income.kind in apart:
            places.append(apart[income.kind] + (owner if income.kind is IncomeKind.PENSION else 0))
        real[:, places] += parts[0][:, np.newaxis]
        nominal[:, places] += parts[1][:, np.newaxis]
    if claimed is None:
        real[:, 2], nominal[:, 2] = (_larger_benefits(ends, [pair[place] for pair in stated]) for place in (0, 1))
    elif len(ends) > 1 and 0 in ends:
        # who was left alone has the own benefit; what is inherited depends on the month of the other's death
        real[:, 2] = claimed.own[1 - ends.index(0)]
    else:
        real[:, 2] = claimed.paid(ends)
    for receipt in receipts_of(inputs, ends, n_months):
        into = real if receipt.is_real else nominal
        if 0 <= receipt.month < n_months:
            into[receipt.month, 3:7] += (receipt.income, receipt.free, receipt.gain, receipt.interest)
            if apart:
                into[receipt.month, apart[IncomeKind.OTHER_TAXABLE]] += receipt.income
    return np.stack([real, nominal], axis=2)


def _larger_benefits(ends: Ends, each: list[FloatArray]) -> FloatArray:
    """Both benefits while both live; afterwards the larger one to the survivor."""
    months = np.arange(each[0].size)
    both, largest = np.sum(each, axis=0), np.max(each, axis=0)
    result: FloatArray = np.where(months < min(ends), both, np.where(months < max(ends), largest, 0.0))
    return result


def _shares(inputs: ProjectionInputs, ends: Ends, n_months: int) -> tuple[FloatArray, FloatArray]:
    """What part of the living costs is spent each month by who lives, and 1 while anybody does."""
    months = np.arange(n_months)
    anybody = np.where(months < max(ends), 1.0, 0.0)
    single = months >= min(ends) if len(ends) == 2 else np.zeros(n_months, dtype=bool)
    return anybody * np.where(single, inputs.spending.survivor_share, 1.0), anybody


def demands_of(inputs: ProjectionInputs, *, drawn: bool = False) -> list[Demand]:
    """Everything the household must or wants to pay, in the order in which it is paid: by priority, then as given."""
    states = states_of(inputs, drawn=drawn)
    n_months = horizon_months(inputs.adults, inputs.start_date)
    shares = np.stack([_shares(inputs, ends, n_months) for ends in states], axis=1)
    everything = _living(inputs, states, shares, premiums_of(inputs, states, n_months))
    everything += [_goal(goal, inputs, shares[1]) for goal in inputs.goals if goal.kind is not GoalKind.RETIREMENT]
    ranks = {priority: rank for rank, priority in enumerate(GoalPriority)}
    return sorted(everything, key=lambda demand: ranks[demand.priority])


def _living(
    inputs: ProjectionInputs, states: tuple[Ends, ...], shares: FloatArray, premiums: tuple[FloatArray, FloatArray]
) -> list[Demand]:
    """Living costs until retirement, debts, and the retirement goal (or the same living costs on).

    ``shares`` are those of `_shares`; ``premiums`` are those that living costs no longer hold, and those beside them.
    """
    share, anybody = shares
    n_months = share.shape[1]
    retired = np.arange(n_months) >= household_retirement_month(inputs)
    nothing = np.zeros(share.shape)
    goal = next((goal for goal in inputs.goals if goal.kind is GoalKind.RETIREMENT), None)
    factor, less = living_moves(inputs, n_months)
    stopped, besides = premiums
    living = np.maximum(0.0, inputs.spending.monthly_amount * factor * share - (less + stopped) * share)
    saved, paid = given_up(inputs, states, living)
    living, besides = living - saved, besides - paid
    ends = payoffs(inputs)
    debts = np.sum(
        [
            debt_payments(debt.balance, debt.annual_rate, debt.monthly_payment, n_months, ends.get(debt.key))
            for debt in inputs.debts
        ]
        or [np.zeros(n_months)],
        axis=0,
    )
    essential = GoalPriority.ESSENTIAL
    before = living if goal is None else np.where(retired, 0.0, living)
    before = before + besides_costs(inputs, n_months) * anybody
    result = [
        Demand("living", "living", essential, F_SPENDING, before, besides),
        Demand("debts", "debts", essential, F_DEBTS, nothing, debts + 0.0 * anybody),
    ]
    if goal is not None:
        after = np.maximum(0.0, np.where(retired, goal.annual_amount / 12.0, 0.0) * factor * share - less * share)
        result += _retirement(inputs, goal, after)
    for phase in inputs.events.phases:
        if phase.monthly_amount > 0.0:
            priority = essential if phase.is_essential else GoalPriority.IMPORTANT
            costs = phase_costs(phase, inputs, n_months) * anybody
            result.append(Demand(phase.key, "phase", priority, F_SPENDING, costs, nothing))
    return result


def _retirement(inputs: ProjectionInputs, goal: Goal, planned: FloatArray) -> list[Demand]:
    """What is planned; by a rule of spending the floor of it and, paid after what is essential, what comes on top."""
    kind, nothing, rule = str(goal.kind), np.zeros(planned.shape), inputs.spending_rule
    if rule is None:
        return [Demand(goal.key, kind, goal.priority, F_SPENDING, planned, nothing)]
    later = GoalPriority.IMPORTANT if goal.priority is GoalPriority.ESSENTIAL else goal.priority
    return [
        Demand(goal.key, kind, goal.priority, F_SPENDING, rule.floor * planned, nothing, FLOOR_PART),
        Demand(f"{goal.key}:above_floor", kind, later, F_SPENDING, planned, nothing, ABOVE_FLOOR),
    ]


def _goal(goal: Goal, inputs: ProjectionInputs, anybody: FloatArray) -> Demand:
    real = np.zeros(anybody.shape)
    first = resolve(goal.start, "", inputs)
    for year in range(goal.years):
        if first + 12 * year < anybody.shape[1]:
            real[:, first + 12 * year] = goal.annual_amount
    return Demand(goal.key, str(goal.kind), goal.priority, F_GOALS, real, np.zeros(anybody.shape))


def contributions_of(inputs: ProjectionInputs, states: tuple[Ends, ...]) -> tuple[FloatArray, IntArray]:
    """Return (n_states, n_months, n_lines, 2) and what each line is (n_lines, 3): see `program.Program`."""
    n_months = horizon_months(inputs.adults, inputs.start_date)
    accounts = {account.key: account for account in inputs.accounts}
    owners = [adult.key for adult in inputs.adults]
    n_regular = len(inputs.contributions)
    receipts = [receipts_of(inputs, ends, n_months) for ends in states]
    schedule = np.zeros((len(states), n_months, n_regular + len(receipts[0]), 2))
    lines = np.zeros((schedule.shape[2], 3), dtype=np.int64)
    years = years_of(inputs, n_months)
    for line, item in enumerate(inputs.contributions):
        account = accounts[item.account]
        first, last = (resolve(when, account.owner, inputs) for when in (item.start, item.end))
        for state, ends in enumerate(states):
            alive = ends[owners.index(account.owner)] if account.owner else max(ends)
            parts = growing(item.monthly_amount, item.growth, (first, min(last, alive)), years)
            schedule[state, :, line, REAL], schedule[state, :, line, NOMINAL] = parts
        before_tax = not item.by_employer and account.treatment is TaxTreatment.TAX_DEFERRED and item.is_deductible
        lines[line] = (list(accounts).index(item.account), not item.by_employer, before_tax)
    for state, told in enumerate(receipts):
        for line, receipt in enumerate(told, start=n_regular):
            # what comes once is put where it belongs in the month in which it comes
            lines[line] = (list(accounts).index(receipt.account), 1, 0)
            if 0 <= receipt.month < n_months:
                schedule[state, receipt.month, line, REAL if receipt.is_real else NOMINAL] = receipt.kept
    return schedule, lines
