"""Interest on loans on a home: what of it the law lets be deducted, as the loans are paid off."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.event_schedules import payoffs
from apps.plans.engine.horizon import calendar_years, year_of
from apps.plans.engine.inputs import Debt, ProjectionInputs

_ZERO = Decimal(0)
FloatArray = NDArray[np.float64]


def allowed_debt(loans: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return how much of what is owed counts (IRC 163(h)(3)(B), (F); Pub. 936 table 1), in dollars.

    ``loans`` are average balances of a year, each with the limit of its date: older loans, whose limit is higher, come
    first and use up that of newer ones.
    """
    allowed = _ZERO
    for limit in sorted({limit for _, limit in loans}, reverse=True):
        owed = sum((balance for balance, own in loans if own == limit), _ZERO)
        allowed = min(allowed + owed, max(allowed, limit))
    return allowed


def deductible_interest(inputs: ProjectionInputs, n_months: int) -> FloatArray:
    """Return the interest of each year (n_years,), nominal, that may be deducted: zeros where no debt is on a home.

    A loan's average balance is that of the months in which it is owed. A sale that pays a loan off ends its interest.
    Of several second homes the one that is worth most is chosen anew for each year (IRC 163(h)(4)(A)(i)(II)).
    """
    n_years = year_of(n_months - 1, inputs.start_date) + 1
    loans, ends = [debt for debt in inputs.debts if debt.home_limit > 0.0], payoffs(inputs)
    found = np.zeros(n_years)
    if not loans:
        return found
    balances = [_owed(debt, n_months, ends.get(debt.key)) for debt in loans]
    years, homes = calendar_years(n_months, inputs.start_date), {debt.second_home for debt in loans}
    for year in range(n_years):
        told = [(balance[years == year], debt) for balance, debt in zip(balances, loans, strict=True)]
        found[year] = max(
            _deductible([each for each in told if each[1].second_home in ("", home)]) for home in homes - {""} or {""}
        )
    return found


def _deductible(told: Sequence[tuple[FloatArray, Debt]]) -> float:
    """What of a year's interest counts; ``told`` are balances of its months with their loans."""
    paid = sum(float(own.sum()) * debt.annual_rate / 12.0 for own, debt in told)
    means = [
        (Decimal(repr(float(own[own > 0.0].mean()))) if own.any() else _ZERO, Decimal(repr(debt.home_limit)))
        for own, debt in told
    ]
    owed = sum((balance for balance, _ in means), _ZERO)
    return paid * float(allowed_debt(means) / owed) if owed > 0 else 0.0


def _owed(debt: Debt, n_months: int, paid_off_in: int | None) -> FloatArray:
    """What is owed as each month begins, (n_months,)."""
    owed, balance = np.zeros(n_months), debt.balance
    for month in range(n_months):
        if balance <= 0.0:
            break
        owed[month] = balance
        balance *= 1.0 + debt.annual_rate / 12.0
        balance -= balance if month == paid_off_in else min(debt.monthly_payment, balance)
    return owed
