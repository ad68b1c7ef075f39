"""What a rule of spending makes of a retirement: how much may be spent each year, and how deep the cuts go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.bands import percentiles_of
from apps.plans.engine.horizon import first_month_of_year
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.results import PERCENTILES, SPENDING_LEVELS, SpendingOutlook, SpendingYear
from apps.plans.engine.schedules import ABOVE_FLOOR, Demand

# Spending a thousandth below the plan is no cut: prices are kept to seven digits.
_SAME = 1e-3
_PLACES = [PERCENTILES.index(level) for level in SPENDING_LEVELS]


def planned_of(inputs: ProjectionInputs, demands: tuple[Demand, ...], n_years: int) -> NDArray[np.float64]:
    """Return what the retirement goal plans to spend in each year that is one of retirement as a whole, else 0."""
    planned = next(demand.real[0] for demand in demands if demand.part == ABOVE_FLOOR)
    told = np.zeros(n_years)
    for year in range(n_years):
        first, after = (first_month_of_year(place, inputs.start_date) for place in (year, year + 1))
        months = planned[first:after]
        told[year] = months.sum() if months.size and months.all() else 0.0
    return told


def spending_outlook(
    inputs: ProjectionInputs, demands: tuple[Demand, ...], spent: NDArray[np.float32]
) -> SpendingOutlook | None:
    """Return the bands of real spending in retirement, ``spent`` (n_years, n_paths); None without a year of it."""
    if inputs.spending_rule is None:
        return None
    planned = planned_of(inputs, demands, spent.shape[0])
    years = np.flatnonzero(planned)
    if years.size == 0:
        return None
    kept = spent[years].astype(np.float64)
    bands = percentiles_of(kept)[:, _PLACES]
    lowest = (kept / planned[years, np.newaxis]).min(axis=0)
    return SpendingOutlook(
        floor=inputs.spending_rule.floor,
        ceiling=inputs.spending_rule.ceiling,
        years=tuple(
            SpendingYear(inputs.start_date.year + int(year), float(planned[year]), tuple(band))
            for year, band in zip(years, bands.tolist(), strict=True)
        ),
        worst_cut=max(0.0, 1.0 - float(percentiles_of(lowest[None, :])[0, 0])),
        cut_share=float((lowest < 1.0 - _SAME).mean()),
    )
