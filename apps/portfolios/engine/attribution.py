"""Where the active return came from: allocation, selection, interaction, linked over periods.

Weights (n_segments,) or (n_periods, n_segments) are those of the beginning of a period and sum to 1; returns are of the
segment in the portfolio and in the benchmark. Effects sum to R − B of the period, exactly; linked ones to R − B of the
whole. Methods: docs/engine/attribution.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop

Array = NDArray[np.float64]
WHOLE = 1e-6  # how far weights may miss 1: they come rounded from files


@dataclass(frozen=True, slots=True)
class Segments:
    """One period: weights and returns (n_segments,) of portfolio and benchmark.

    A segment that the benchmark lacks takes the benchmark's whole return, one that the portfolio lacks the benchmark's
    of that segment: pass those returns. Raises InvalidInputError for parts of different lengths, numbers that are not
    finite, or weights that do not sum to 1.
    """

    portfolio_weights: Array
    benchmark_weights: Array
    portfolio_returns: Array
    benchmark_returns: Array

    @classmethod
    def of(cls, wp: ArrayLike, wb: ArrayLike, rp: ArrayLike, rb: ArrayLike) -> Segments:
        """Return the period from plain numbers."""
        parts = [np.asarray(part, dtype=np.float64) for part in (wp, wb, rp, rb)]
        if len({part.shape for part in parts}) != 1 or parts[0].ndim != 1 or not parts[0].size:
            raise InvalidInputError(gettext_noop("Each segment needs two weights and two returns."))
        if not all(np.isfinite(part).all() for part in parts):
            raise InvalidInputError(gettext_noop("A weight or return is not a finite number."))
        for weights in parts[:2]:
            if abs(float(weights.sum()) - 1) > WHOLE:
                raise InvalidInputError(
                    gettext_noop("The weights sum to %(total)s, not to 1."),
                    mend=gettext_noop("Add what is missing, cash for example, as a segment of its own."),
                    total=round(float(weights.sum()), 6),
                )
        return cls(*parts)

    @property
    def portfolio_return(self) -> float:
        """R = Σ wp·rp."""
        return float(self.portfolio_weights @ self.portfolio_returns)

    @property
    def benchmark_return(self) -> float:
        """B = Σ wb·rb."""
        return float(self.benchmark_weights @ self.benchmark_returns)


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects (n_segments,) of one period, or linked over several. They sum to the active return."""

    allocation: Array
    selection: Array
    interaction: Array

    @property
    def selection_with_interaction(self) -> Array:
        """Selection of a top-down manager: wp·(rp − rb)."""
        return self.selection + self.interaction

    @property
    def total(self) -> float:
        """The active return that the effects explain."""
        return float(self.allocation.sum() + self.selection.sum() + self.interaction.sum())


def brinson_fachler(period: Segments) -> Effects:
    """Return allocation (wp − wb)(rb − B), selection wb(rp − rb), interaction (wp − wb)(rp − rb).

    Brinson and Fachler 1985: being overweight in a segment pays when the segment beats the benchmark.
    """
    over = period.portfolio_weights - period.benchmark_weights
    better = period.portfolio_returns - period.benchmark_returns
    beats = period.benchmark_returns - period.benchmark_return
    return Effects(over * beats, period.benchmark_weights * better, over * better)


def brinson_hood_beebower(period: Segments) -> Effects:
    """Return allocation (wp − wb)·rb, and selection and interaction as Brinson and Fachler.

    Brinson, Hood and Beebower 1986: the total is the same, a segment's allocation counts its return, not its lead.
    """
    over = period.portfolio_weights - period.benchmark_weights
    better = period.portfolio_returns - period.benchmark_returns
    return Effects(over * period.benchmark_returns, period.benchmark_weights * better, over * better)


def compounded(returns: ArrayLike) -> float:
    """Return Π(1 + r) − 1 of the periods."""
    return float(np.prod(1 + np.asarray(returns, dtype=np.float64))) - 1


def carino_factors(portfolio_returns: ArrayLike, benchmark_returns: ArrayLike) -> Array:
    """Return the factor k_t / k of each period (n_periods,) by which its effects are scaled (Carino 1999).

    k_t = [ln(1 + R_t) − ln(1 + B_t)] / (R_t − B_t), 1 / (1 + R_t) where both are equal; k the same over the whole span.
    Raises InvalidInputError for periods that do not match or a return of -100 % or less.
    """
    ours, theirs = _spans(portfolio_returns, benchmark_returns)
    whole = _log_slope(compounded(ours), compounded(theirs))
    parts = [_log_slope(r, b) for r, b in zip(ours, theirs, strict=True)]
    return np.asarray(parts, dtype=np.float64) / whole


def menchero_factors(portfolio_returns: ArrayLike, benchmark_returns: ArrayLike) -> Array:
    """Return M + a_t of each period (n_periods,) by which its effects are scaled (Menchero 2000).

    M = [(R − B)/n] / [(1 + R)^(1/n) − (1 + B)^(1/n)], and a_t spreads what is left in proportion to R_t − B_t.
    Raises InvalidInputError as `carino_factors`.
    """
    ours, theirs = _spans(portfolio_returns, benchmark_returns)
    n = ours.size
    whole, base = compounded(ours), compounded(theirs)
    apart = (1 + whole) ** (1 / n) - (1 + base) ** (1 / n)
    # the limit where both compound to the same: the slope of x^(1/n) upside down
    scale = (whole - base) / n / apart if abs(apart) > 1e-14 else (1 + whole) ** ((n - 1) / n)
    active = ours - theirs
    squares = float(active @ active)
    left = whole - base - scale * float(active.sum())
    spread = left / squares * active if squares > 0 else np.zeros(n)
    return np.asarray(scale + spread, dtype=np.float64)


def linked(effects: ArrayLike, factors: Array) -> Array:
    """Return Σ_t effect_t · factor_t of effects (n_periods, n_segments), for each segment (n_segments,)."""
    return np.asarray(factors @ np.asarray(effects, dtype=np.float64), dtype=np.float64)


def link(periods: list[Segments], effects: list[Effects], *, menchero: bool = False) -> Effects:
    """Link the effects of periods with the same segments so that they sum to the active return of the whole span.

    Raises InvalidInputError when there are none, or their segments differ in number.
    """
    if not periods or len({period.portfolio_weights.size for period in periods}) != 1 or len(periods) != len(effects):
        raise InvalidInputError(gettext_noop("Linking needs periods with the same segments."))
    ours, theirs = [p.portfolio_return for p in periods], [p.benchmark_return for p in periods]
    factors = menchero_factors(ours, theirs) if menchero else carino_factors(ours, theirs)
    return Effects(
        linked([each.allocation for each in effects], factors),
        linked([each.selection for each in effects], factors),
        linked([each.interaction for each in effects], factors),
    )


def _spans(portfolio_returns: ArrayLike, benchmark_returns: ArrayLike) -> tuple[Array, Array]:
    ours = np.asarray(portfolio_returns, dtype=np.float64)
    theirs = np.asarray(benchmark_returns, dtype=np.float64)
    if ours.shape != theirs.shape or ours.ndim != 1 or not ours.size:
        raise InvalidInputError(gettext_noop("Each period needs the return of the portfolio and of the benchmark."))
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()) or (ours <= -1).any() or (theirs <= -1).any():
        raise InvalidInputError(gettext_noop("After a loss of everything nothing can be linked."))
    return ours, theirs


def _log_slope(ours: float, theirs: float) -> float:
    active = ours - theirs
    if abs(active) < 1e-12:
        return 1 / (1 + ours)
    return (math.log1p(ours) - math.log1p(theirs)) / active
