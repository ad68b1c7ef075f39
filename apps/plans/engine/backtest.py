"""What a rule of withdrawing would have done in each stretch of history (Bengen 1994; Cooley, Hubbard and Walz 1998).

Float64. A history is a return for each year of the mix that is held; withdrawals are constant in the money of the
returns: real with real returns, nominal with nominal ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import within

FloatArray = NDArray[np.float64]
MONTHS = 12
# a balance that falls short by less than this part of the start is a rounding error, not a failure
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """Every stretch of a length: its first year, what was left of one unit at its end, and whether it lasted."""

    first_years: NDArray[np.int64]
    left: FloatArray
    lasted: NDArray[np.bool_]

    @property
    def windows(self) -> int:
        """Return how many stretches there are."""
        return int(self.lasted.size)

    @property
    def successes(self) -> int:
        """Return in how many of them the money lasted."""
        return int(self.lasted.sum())

    @property
    def success(self) -> float:
        """Return the share of them in which the money lasted."""
        return self.successes / self.windows


def mixed(shares: FloatArray, returns: FloatArray) -> FloatArray:
    """Return the returns (n_years,) of a mix rebalanced each year, of shares (n_assets,) and (n_years, n_assets)."""
    within(float(shares.sum()), 1.0 - 1e-9, 1.0 + 1e-9, "shares")
    told: FloatArray = returns @ shares
    return told


def backtest(returns: FloatArray, first_year: int, *, rate: float, years: int, payments: int = 1) -> Backtest:
    """Withdraw a rate of the first balance each year, at the start of each of its equal payments, in every stretch.

    ``returns`` (n_years,) begin in ``first_year``; ``payments`` a year is 1 or 12, a year's growth being even over
    its months. A stretch lasts when no payment overdraws. Raises InvalidInputError when history is shorter.
    """
    within(rate, 0.0, 1.0, "rate")
    grown = _windows(returns, years) ** (1.0 / _payments(payments))
    balance = np.ones(grown.shape[0])
    lasted = np.ones(grown.shape[0], dtype=bool)
    for year in range(years):
        for _ in range(payments):
            balance = balance - rate / payments
            lasted &= balance >= -_ROUNDING
            balance = balance * grown[:, year]
    firsts = first_year + np.arange(grown.shape[0])
    return Backtest(firsts, np.where(lasted, np.maximum(balance, 0.0), 0.0), lasted)


def lasting_rates(returns: FloatArray, *, years: int, payments: int = 1) -> FloatArray:
    """Return the highest rate that would have lasted in each stretch, shape (n_windows,).

    In closed form: one over the present value of a unit a year, paid at the start of each payment, at the growth that
    was. The least of them is Bengen's safe rate.
    """
    grown = np.repeat(_windows(returns, years) ** (1.0 / _payments(payments)), payments, axis=1)
    before = np.cumprod(np.concatenate([np.ones((grown.shape[0], 1)), grown[:, :-1]], axis=1), axis=1)
    told: FloatArray = payments / (1.0 / before).sum(axis=1)
    return told


def _payments(payments: int) -> int:
    if payments not in {1, MONTHS}:
        raise InvalidInputError(gettext_noop("Payments come once or twelve times a year."), field="payments")
    return payments


def _windows(returns: FloatArray, years: int) -> FloatArray:
    """Return the growth of each stretch, shape (n_windows, years)."""
    if not 1 <= years <= returns.size:
        raise InvalidInputError(
            gettext_noop("The history has %(known)s years, fewer than the %(years)s asked for."),
            mend=gettext_noop("Ask for a shorter time."),
            field="years",
            known=str(returns.size),
            years=str(years),
        )
    if not (np.isfinite(returns).all() and (returns > -1.0).all()):
        raise InvalidInputError(
            gettext_noop("A return of history is missing or loses more than everything."), field="returns"
        )
    told: FloatArray = 1.0 + np.lib.stride_tricks.sliding_window_view(returns, years)
    return told
