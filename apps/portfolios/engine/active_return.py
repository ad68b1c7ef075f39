"""Where a portfolio's lead over its benchmark came from, by segment and by holding; and what made its return.

Weights are those of the beginning of a period, returns simple; everything is linked over the periods so that it sums to
the whole. Methods: docs/engine/attribution.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.attribution import carino_factors, compounded, linked, menchero_factors

Array = NDArray[np.float64]
# less than this of the whole is not invested in
NO_WEIGHT = 1e-6


class Linking(StrEnum):
    """How the effects of periods are brought to the whole."""

    CARINO = "carino"
    MENCHERO = "menchero"


@dataclass(frozen=True, slots=True)
class ActivePeriods:
    """Periods of a portfolio of holdings beside a benchmark of segments.

    `weights` and `returns` (n_periods, n_holdings) of the holdings, cash among them; `segment_of` (n_holdings,) their
    segments; `benchmark_weights` and `benchmark_returns` (n_periods, n_segments), the return NaN where the benchmark
    lacks the segment; `whole` and `benchmark` (n_periods,) the returns of both.
    """

    weights: Array
    returns: Array
    segment_of: NDArray[np.intp]
    benchmark_weights: Array
    benchmark_returns: Array
    whole: Array
    benchmark: Array


@dataclass(frozen=True, slots=True)
class ActiveReturn:
    """The lead and its parts: allocation, selection and interaction (n_segments,) and `rest` sum to `active`.

    `holdings` (n_holdings,) is what each holding adds to selection and interaction of its segment. Weights are means
    over the periods, returns linked over them.
    """

    active: float
    allocation: Array
    selection: Array
    interaction: Array
    rest: float
    holdings: Array
    holding_weights: Array
    portfolio_weights: Array
    benchmark_weights: Array
    portfolio_returns: Array
    benchmark_returns: Array


def active_return(periods: ActivePeriods, linking: Linking) -> ActiveReturn:
    """Split the lead by Brinson and Fachler 1985 in each period, and link the parts (Carino 1999, Menchero 2000).

    A segment that the benchmark lacks takes the benchmark's whole return, one that the portfolio lacks the
    benchmark's return of it. `rest` is what fees, costs and trading within the periods did beyond the weights of their
    beginning. Raises InvalidInputError without a period, for parts of different sizes, or after a loss of everything.
    """
    n, n_segments = periods.benchmark_weights.shape
    if not n or periods.weights.shape != periods.returns.shape or len(periods.weights) != n:
        raise InvalidInputError(gettext_noop("Linking needs periods with the same segments."))
    factors = (menchero_factors if linking is Linking.MENCHERO else carino_factors)(periods.whole, periods.benchmark)
    member = np.eye(n_segments)[periods.segment_of]  # (n_holdings, n_segments)
    weight = periods.weights @ member
    gained = (periods.weights * periods.returns) @ member
    whole = periods.benchmark[:, None]
    theirs = np.where(np.isnan(periods.benchmark_returns), whole, periods.benchmark_returns)
    held = np.abs(weight) > NO_WEIGHT
    ours = np.where(held, np.divide(gained, weight, out=np.zeros_like(gained), where=held), theirs)
    over, better = weight - periods.benchmark_weights, ours - theirs
    allocation = linked(over * (theirs - whole), factors)
    selection = linked(periods.benchmark_weights * better, factors)
    interaction = linked(over * better, factors)
    counted = held[:, periods.segment_of]
    holdings = linked(periods.weights * (periods.returns - theirs[:, periods.segment_of]) * counted, factors)
    active = compounded(periods.whole) - compounded(periods.benchmark)
    explained = float(allocation.sum() + selection.sum() + interaction.sum())
    return ActiveReturn(
        active=active,
        allocation=allocation,
        selection=selection,
        interaction=interaction,
        rest=active - explained,
        holdings=holdings,
        holding_weights=periods.weights.mean(axis=0),
        portfolio_weights=weight.mean(axis=0),
        benchmark_weights=periods.benchmark_weights.mean(axis=0),
        portfolio_returns=np.prod(1 + np.where(held, ours, 0.0), axis=0) - 1,
        benchmark_returns=np.prod(1 + np.where(np.isnan(periods.benchmark_returns), 0.0, theirs), axis=0) - 1,
    )


def linked_parts(parts: Array, whole: Array) -> Array:
    """Link parts (n_periods, n_parts) of the returns (n_periods,) so that they sum to the return of the whole span.

    The factors of Carino 1999 beside a benchmark of nothing: k_t / k with k_t = ln(1 + R_t) / R_t. Raises
    InvalidInputError without a period or after a loss of everything.
    """
    return linked(parts, carino_factors(whole, np.zeros_like(whole)))
