"""What a plan says of the risk its household can bear and needs: when savings are drawn on, how far they go, what they
must earn.

All on the path of steady returns (`tax_years.steady_path`), with taxes and benefits as the walk has them: facts of the
plan as it stands, no forecast. Source of the terms: funded ratio as in asset-liability management, value of what there
is over value of what it has to pay, at a rate without risk (Leibowitz & Henriksson 1988).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.books import (
    F_CONTRIBUTIONS,
    F_DEBTS,
    F_EMPLOYER,
    F_GOALS,
    F_SAVED,
    F_SHORTFALL,
    F_SPENDING,
    F_TAXES,
    F_WITHDRAWALS,
    NEVER,
)
from apps.plans.engine.horizon import first_year_months
from apps.plans.engine.inputs import GoalPriority, ProjectionInputs
from apps.plans.engine.schedules import demands_of
from apps.plans.engine.tax_years import SteadyPath, steady_path

FloatArray = NDArray[np.float64]
# nominal, a year: nobody needs less than nothing, and what needs more than this no mix is expected to earn
LOWEST, HIGHEST = 0.0, 0.2
_STEPS = 12
_YEAR = 12
# a year in which less than this part of what is paid comes out of savings is no year of withdrawals
_PART = 0.05


@dataclass(frozen=True, slots=True)
class PlanCapacity:
    """Years until savings are first drawn on and years in which they are; the two ratios of the plan.

    ``funded_ratio``: what is saved and will be saved over what savings have to pay, both at the real rate of the class
    with the least risk; None where they never have to pay. ``required_return``: the nominal return a year, the same
    each month and before fees, with which every essential goal is met to the horizon; between 0 and 0.2, where 0.2
    stands for that and all above.
    """

    years_to_first_withdrawal: float
    withdrawal_years: float
    funded_ratio: float | None
    required_return: float


def plan_capacity(inputs: ProjectionInputs) -> PlanCapacity:
    """Read capacity and need off a plan. Raises InvalidInputError for inputs that cannot be walked."""
    path = steady_path(inputs)
    drawn, paid = _drawn(path)
    lengths = np.full(drawn.size, 1.0)
    lengths[0] = first_year_months(inputs.start_date) / _YEAR
    begins = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    is_drawing = (drawn > _PART * paid) & (paid > 0.0)
    first = float(begins[is_drawing][0]) if is_drawing.any() else float(lengths.sum())
    return PlanCapacity(
        years_to_first_withdrawal=first,
        withdrawal_years=float(lengths[is_drawing].sum()),
        funded_ratio=_funded(inputs, path, drawn, begins + lengths / 2.0),
        required_return=required_return(inputs),
    )


def required_return(inputs: ProjectionInputs) -> float:
    """Return the steady nominal return a year that meets every essential goal, to a hundredth of a point."""
    if _meets(inputs, LOWEST):
        return LOWEST
    low, high = LOWEST, HIGHEST
    for _ in range(_STEPS):
        middle = (low + high) / 2.0
        low, high = (low, middle) if _meets(inputs, middle) else (middle, high)
    return round(high, 4)


def _drawn(path: SteadyPath) -> tuple[FloatArray, FloatArray]:
    """What comes out of savings each year, net of what goes in, and all that is paid: in money of the start."""
    flows = path.recorded.flows[:, :, 0].astype(np.float64)
    out = flows[:, [F_WITHDRAWALS, F_SHORTFALL]].sum(axis=1)
    in_ = flows[:, [F_CONTRIBUTIONS, F_EMPLOYER, F_SAVED]].sum(axis=1)
    paid = flows[:, [F_SPENDING, F_GOALS, F_DEBTS, F_TAXES]].sum(axis=1)
    prices = (path.prices[:-1] + path.prices[1:]) / 2.0
    return (out - in_) / prices, paid / prices


def _funded(inputs: ProjectionInputs, path: SteadyPath, drawn: FloatArray, at: FloatArray) -> float | None:
    safe = min(inputs.assumptions.assets, key=lambda asset: asset.volatility)
    rate = safe.log_mean - inputs.assumptions.inflation.mean
    values = drawn * np.exp(-rate * at)
    owed = float(values[values > 0.0].sum())
    held = float(path.recorded.wealth[0, 0]) - float(values[values < 0.0].sum())
    return held / owed if owed > 0.0 else None


def _meets(inputs: ProjectionInputs, rate: float) -> bool:
    steady = replace(inputs, assumptions=_earning(inputs.assumptions, rate))
    failed = steady_path(steady).recorded.failed[:, 0]
    essential = [
        place
        for place, demand in enumerate(demands_of(steady, drawn=False))
        if demand.priority is GoalPriority.ESSENTIAL
    ]
    return bool((failed[essential] == NEVER).all())


def _earning(assumptions: AssumptionSet, rate: float) -> AssumptionSet:
    """The set with one return of all classes; what is paid out of it is not more than it."""
    assets = [
        replace(asset, arithmetic_mean=rate, volatility=0.0, taxable_yield=min(asset.taxable_yield, math.log1p(rate)))
        for asset in assumptions.assets
    ]
    return replace(assumptions, assets=tuple(assets))
