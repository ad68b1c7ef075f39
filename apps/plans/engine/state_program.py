"""A plan's state taxes laid out for the kernel: the law of each year for who lives then, and what a state tells apart.

The law is resolved here, by filing status and the ages attained by a year's end; what depends on the path is left
to `kernel_states`. Accounts do not say who withdraws: a couple's withdrawals are taken to be each adult's by whose the
tax-deferred accounts are at the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.dependants import status_of, supported_in
from apps.plans.engine.horizon import first_month_of_year, first_year_months
from apps.plans.engine.inputs import Adult, IncomeKind, ProjectionInputs, TaxTreatment
from apps.plans.engine.results import TrailStep
from apps.plans.engine.social_security import counted_birth
from apps.plans.engine.state_tables import StateTable
from apps.plans.engine.state_tax_kernel import SHARE, law_row
from apps.plans.engine.state_taxes import N_ADULTS, resolved
from apps.plans.engine.tax_tables import FilingStatus

FloatArray = NDArray[np.float64]
# The incomes' columns that the federal tax knows come first.
FIRST_COLUMN = 7


def _withdrawn_by_first(inputs: ProjectionInputs) -> float:
    """The first adult's share of the tax-deferred accounts at the start; half of what is joint, half of nothing."""
    told = [0.0, 0.0]
    for account in inputs.accounts:
        if account.treatment is TaxTreatment.TAX_DEFERRED:
            for place, adult in enumerate(inputs.adults):
                told[place] += account.balance * (0.5 if account.owner == "" else float(account.owner == adult.key))
    return told[0] / sum(told) if sum(told) > 0.0 else 0.5


@lru_cache(maxsize=8192)
def _row(table: StateTable, status: FilingStatus, ages: tuple[int, ...], part: float) -> FloatArray:
    """The law of a year: households of an age and the levers of a plan share it."""
    return law_row(resolved(table, status, ages), part)


def _law(inputs: ProjectionInputs, table: StateTable, living: Sequence[Adult], year: int) -> FloatArray:
    couple = len(living) == N_ADULTS
    calendar_year = inputs.start_date.year + year
    status = status_of(
        inputs.filing_status,
        supported_in(inputs.children, calendar_year),
        is_left_alone=not couple and len(inputs.adults) == N_ADULTS,
        has_children=bool(inputs.children),
    )
    ages = tuple(calendar_year - counted_birth(adult.birth_date).year for adult in living)
    part = first_year_months(inputs.start_date) / 12.0 if year == 0 else 1.0
    return _row(table, status, ages, part)


def state_laws(inputs: ProjectionInputs, ends: tuple[int, ...], n_years: int) -> FloatArray:
    """Return the law of each year (n_years, n_columns) for who lives to ``ends``, the months of their last.

    No years where the plan has no state that taxes income.
    """
    table = inputs.state_table
    if table is None or not table.taxes_income:
        return np.zeros((0, 0))
    livings = []
    for year in range(n_years):
        first = first_month_of_year(year, inputs.start_date)
        living = [adult for adult, end in zip(inputs.adults, ends, strict=True) if end > first]
        livings.append(living or inputs.adults[:1])
    laws = np.stack([_law(inputs, table, living, year) for year, living in enumerate(livings)])
    laws[[len(living) == N_ADULTS for living in livings], SHARE] = _withdrawn_by_first(inputs)
    return laws


def income_columns(inputs: ProjectionInputs) -> dict[IncomeKind, int]:
    """Where a state's incomes are told apart once more, after the columns of the federal tax: each adult's pensions,
    then what is taxable besides; empty where the plan has no state that taxes income."""
    if inputs.state_table is None or not inputs.state_table.taxes_income:
        return {}
    return {IncomeKind.PENSION: FIRST_COLUMN, IncomeKind.OTHER_TAXABLE: FIRST_COLUMN + 2}


def state_trail(inputs: ProjectionInputs) -> tuple[TrailStep, ...]:
    """How the state's part of the taxes is made, and how far a second source confirms it."""
    table = inputs.state_table
    if table is None:
        return ()
    facts: tuple[tuple[str, str], ...] = (("state", table.name), ("table", str(table.year)))
    if table.taxes_income:
        facts += (("trust", str(table.trust)), ("checked", table.checked_against))
    return (TrailStep("state_taxes", facts, table.source),)
