"""A rule of spending laid out for the walk."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.event_schedules import receipts_of
from apps.plans.engine.horizon import horizon_months
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.schedules import ABOVE_FLOOR, NOMINAL, REAL, Demand, Ends
from apps.plans.engine.spending_choices import PortfolioShare, RateGuardrails, SpendingRule

# Columns of a rule: which one, floor and ceiling, then its own figures.
KIND, FLOOR, CEILING, FIRST_FIGURE = range(4)
RATE_GUARDRAILS, PORTFOLIO_SHARE, WEALTH_GUARDRAILS = range(3)
N_FIGURES = 6


class SpendingProgram(NamedTuple):
    """``rule`` (FIRST_FIGURE + N_FIGURES,) or empty, the place of the demand above the floor, and ``once``.

    ``once`` (n_states, n_months, 1, 2) is what comes once among the incomes: the rule does not live on it.
    """

    rule: NDArray[np.float64]
    above_floor: int
    once: NDArray[np.float64]


def spending_of(inputs: ProjectionInputs, demands: list[Demand], states: tuple[Ends, ...]) -> SpendingProgram:
    """Lay the rule of a plan out; ``demands`` in their order, ``states`` as of `schedules.states_of`."""
    rule = inputs.spending_rule
    if rule is None:
        return SpendingProgram(np.zeros(0), 0, np.zeros((len(states), 0, 1, 2)))
    place = next(place for place, demand in enumerate(demands) if demand.part == ABOVE_FLOOR)
    kind, figures = _figures(rule)
    padded = [*figures, *[0.0] * (N_FIGURES - len(figures))]
    row = np.array([kind, rule.floor, rule.ceiling, *padded], dtype=np.float64)
    return SpendingProgram(row, place, _once(inputs, states))


def _once(inputs: ProjectionInputs, states: tuple[Ends, ...]) -> NDArray[np.float64]:
    """Windfalls and what sales bring, by the month in which they come."""
    n_months = horizon_months(inputs.adults, inputs.start_date)
    once = np.zeros((len(states), n_months, 1, 2))
    for state, ends in enumerate(states):
        for receipt in receipts_of(inputs, ends, n_months):
            whole = receipt.income + receipt.free + receipt.gain
            once[state, receipt.month, 0, REAL if receipt.is_real else NOMINAL] += whole
    return once


def _figures(rule: SpendingRule) -> tuple[int, list[float]]:
    step = rule.step
    if isinstance(step, RateGuardrails):
        cap = math.inf if step.inflation_cap is None else step.inflation_cap
        return RATE_GUARDRAILS, [step.upper, step.lower, step.cut, step.raised, float(step.protected_years), cap]
    if isinstance(step, PortfolioShare):
        return PORTFOLIO_SHARE, [step.share, step.fall, step.rise]
    return WEALTH_GUARDRAILS, [step.below, step.above, step.part_below, step.part_above]
