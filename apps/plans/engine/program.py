"""The inputs as arrays that the kernel walks through: one entry per month, account, demand and year.

Amounts that inflation moves are kept apart from those it does not: what is due in a month is
``real * price_level + nominal``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.kernel.life_tables import joint_divisor, uniform_divisor
from apps.kernel.required_ages import first_year as first_year_required
from apps.plans.engine.horizon import (
    age_in_months,
    first_month_of_year,
    first_year_months,
    horizon_months,
    household_retirement_month,
    last_month_of,
    resolve,
    year_of,
)
from apps.plans.engine.inputs import (
    Account,
    Adult,
    Goal,
    GoalKind,
    GoalPriority,
    Growth,
    IncomeKind,
    ProjectionInputs,
    TaxTreatment,
)
from apps.plans.engine.social_security import counted_birth
from apps.plans.engine.tax_kernel import STATUSES, law_arrays
from apps.plans.engine.tax_tables import FilingStatus

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

TREATMENTS = tuple(TaxTreatment)
TAXABLE = TREATMENTS.index(TaxTreatment.TAXABLE)
TAX_DEFERRED = TREATMENTS.index(TaxTreatment.TAX_DEFERRED)

# Places of the year's flows, the order of results.YearCashFlow after its two years.
(
    F_WAGES,
    F_BENEFITS,
    F_OTHER,
    F_WITHDRAWALS,
    F_SHORTFALL,
    F_CONTRIBUTIONS,
    F_SPENDING,
    F_GOALS,
    F_DEBTS,
    F_TAXES,
    F_SAVED,
    F_UNPLANNED,
    F_EMPLOYER,
    F_REQUIRED,
) = range(14)
N_FLOWS = 14

# attained on the day before the birthday: who is born on 1 January is 65 the year before (IRC 63(f), Pub. 501)
SENIOR_AGE = 65


# Columns of a schedule's last axis: what inflation moves, and what it does not.
REAL, NOMINAL = 0, 1


class Payers(NamedTuple):
    """Who pays what, for the kernel's hot calls, which must carry few arrays.

    ``sources`` (n_sources, 3) lists the accounts that pay, in order: account, treatment, month up to which
    withdrawals carry the additional tax; ``education`` the accounts kept for education; ``demands`` (n_demands, 2)
    the category of each demand in the order in which they are paid, and 1 where education accounts pay first.
    """

    sources: IntArray
    education: IntArray
    demands: IntArray


class Program(NamedTuple):
    """Everything the kernel reads but the markets.

    Shapes: ``weights`` (n_mixes, n_assets); per account: ``mix`` (n_accounts,), ``rates`` (n_accounts, 3): monthly
    fee factor, monthly yields of interest and of qualified dividends, ``opening`` (n_accounts, 2): balance and cost
    basis. Schedules have the shape (n_months, n_columns, 2), real and nominal: ``incomes`` with the columns wages of
    the first and second adult, benefits, other taxable, tax-free; ``contributions``, described by ``lines``
    (n_columns, 3): account, 1 where the household pays, 1 where it pays before tax; ``demands``. ``year_facts``
    (n_years, 3); ``law`` (2, n_statuses, n_columns) a row per filing status: of a first year of ``first_year`` months,
    and of whole ones; ``divisors`` (n_years, n_accounts) what a balance is divided by for what the law requires to be
    taken out, 0 where nothing is.
    """

    weights: FloatArray
    mix: IntArray
    rates: FloatArray
    opening: FloatArray
    payers: Payers
    lines: IntArray
    contributions: FloatArray
    incomes: FloatArray
    demands: FloatArray
    year_facts: IntArray
    surplus_account: int
    surplus_share: float
    law: FloatArray
    first_year: int
    divisors: FloatArray


class Demand(NamedTuple):
    """Something to be paid, with its name, category, and whether success needs it."""

    key: str
    kind: str
    priority: GoalPriority
    category: int
    real: FloatArray
    nominal: FloatArray


def growing(amount: float, growth: Growth, span: tuple[int, int], years: IntArray) -> tuple[FloatArray, FloatArray]:
    """Real and nominal amounts per month, from a month up to but not in another, rising each January.

    ``years`` (n_months,) is the calendar year of the plan in which each month lies.
    """
    months = np.arange(years.size)
    first, last = span
    path = np.where((months >= first) & (months < last), amount * (1.0 + growth.annual_rate) ** years, 0.0)
    nothing = np.zeros(years.size)
    return (path, nothing) if growth.inflation_linked else (nothing, path)


def debt_payments(balance: float, annual_rate: float, payment: float, n_months: int) -> FloatArray:
    """Payments of a level loan until it is paid off; the last one is what is left."""
    due = np.zeros(n_months)
    for month in range(n_months):
        if balance <= 0.0:
            break
        balance *= 1.0 + annual_rate / 12.0
        due[month] = min(payment, balance)
        balance -= due[month]
    return due


def _years(inputs: ProjectionInputs, n_months: int) -> IntArray:
    """The calendar year of the plan in which each month lies, shape (n_months,)."""
    return np.array([year_of(month, inputs.start_date) for month in range(n_months)], dtype=np.int64)


def _incomes(inputs: ProjectionInputs, n_months: int) -> FloatArray:
    real, nominal = np.zeros((n_months, 5)), np.zeros((n_months, 5))
    years = _years(inputs, n_months)
    columns = {IncomeKind.SOCIAL_SECURITY: 2, IncomeKind.PENSION: 3, IncomeKind.OTHER_TAXABLE: 3}
    owners = [adult.key for adult in inputs.adults]
    benefits = [(np.zeros(n_months), np.zeros(n_months)) for _ in owners]
    for income in inputs.incomes:
        owner = owners.index(income.owner)
        first, last = (resolve(when, income.owner, inputs) for when in (income.start, income.end))
        alive = last_month_of(inputs.adults[owner], inputs.start_date)
        if income.kind is IncomeKind.SOCIAL_SECURITY:
            # Kept to the end of the plan: the survivor goes on with the larger of two benefits (42 USC 402(e)).
            parts = growing(income.monthly_amount, income.growth, (first, last), years)
            benefits[owner][0][:] += parts[0]
            benefits[owner][1][:] += parts[1]
            continue
        column = owner if income.kind is IncomeKind.SALARY else columns.get(income.kind, 4)
        parts = growing(income.monthly_amount, income.growth, (first, min(last, alive)), years)
        real[:, column] += parts[0]
        nominal[:, column] += parts[1]
    for place, schedule in enumerate((real, nominal)):
        schedule[:, 2] = _household_benefits(inputs.adults, inputs, [pair[place] for pair in benefits])
    return np.stack([real, nominal], axis=2)


def _household_benefits(adults: tuple[Adult, ...], inputs: ProjectionInputs, each: list[FloatArray]) -> FloatArray:
    """Both benefits while both live; afterwards the larger one to the survivor."""
    months = np.arange(each[0].size)
    ends = [last_month_of(adult, inputs.start_date) for adult in adults]
    both = np.sum(each, axis=0)
    largest = np.max(each, axis=0)
    result: FloatArray = np.where(months < min(ends), both, np.where(months < max(ends), largest, 0.0))
    return result


def _living(inputs: ProjectionInputs, n_months: int) -> list[Demand]:
    """Living costs until retirement, debts, and the retirement goal (or the same living costs on)."""
    months = np.arange(n_months)
    first_end = min(last_month_of(adult, inputs.start_date) for adult in inputs.adults)
    last_end = max(last_month_of(adult, inputs.start_date) for adult in inputs.adults)
    single = months >= first_end if len(inputs.adults) == 2 else np.zeros(n_months, dtype=bool)
    share = np.where(months >= last_end, 0.0, np.where(single, inputs.spending.survivor_share, 1.0))
    retired = months >= household_retirement_month(inputs)
    nothing = np.zeros(n_months)
    goal = next((goal for goal in inputs.goals if goal.kind is GoalKind.RETIREMENT), None)
    living = inputs.spending.monthly_amount * share
    debts = np.sum(
        [debt_payments(debt.balance, debt.annual_rate, debt.monthly_payment, n_months) for debt in inputs.debts]
        or [nothing],
        axis=0,
    )
    essential = GoalPriority.ESSENTIAL
    before = living if goal is None else np.where(retired, 0.0, living)
    result = [
        Demand("living", "living", essential, F_SPENDING, before, nothing),
        Demand("debts", "debts", essential, F_DEBTS, nothing, debts),
    ]
    if goal is not None:
        after = np.where(retired, goal.annual_amount / 12.0, 0.0) * share
        result.append(Demand(goal.key, str(goal.kind), goal.priority, F_SPENDING, after, nothing))
    return result


def _goal(goal: Goal, inputs: ProjectionInputs, n_months: int) -> Demand:
    real = np.zeros(n_months)
    first = resolve(goal.start, "", inputs)
    for year in range(goal.years):
        if first + 12 * year < n_months:
            real[first + 12 * year] = goal.annual_amount
    return Demand(goal.key, str(goal.kind), goal.priority, F_GOALS, real, np.zeros(n_months))


def demands_of(inputs: ProjectionInputs) -> list[Demand]:
    """Everything the household must or wants to pay, in the order in which it is paid: by priority, then as given."""
    n_months = horizon_months(inputs.adults, inputs.start_date)
    everything = _living(inputs, n_months)
    everything += [_goal(goal, inputs, n_months) for goal in inputs.goals if goal.kind is not GoalKind.RETIREMENT]
    ranks = {priority: rank for rank, priority in enumerate(GoalPriority)}
    return sorted(everything, key=lambda demand: ranks[demand.priority])


def _contributions(inputs: ProjectionInputs, n_months: int) -> tuple[FloatArray, IntArray]:
    accounts = {account.key: account for account in inputs.accounts}
    schedule = np.zeros((n_months, len(inputs.contributions), 2))
    lines = np.zeros((len(inputs.contributions), 3), dtype=np.int64)
    years = _years(inputs, n_months)
    for line, item in enumerate(inputs.contributions):
        account = accounts[item.account]
        first, last = (resolve(when, account.owner, inputs) for when in (item.start, item.end))
        parts = growing(item.monthly_amount, item.growth, (first, last), years)
        schedule[:, line, REAL], schedule[:, line, NOMINAL] = parts
        before_tax = not item.by_employer and account.treatment is TaxTreatment.TAX_DEFERRED
        lines[line] = (list(accounts).index(item.account), not item.by_employer, before_tax)
    return schedule, lines


def _year_facts(inputs: ProjectionInputs, n_years: int) -> IntArray:
    """Filing status, people of 65 and more at the end of the year, and whether the senior deduction applies."""
    facts = np.zeros((n_years, 3), dtype=np.int64)
    table = inputs.tax_table
    for year in range(n_years):
        first = first_month_of_year(year, inputs.start_date)
        living = [adult for adult in inputs.adults if last_month_of(adult, inputs.start_date) > first]
        status = inputs.filing_status
        married = (FilingStatus.MARRIED_JOINT, FilingStatus.MARRIED_SEPARATE)
        if len(inputs.adults) == 2 and len(living) < 2 and status in married:
            status = FilingStatus.SINGLE
        facts[year, 0] = STATUSES.index(status)
        calendar_year = inputs.start_date.year + year
        facts[year, 1] = sum(counted_birth(adult.birth_date).year + SENIOR_AGE <= calendar_year for adult in living)
        facts[year, 2] = int(table.senior_last_year is not None and calendar_year <= table.senior_last_year)
    return facts


def _penalty_until(account: Account, inputs: ProjectionInputs) -> int:
    """The month from which withdrawals carry no additional tax: the owner's, or the older adult's if joint."""
    ages = [age_in_months(adult, inputs.start_date, 0) for adult in inputs.adults if account.owner in ("", adult.key)]
    return max(0, inputs.tax_table.early_withdrawal_age_months - max(ages))


def _divisors(inputs: ProjectionInputs, n_years: int) -> FloatArray:
    """By the tables of the regulation, for tax-deferred accounts of their owner (of the older adult if joint).

    The joint table holds for a spouse more than ten years younger who alone inherits, which a couple is taken to mean.
    Of a first year that is not whole its part is required.
    """
    told = np.zeros((n_years, len(inputs.accounts)))
    for place, account in enumerate(inputs.accounts):
        if account.treatment is not TaxTreatment.TAX_DEFERRED:
            continue
        owners = [adult.birth_date for adult in inputs.adults if account.owner in ("", adult.key)]
        born = min(owners)
        others = [adult.birth_date for adult in inputs.adults if adult.birth_date != born]
        for year in range(n_years):
            age = inputs.start_date.year + year - born.year
            if inputs.start_date.year + year >= first_year_required(born):
                joint = joint_divisor(age, inputs.start_date.year + year - others[0].year) if others else None
                told[year, place] = float(joint or uniform_divisor(age))
    told[0] *= 12 / first_year_months(inputs.start_date)
    return told


def _payers(inputs: ProjectionInputs, demands: list[Demand]) -> Payers:
    rows = [
        (place, TREATMENTS.index(treatment), _penalty_until(account, inputs))
        for treatment in inputs.withdrawal_order
        for place, account in enumerate(inputs.accounts)
        if account.treatment is treatment
    ]
    education = [account.treatment is TaxTreatment.EDUCATION for account in inputs.accounts]
    facts = [(demand.category, demand.kind == GoalKind.EDUCATION) for demand in demands]
    return Payers(
        sources=np.array(rows, dtype=np.int64).reshape(-1, 3),
        education=np.flatnonzero(education).astype(np.int64),
        demands=np.array(facts, dtype=np.int64),
    )


def _rates(inputs: ProjectionInputs, weights: FloatArray) -> FloatArray:
    """Monthly fee factor, interest and qualified dividends per account; untaxed accounts have no taxed yields."""
    assets = inputs.assumptions.assets
    total = np.array([asset.taxable_yield for asset in assets]) / 12.0
    qualified = total * np.array([asset.qualified_share for asset in assets])
    taxed = np.array([account.treatment in (TaxTreatment.TAXABLE, TaxTreatment.CASH) for account in inputs.accounts])
    fees = np.array([(1.0 - account.annual_fee) ** (1.0 / 12.0) for account in inputs.accounts])
    return np.stack([fees, (weights @ (total - qualified)) * taxed, (weights @ qualified) * taxed], axis=1)


def build_program(inputs: ProjectionInputs, demands: list[Demand] | None = None) -> Program:
    """Lay the inputs out for the kernel. Accounts with the same allocation share one mix.

    ``demands`` are those of `demands_of`, where the caller has them.
    """
    n_months = horizon_months(inputs.adults, inputs.start_date)
    first_year, n_years = first_year_months(inputs.start_date), year_of(n_months - 1, inputs.start_date) + 1
    asset_keys = inputs.assumptions.asset_keys
    weights = np.zeros((len(inputs.accounts), len(asset_keys)))
    for place, account in enumerate(inputs.accounts):
        for key, weight in account.allocation:
            weights[place, asset_keys.index(key)] = weight
    mixes, mix = np.unique(weights, axis=0, return_inverse=True)
    contributions, lines = _contributions(inputs, n_months)
    demands = demands_of(inputs) if demands is None else demands
    return Program(
        weights=np.ascontiguousarray(mixes),
        mix=mix.astype(np.int64).ravel(),
        rates=_rates(inputs, weights),
        opening=np.array([(account.balance, account.cost_basis) for account in inputs.accounts]),
        payers=_payers(inputs, demands),
        lines=lines,
        contributions=contributions,
        incomes=_incomes(inputs, n_months),
        demands=np.array([(demand.real, demand.nominal) for demand in demands]).transpose(2, 0, 1).copy(),
        year_facts=_year_facts(inputs, n_years),
        surplus_account=[account.key for account in inputs.accounts].index(inputs.surplus_account),
        surplus_share=inputs.surplus_saved_share,
        law=np.stack([law_arrays(inputs.tax_table, Decimal(first_year) / 12), law_arrays(inputs.tax_table)]),
        first_year=first_year,
        divisors=_divisors(inputs, n_years),
    )
