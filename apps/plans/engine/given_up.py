"""What living costs give up for a time, so that more is saved or a debt is paid faster: not a month longer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.event_schedules import payoffs
from apps.plans.engine.horizon import household_retirement_month, resolve
from apps.plans.engine.inputs import Debt, ProjectionInputs
from apps.plans.engine.planned_work import growing, years_of

FloatArray = NDArray[np.float64]


def given_up(
    inputs: ProjectionInputs, states: tuple[tuple[int, ...], ...], living: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return what is taken off living costs each month, real and nominal, each (n_states, n_months).

    ``living`` (n_states, n_months), real, is what is spent without: nobody gives up more than that. ``states`` holds
    for each the month from which each adult is gone. Saving is given up for as long as it is paid in, an extra payment
    on a debt for as long as it runs; once the household has retired, nothing is.
    """
    real, nominal = np.zeros(living.shape), np.zeros(living.shape)
    n_months = int(living.shape[1])
    owners = {account.key: account.owner for account in inputs.accounts}
    adults = [adult.key for adult in inputs.adults]
    years = years_of(inputs, n_months)
    for item in inputs.contributions:
        if item.from_living:
            owner = owners[item.account]
            first, last = (resolve(when, owner, inputs) for when in (item.start, item.end))
            for state, ends in enumerate(states):
                alive = ends[adults.index(owner)] if owner else max(ends)
                parts = growing(item.monthly_amount, item.growth, (first, min(last, alive)), years)
                real[state] += parts[0]
                nominal[state] += parts[1]
    ends_of = payoffs(inputs)
    for debt in inputs.debts:
        if debt.from_living > 0.0:
            nominal += _beyond(debt, n_months, ends_of.get(debt.key, n_months))
    works = np.arange(n_months) < household_retirement_month(inputs)
    real = np.where(works, np.minimum(real, living), 0.0)
    return real, np.where(works, np.minimum(nominal, living - real), 0.0)


def _beyond(debt: Debt, n_months: int, sold: int) -> FloatArray:
    """What each payment holds beyond the one without, (n_months,), nominal: the last one is what is left. The sale that
    pays the debt off in month ``sold`` costs nobody's living."""
    usual, balance = debt.monthly_payment - debt.from_living, debt.balance
    extra = np.zeros(n_months)
    for month in range(min(n_months, sold)):
        if balance <= 0.0:
            break
        balance *= 1.0 + debt.annual_rate / 12.0
        due = min(debt.monthly_payment, balance)
        extra[month] = max(0.0, due - usual)
        balance -= due
    return extra
