"""What the adults of a plan are planned to earn, month by month, in money of the start."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.earnings_test import WorkBeside
from apps.plans.engine.horizon import resolve
from apps.plans.engine.inputs import Growth, IncomeKind, ProjectionInputs

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def growing(amount: float, growth: Growth, span: tuple[int, int], years: IntArray) -> tuple[FloatArray, FloatArray]:
    """Real and nominal amounts per month, from a month up to but not in another, rising each January.

    ``years`` (n_months,) is the calendar year of the plan in which each month lies.
    """
    months = np.arange(years.size)
    first, last = span
    path = np.where((months >= first) & (months < last), amount * (1.0 + growth.annual_rate) ** years, 0.0)
    nothing = np.zeros(years.size)
    return (path, nothing) if growth.inflation_linked else (nothing, path)


def years_of(inputs: ProjectionInputs, n_months: int) -> IntArray:
    """Return the calendar year of the plan in which each month lies, shape (n_months,)."""
    return (np.arange(n_months, dtype=np.int64) + inputs.start_date.month - 1) // 12


def work_of(inputs: ProjectionInputs, n_months: int) -> list[WorkBeside]:
    """Return what each adult earns in each month, and what it may be before benefits are withheld."""
    exempt = {claim.owner: claim.exempt for claim in inputs.claims}
    wages = wages_of(inputs, n_months)
    return [WorkBeside(each, exempt.get(adult.key)) for each, adult in zip(wages, inputs.adults, strict=True)]


def wages_of(inputs: ProjectionInputs, n_months: int) -> FloatArray:
    """Return what each adult is planned to earn in each month, (n_adults, n_months), in money of the start: pay that
    does not rise with prices is told by the mean of inflation."""
    years, owners = years_of(inputs, n_months), [adult.key for adult in inputs.adults]
    prices = np.exp(inputs.assumptions.inflation.mean * np.arange(1, n_months + 1) / 12.0)
    told = np.zeros((len(owners), n_months))
    for income in inputs.incomes:
        if income.kind is IncomeKind.SALARY:
            span = (resolve(income.start, income.owner, inputs), resolve(income.end, income.owner, inputs))
            real, nominal = growing(income.monthly_amount, income.growth, span, years)
            told[owners.index(income.owner)] += real + nominal / prices
    return told
