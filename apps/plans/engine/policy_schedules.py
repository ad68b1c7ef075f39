"""Life insurance as months: what a death in each month brings, and which premiums run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.cover_in_force import months_in_force, paid_at, paid_at_horizon
from apps.plans.engine.horizon import horizon_months
from apps.plans.engine.inputs import ProjectionInputs

FloatArray = NDArray[np.float64]


def payouts_of(inputs: ProjectionInputs, *, drawn: bool) -> FloatArray:
    """Return what is paid at deaths, nominal: (n_adults, n_months) by the last month lived where lives are drawn, else
    (1, n_months) what comes in each month; no rows where nobody is covered."""
    n_months = horizon_months(inputs.adults, inputs.start_date)
    if not any(policy.benefit for policy in inputs.events.policies):
        return np.zeros((0, n_months))
    if drawn:
        return np.array([[paid_at(inputs, adult.key, m) for m in range(n_months)] for adult in inputs.adults])
    certain = np.zeros((1, n_months))
    for adult in inputs.adults:
        amount, month = paid_at_horizon(inputs, adult)
        certain[0, month] += amount
    return certain


def premiums_of(
    inputs: ProjectionInputs, states: tuple[tuple[int, ...], ...], n_months: int
) -> tuple[FloatArray, FloatArray]:
    """Return by which premiums living costs have fallen, real, and which are paid besides them, nominal:
    (n_states, n_months) each. ``states`` holds for each state the month from which each adult is gone."""
    stopped, besides = np.zeros((len(states), n_months)), np.zeros((len(states), n_months))
    keys = [adult.key for adult in inputs.adults]
    for policy in inputs.events.policies:
        for state, ends in enumerate(states):
            last = min(months_in_force(policy, inputs), ends[keys.index(policy.insured)])
            if policy.premium_in_costs:
                stopped[state, last:] += policy.monthly_premium
            else:
                besides[state, :last] += policy.monthly_premium
    return stopped, besides
