"""How a goal fares, from when it failed on each path and how it gave way."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.books import NEVER
from apps.plans.engine.horizon import year_of
from apps.plans.engine.results import GoalGiven, GoalOutcome
from apps.plans.engine.schedules import Demand
from apps.plans.engine.success import estimate

Floats = NDArray[np.float64]
# what is a rounding of a whole payment
_WHOLE = 1.0 - 1e-9


def outcome_of(
    demand: Demand, failed: NDArray[np.int32], given: Floats | None, n_batches: int, start: date
) -> GoalOutcome:
    """Return how a demand fares: ``failed`` (n_paths,) its first month of failure or NEVER, ``given`` (2, n_paths) the
    years it waited and the least part it was paid, None where it does not give way.
    """
    met = failed == NEVER
    months = np.sort(failed[~met])
    year = None if months.size == 0 else start.year + year_of(int(months[(months.size - 1) // 2]), start)
    return GoalOutcome(
        key=demand.key,
        kind=demand.kind,
        priority=str(demand.priority),
        success=estimate(met.astype(np.float64), n_batches),
        first_shortfall_year=year,
        unpaid=_unpaid(demand, failed[~met] if given is None else _on_its_day(failed[~met], given[0, ~met])),
        given=None if given is None else _given(met, given, n_batches),
    )


def missing_of(demand: Demand, failed: NDArray[np.int32], given: Floats | None) -> float | None:
    """Return what of a demand is missing at most, in money of the start, on average over all paths; see `outcome_of`.

    None where it is not in money of the start.
    """
    if demand.nominal.any():
        return None
    short = failed != NEVER
    months = failed[short] if given is None else _on_its_day(failed[short], given[0, short])
    return (_unpaid(demand, months) or 0.0) * float(short.mean())


def _on_its_day(failed: NDArray[np.int32], waited: Floats) -> NDArray[np.integer]:
    """The months (n_failing,) of failure of a goal that has waited, had it not: never before the plan."""
    months: NDArray[np.integer] = np.maximum(0, failed - 12 * waited.astype(np.int32))
    return months


def _given(met: NDArray[np.bool_], given: Floats, n_batches: int) -> GoalGiven:
    waited, part = given
    smaller = met & (part < _WHOLE)
    later = met & ~smaller & (waited > 0.0)
    return GoalGiven(
        as_wished=estimate((met & ~smaller & ~later).astype(np.float64), n_batches),
        later=estimate(later.astype(np.float64), n_batches),
        smaller=estimate(smaller.astype(np.float64), n_batches),
        years_later=float(waited[later].mean()) if later.any() else None,
        part=float(part[smaller].mean()) if smaller.any() else None,
    )


def _unpaid(demand: Demand, months: NDArray[np.integer]) -> float | None:
    """Return what is due from the months (n_failing,) of first failure on, counted from its first day, in money of the
    start, on average.
    """
    if months.size == 0 or demand.nominal.any():
        return None
    still_due = demand.real[0, ::-1].cumsum()[::-1]
    return float(still_due[months.astype(np.int64)].mean())
