"""What a year of the walk paid that may be deducted, exact: what the tax map's returns are computed from."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import F_GIVEN, F_MEDICARE, F_STATE_TAXES
from apps.plans.engine.payment_schedules import INTEREST, PREMIUM, YEARS
from apps.plans.engine.program import Program
from apps.plans.engine.tax_deductions import Payments
from apps.plans.engine.yearly_payments import GIFTS, GIFTS_IN_COSTS, MEDICAL, N_PAID, PROPERTY_TAX


def payments_of_year(
    program: Program, flows: NDArray[np.float32], prices: tuple[NDArray[np.float64], float], months: slice, year: int
) -> Payments:
    """Return a year's payments. ``flows`` (N_FLOWS,) are the year's; ``prices`` of each month of the plan, and of the
    year's beginning; ``months`` those of the year."""
    of_months, index = prices
    rows, first = program.deductions[0], YEARS + program.year_facts.shape[1]
    paid = np.zeros(N_PAID)
    if rows.shape[0] > first:
        paid = of_months[months] @ rows[first:][months]
    held = rows[0, PREMIUM] * program.insured[0, year] * index
    given = max(0.0, paid[GIFTS_IN_COSTS] - float(flows[F_GIVEN])) + paid[GIFTS]
    return Payments(
        state_and_local=_exact(float(flows[F_STATE_TAXES]) + paid[PROPERTY_TAX]),
        mortgage_interest=_exact(rows[YEARS + year, INTEREST]),
        charity=_exact(given),
        medical=_exact(paid[MEDICAL] + float(flows[F_MEDICARE]) + held),
    )


def _exact(amount: float) -> Decimal:
    return Decimal(repr(max(0.0, float(amount))))
