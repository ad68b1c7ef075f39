"""The inputs as arrays that the kernel walks through: one entry per month, account, demand and year.

Amounts that inflation moves are kept apart from those it does not: what is due in a month is
``real * price_level + nominal``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from apps.kernel.life_tables import joint_divisor, uniform_divisor
from apps.kernel.required_ages import first_year as first_year_required
from apps.plans.engine.basis_steps import opening_of
from apps.plans.engine.conversion_program import Conversions, conversions_of
from apps.plans.engine.dependants import status_of, supported_in
from apps.plans.engine.event_schedules import active_gains
from apps.plans.engine.grant_schedules import GrantRows, grant_rows
from apps.plans.engine.grants import option_accounts
from apps.plans.engine.horizon import (
    age_in_months,
    first_month_of_year,
    first_year_months,
    horizon_months,
    year_of,
)
from apps.plans.engine.household_benefits import BenefitSchedule
from apps.plans.engine.inputs import Account, Adult, GoalKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.ira_program import Iras, iras_of
from apps.plans.engine.means_program import Means, means_of, others_first
from apps.plans.engine.medicare_program import insured_months, premium_rows
from apps.plans.engine.payment_schedules import deductions_of
from apps.plans.engine.policy_schedules import payouts_of
from apps.plans.engine.remembered import remembered
from apps.plans.engine.roth_program import ROTH, Roths, places_of, roths_of
from apps.plans.engine.schedules import (
    TREATMENTS,
    Demand,
    Ends,
    FloatArray,
    IntArray,
    benefits_of,
    contributions_of,
    demands_of,
    incomes_of,
    states_of,
)
from apps.plans.engine.social_security import counted_birth
from apps.plans.engine.spending_program import SpendingProgram, spending_of
from apps.plans.engine.state_program import state_laws
from apps.plans.engine.tax_law import CHILDREN, N_FACTS, OTHERS, STATUSES, YEARS_ON, law_arrays
from apps.plans.engine.tax_tables import TaxTable

# attained on the day before the birthday: who is born on 1 January is 65 the year before (IRC 63(f), Pub. 501)
SENIOR_AGE = 65


class Payers(NamedTuple):
    """Who pays what, for the kernel's hot calls, which must carry few arrays.

    ``sources`` (n_sources, 3) lists the accounts that pay, in order: account, treatment (of Roth accounts of which the
    walk keeps layers ROTH and their pool), month up to which withdrawals carry the additional tax, or -1 of one in
    which shares of incentive options are held; ``education`` the accounts kept for education; ``demands`` (n_demands,
    3) the category of each demand in the order in which they are paid, 1 where education accounts pay first, and its
    part of the spending that a rule moves.
    """

    sources: IntArray
    education: IntArray
    demands: IntArray


class Program(NamedTuple):
    """Everything the kernel reads but the markets.

    Shapes: ``weights`` (n_mixes, n_assets); per account: ``mix`` (n_accounts,), ``rates`` (n_accounts, 3): monthly fee
    factor, monthly yields of interest and of qualified dividends, ``opening`` (n_accounts, 5): balance, cost basis and
    what a death does to it (`basis_steps.opening_of`). Schedules have the shape (n_states, n_months, n_columns, 2),
    real and nominal, by who lives: ``incomes`` with the columns of `schedules.incomes_of`; ``contributions``,
    described by ``lines`` (n_columns, 3): account, 1 where the household pays, 1 where it pays before tax;
    ``demands``. ``survivor`` (n_adults, n_months, 2) is by the month of the other's death what a survivor's claim pays
    and from which month on, and has no months where nothing is claimed. ``withheld`` (2, n_deaths, n_held) and
    ``withheld_from`` (2,): what work takes of it (`BenefitSchedule.held`). ``year_facts`` (n_states, n_years,
    N_FACTS); ``law`` (2, n_statuses, n_columns) a row per filing status: of a first year of ``first_year`` months, and
    of whole ones; ``divisors`` (n_states, n_years, n_accounts) what a balance is divided by for what the law requires
    to be taken out, 0 where nothing is; ``state_laws`` (n_states, n_years, n_columns) what the state of residence asks
    for, with no years where that is nothing; ``premiums`` (n_statuses, N_MEDICARE) those of Medicare, no rows where
    they are not asked, ``insured`` (n_states, n_years) the months for which they are due, ``incomes_before`` (2,) the
    incomes of the two years before the start; ``conversions`` those to Roth, ``spending`` the rule of it; ``payouts``
    what life insurance pays (`policy_schedules.payouts_of`), ``active_gains`` those of businesses
    (`event_schedules.active_gains`), ``iras`` traditional IRAs, ``roths`` Roth accounts, ``grants`` of equity,
    ``deductions`` what may be deducted (`payment_schedules.deductions_of`), ``means`` which accounts pay for which
    goal.
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
    survivor: FloatArray
    withheld: FloatArray
    withheld_from: IntArray
    year_facts: IntArray
    surplus_account: int
    surplus_share: float
    law: FloatArray
    first_year: int
    divisors: FloatArray
    state_laws: FloatArray
    premiums: FloatArray
    insured: FloatArray
    incomes_before: FloatArray
    conversions: Conversions
    spending: SpendingProgram
    payouts: FloatArray
    active_gains: FloatArray
    iras: Iras
    roths: Roths
    grants: GrantRows
    deductions: FloatArray
    means: Means


@remembered(64)
def _federal_laws(table: TaxTable, first_year: int) -> FloatArray:
    """The law of a first year of so many months, and of a whole one."""
    return np.stack([law_arrays(table, Decimal(first_year) / 12), law_arrays(table)])


def _living(inputs: ProjectionInputs, ends: Ends, year: int) -> list[Adult]:
    """Return who lives as a year begins: the year of a death is taxed like the one before (IRC 6013(a)(2))."""
    first = first_month_of_year(year, inputs.start_date)
    return [adult for adult, end in zip(inputs.adults, ends, strict=True) if end > first]


def _year_facts(inputs: ProjectionInputs, living: list[list[Adult]]) -> IntArray:
    """Of who lives as each year begins: filing status, people of 65 and more at its end, whether the senior deduction
    applies, dependants; (n_years, N_FACTS)."""
    facts = np.zeros((len(living), N_FACTS), dtype=np.int64)
    table = inputs.tax_table
    senior_from = {adult.key: counted_birth(adult.birth_date).year + SENIOR_AGE for adult in inputs.adults}
    last_of_seniors = table.senior_last_year or 0
    for year, adults in enumerate(living):
        calendar_year = inputs.start_date.year + year
        supported = supported_in(inputs.children, calendar_year)
        is_left_alone = len(inputs.adults) == 2 and len(adults) < 2
        status = status_of(
            inputs.filing_status, supported, is_left_alone=is_left_alone, has_children=bool(inputs.children)
        )
        seniors = sum(senior_from[adult.key] <= calendar_year for adult in adults)
        facts[year, :3] = STATUSES.index(status), seniors, calendar_year <= last_of_seniors
        facts[year, YEARS_ON] = calendar_year - table.year
        if adults:
            facts[year, CHILDREN], facts[year, OTHERS] = supported.children, supported.others
    return facts


def _penalty_until(account: Account, inputs: ProjectionInputs) -> int:
    """The month from which withdrawals carry no additional tax: the owner's, or the older adult's if joint."""
    if account.key in option_accounts(inputs.events.grants):
        return -1
    ages = [age_in_months(adult, inputs.start_date, 0) for adult in inputs.adults if account.owner in ("", adult.key)]
    return max(0, inputs.tax_table.early_withdrawal_age_months - max(ages))


def _divisors(inputs: ProjectionInputs, living: list[list[Adult]]) -> FloatArray:
    """By the tables of the regulation, for tax-deferred accounts of their owner (of the older adult if joint).

    The joint table holds for a spouse more than ten years younger who alone inherits, which a couple is taken to mean.
    Who is left alone treats the accounts of both as their own (26 CFR 1.408-8(c)). Of a first year that is not whole
    its part is required.
    """
    told = np.zeros((len(living), len(inputs.accounts)))
    for place, account in enumerate(inputs.accounts):
        if account.treatment is TaxTreatment.TAX_DEFERRED:
            told[:, place] = [
                _divisor(account, adults, inputs.start_date.year + year) if adults else 0.0
                for year, adults in enumerate(living)
            ]
    told[0] *= 12 / first_year_months(inputs.start_date)
    return told


def _divisor(account: Account, living: list[Adult], calendar_year: int) -> float:
    owners = [adult for adult in living if account.owner in ("", adult.key)] or living
    born = min(adult.birth_date for adult in owners)
    if calendar_year < first_year_required(born):
        return 0.0
    others = [adult.birth_date for adult in living if adult.birth_date != born]
    age = calendar_year - born.year
    joint = joint_divisor(age, calendar_year - others[0].year) if others else None
    return float(joint or uniform_divisor(age))


def _sources(inputs: ProjectionInputs, roths: Roths) -> Callable[[Account], tuple[int, int, int]]:
    """How an account stands among those that pay, see `Payers`."""
    pools = places_of(inputs) if roths.whole.size else {}
    places = {account.key: place for place, account in enumerate(inputs.accounts)}

    def source(account: Account) -> tuple[int, int, int]:
        treatment = TREATMENTS.index(account.treatment)
        code = ROTH + pools[account.key] if account.key in pools else treatment
        return places[account.key], code, _penalty_until(account, inputs)

    return source


def _payers(inputs: ProjectionInputs, demands: list[Demand], roths: Roths) -> Payers:
    source = _sources(inputs, roths)
    rows = [
        source(account)
        for treatment in inputs.withdrawal_order
        for account in inputs.accounts
        if account.treatment is treatment
    ]
    education = [account.treatment is TaxTreatment.EDUCATION for account in inputs.accounts]
    facts = [(demand.category, demand.kind == GoalKind.EDUCATION, demand.part) for demand in demands]
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


def _weights(inputs: ProjectionInputs) -> FloatArray:
    """What each account holds of each asset, then what the shares of each grant follow."""
    asset_keys, n_accounts = inputs.assumptions.asset_keys, len(inputs.accounts)
    weights = np.zeros((n_accounts + len(inputs.events.grants), len(asset_keys)))
    for place, account in enumerate(inputs.accounts):
        for key, weight in account.allocation:
            weights[place, asset_keys.index(key)] = weight
    for place, grant in enumerate(inputs.events.grants, start=n_accounts):
        weights[place, asset_keys.index(grant.asset)] = 1.0
    return weights


def build_program(inputs: ProjectionInputs, demands: list[Demand] | None = None, *, drawn: bool = False) -> Program:
    """Lay the inputs out for the kernel: accounts with the same allocation share one mix, ``demands`` are those of
    `demands_of`, where the caller has them, and ``drawn`` says that lives differ by path."""
    n_months = horizon_months(inputs.adults, inputs.start_date)
    first_year, n_years = first_year_months(inputs.start_date), year_of(n_months - 1, inputs.start_date) + 1
    weights, n_accounts = _weights(inputs), len(inputs.accounts)
    mixes, mix = np.unique(weights, axis=0, return_inverse=True)
    states = states_of(inputs, drawn=drawn)
    contributions, lines = contributions_of(inputs, states)
    demands = demands_of(inputs, drawn=drawn) if demands is None else demands
    roths = roths_of(inputs, states, n_years, drawn=drawn)
    claimed, payers = benefits_of(inputs), _payers(inputs, demands, roths)
    means = means_of(inputs, demands, _sources(inputs, roths))
    livings = [[_living(inputs, ends, year) for year in range(n_years)] for ends in states]
    return Program(
        weights=np.ascontiguousarray(mixes),
        mix=mix.astype(np.int64).ravel()[:n_accounts],
        rates=_rates(inputs, weights[:n_accounts]),
        opening=opening_of(inputs, drawn=drawn),
        payers=payers,
        lines=lines,
        contributions=contributions,
        incomes=np.stack([incomes_of(inputs, ends, claimed) for ends in states]),
        demands=np.array([(demand.real, demand.nominal) for demand in demands]).transpose(2, 3, 0, 1).copy(),
        survivor=_survivor(claimed, drawn=drawn),
        withheld=np.zeros((2, 0, 1)) if claimed is None or not drawn else claimed.held,
        withheld_from=np.zeros(2, dtype=np.int64) if claimed is None else claimed.held_from,
        year_facts=np.stack([_year_facts(inputs, living) for living in livings]),
        surplus_account=[account.key for account in inputs.accounts].index(inputs.surplus_account),
        surplus_share=inputs.surplus_saved_share,
        law=_federal_laws(inputs.tax_table, first_year),
        first_year=first_year,
        divisors=np.stack([_divisors(inputs, living) for living in livings]),
        state_laws=np.stack([state_laws(inputs, ends, n_years) for ends in states]),
        premiums=premium_rows(inputs.medicare),
        insured=np.stack([insured_months(inputs, living) for living in livings]),
        incomes_before=np.array(inputs.medicare.incomes_before if inputs.medicare else (0.0, 0.0)),
        conversions=conversions_of(inputs, states, n_years, others_first(means, payers.sources)),
        spending=spending_of(inputs, demands, states),
        payouts=payouts_of(inputs, drawn=drawn),
        active_gains=active_gains(inputs, states, n_months),
        iras=iras_of(inputs, states, n_years, demands),
        roths=roths,
        grants=grant_rows(inputs, mix.astype(np.int64).ravel()[n_accounts:], drawn=drawn),
        deductions=deductions_of(inputs, states, n_months),
        means=means,
    )


def _survivor(claimed: BenefitSchedule | None, *, drawn: bool) -> FloatArray:
    if claimed is None or not drawn or claimed.own.shape[0] == 1:
        return np.zeros((2, 0, 2))
    return np.stack([claimed.survivor, claimed.begins.astype(np.float64)], axis=2)
