"""Medicare laid out for the walk: premiums by step and filing status, and who is insured for how many months.

Raised by income are the premiums of Parts B and D (42 USC 1395r(i), 1395w-113(a)(7)); what all pay is charged only
where the living costs of the plan do not hold it already.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.horizon import first_month_of_year, month_of
from apps.plans.engine.inputs import Adult, ProjectionInputs
from apps.plans.engine.medicare import ELIGIBLE_AGE, bounds_of
from apps.plans.engine.retirement_choices import MedicareCover
from apps.plans.engine.social_security import counted_birth
from apps.plans.engine.tax_law import STATUSES

FloatArray = NDArray[np.float64]
# Columns of a status: where each of five steps begins, then what a person pays a month on step 0 to 5.
N_STEPS = 5
N_MEDICARE = N_STEPS + N_STEPS + 1


def premium_rows(cover: MedicareCover | None) -> FloatArray:
    """Return (n_statuses, N_MEDICARE), or no rows where premiums are not asked for."""
    if cover is None:
        return np.zeros((0, N_MEDICARE))
    table = cover.table
    standard = table.part_b + table.part_d_base if cover.charges_standard else Decimal(0)
    raised = [Decimal(0), *(b + d for b, d in zip(table.part_b_surcharges, table.part_d_surcharges, strict=True))]
    rows = []
    for status in STATUSES:
        bounds = bounds_of(table, status)
        # who has fewer bounds knows the highest steps alone: the first bound is that of all steps below them
        padded = [bounds[0]] * (N_STEPS - len(bounds)) + list(bounds)
        rows.append([*padded, *(standard + amount for amount in raised)])
    return np.array(rows, dtype=np.float64)


def insured_months(inputs: ProjectionInputs, living: Sequence[Sequence[Adult]]) -> FloatArray:
    """Return for each year how many months are insured, of all who live as it begins (``living``, by year) together."""
    births = {adult.key: counted_birth(adult.birth_date) for adult in inputs.adults}
    eligible = {
        key: month_of(born.replace(day=1, year=born.year + ELIGIBLE_AGE), inputs.start_date)
        for key, born in births.items()
    }
    told, after = [], 0
    for year, adults in enumerate(living):
        first, after = after, first_month_of_year(year + 1, inputs.start_date)
        told.append(float(sum(max(0, after - max(first, eligible[adult.key])) for adult in adults)))
    return np.array(told)
