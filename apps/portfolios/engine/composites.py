"""Returns of composites by GIPS 2020: asset-weighted, of whole months, with the spread of the accounts' own.

Arrays are (n_months, n_accounts); NaN where an account was no member through the whole month. Methods:
docs/engine/performance.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.computed import Computed

Array = NDArray[np.float64]
# with five or fewer accounts of a whole year their spread is not shown (GIPS 2020, 4.A.1.f)
LEAST_ACCOUNTS = 6
TOO_FEW_ACCOUNTS = gettext_noop("Fewer than six accounts were members all year.")
THREE_YEARS = 36
UNDER_THREE_YEARS = gettext_noop("Less than three years of months.")
NO_MEMBER = gettext_noop("No account was a member in some month.")


def composite_returns(openings: Array, returns: Array) -> Array:
    """Return the return of each month (n_months,): Σ Vr / ΣV with V the values at its beginning.

    NaN in a month without a member. Raises InvalidInputError for parts of different sizes.
    """
    if openings.shape != returns.shape or openings.ndim != 2:
        raise InvalidInputError(gettext_noop("Each month needs a value and a return of every account."))
    counted = ~np.isnan(returns) & (openings > 0)
    weights = np.where(counted, openings, 0.0)
    whole = weights.sum(axis=1)
    made = (weights * np.where(counted, returns, 0.0)).sum(axis=1)
    return np.asarray(np.divide(made, whole, out=np.full(len(whole), np.nan), where=whole > 0))


@dataclass(frozen=True, slots=True)
class CompositeSpan:
    """Months taken together: the linked return, how many accounts were members through all, and their spread."""

    total: Computed
    n_accounts: int
    dispersion: Computed


def composite_span(openings: Array, returns: Array) -> CompositeSpan:
    """Link the months; the spread is the standard deviation (n) of the returns of the accounts of the whole span."""
    months = composite_returns(openings, returns)
    total = Computed(float(np.prod(1 + months)) - 1) if months.size and not np.isnan(months).any() else None
    whole = ~np.isnan(returns).any(axis=0) & (openings > 0).all(axis=0) if months.size else np.zeros(0, dtype=bool)
    own = np.prod(1 + returns[:, whole], axis=0) - 1 if months.size else np.zeros(0)
    n = int(whole.sum())
    spread = Computed(float(np.std(own))) if n >= LEAST_ACCOUNTS else Computed(None, TOO_FEW_ACCOUNTS)
    return CompositeSpan(total or Computed(None, NO_MEMBER), n, spread)


def three_year_deviation(months: Array) -> Computed:
    """Return the standard deviation (n − 1) of the last 36 monthly returns, times √12 (GIPS 2020, 4.A.1.i)."""
    last = months[-THREE_YEARS:]
    if last.size < THREE_YEARS or np.isnan(last).any():
        return Computed(None, UNDER_THREE_YEARS)
    return Computed(float(np.std(last, ddof=1)) * 12**0.5)
