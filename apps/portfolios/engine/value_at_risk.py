"""What a bad period costs. Returns are signed: a loss is negative, and so is the value at risk.

`confidence` is that of the statement, 0.95 for "in 95 of 100 periods no worse than this". Methods: docs/engine/risk.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.computed import TOO_FEW, Computed
from apps.portfolios.engine.dispersion import kurtosis, skewness
from apps.portfolios.engine.series import as_series


def historical_var(returns: ArrayLike, confidence: float) -> Computed:
    """Return the (1 − confidence) quantile of the returns, interpolated (Hyndman and Fan 1996, type 7)."""
    # past returns of anything: a plain quantile has no lower bound of -100 %
    series = np.asarray(returns, dtype=np.float64)
    tail = _tail(confidence, closed=True)
    return Computed(float(np.quantile(series, tail))) if series.size else Computed(None, TOO_FEW)


def historical_cvar(returns: ArrayLike, confidence: float) -> Computed:
    """Return the mean of the returns that are no better than the historical value at risk."""
    series = np.asarray(returns, dtype=np.float64)
    cutoff = historical_var(series, confidence).value
    return Computed(None, TOO_FEW) if cutoff is None else Computed(float(series[series <= cutoff].mean()))


def gaussian_var(returns: ArrayLike, confidence: float) -> Computed:
    """Return μ + zσ, z the (1 − confidence) quantile of the normal distribution, σ of n."""
    series = as_series(returns)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    return Computed(float(series.mean()) + _z(confidence) * float(series.std()))


def gaussian_cvar(returns: ArrayLike, confidence: float) -> Computed:
    """Return μ − σφ(z)/(1 − confidence), σ of n."""
    series = as_series(returns)
    if series.size < 2:
        return Computed(None, TOO_FEW)
    z = _z(confidence)
    return Computed(float(series.mean()) - float(series.std()) * _density(z) / (1 - confidence))


def cornish_fisher_var(returns: ArrayLike, confidence: float) -> Computed:
    """Return μ + z′σ with z′ = z + (z² − 1)S/6 + (z³ − 3z)K/24 − (2z³ − 5z)S²/36 (Cornish and Fisher 1938).

    S is the skewness and K the kurtosis above 3, both of n.
    """
    series, bend = as_series(returns), _bends(returns)
    if bend is None:
        return Computed(None, TOO_FEW)
    return Computed(float(series.mean()) + _bent(_z(confidence), *bend) * float(series.std()))


def cornish_fisher_cvar(returns: ArrayLike, confidence: float) -> Computed:
    """Return the expected shortfall of the Cornish-Fisher expansion (Boudt, Peterson and Croux 2008).

    Never better than the value at risk itself, to which it is brought where the expansion breaks down.
    """
    series, bend = as_series(returns), _bends(returns)
    value_at_risk = cornish_fisher_var(returns, confidence).value
    if bend is None or value_at_risk is None:
        return Computed(None, TOO_FEW)
    s, k = bend
    cutoff = _bent(_z(confidence), s, k)
    t = _tail_moments(cutoff)
    mean = t[1] + (t[5] - 6 * t[3] + 3 * t[1]) * k / 24 + (t[4] - 3 * t[2]) * s / 6
    mean += (t[7] - 15 * t[5] + 45 * t[3] - 15 * t[1]) * s**2 / 72
    found = float(series.mean()) + float(series.std()) * mean / (1 - confidence)
    return Computed(min(found, value_at_risk))


def _bent(z: float, s: float, k: float) -> float:
    """The normal quantile bent by skewness and kurtosis above 3."""
    return z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36


def _tail_moments(cutoff: float) -> list[float]:
    """∫ xⁿφ(x) dx below the cutoff for n from 0 to 7, each from the one two before, by parts."""
    density = _density(cutoff)
    moments = [_below(cutoff), -density]
    for n in range(2, 8):
        moments.append((n - 1) * moments[n - 2] - cutoff ** (n - 1) * density)
    return moments


def _bends(returns: ArrayLike) -> tuple[float, float] | None:
    s, k = skewness(returns).value, kurtosis(returns).value
    return None if s is None or k is None else (s, k - 3)


def _tail(confidence: float, *, closed: bool = False) -> float:
    inside = 0 <= confidence <= 1 if closed else 0 < confidence < 1
    if not inside:
        raise InvalidInputError(gettext_noop("A confidence lies between 0 and 1."), field="confidence")
    return 1 - confidence


def _z(confidence: float) -> float:
    from scipy.special import ndtri  # loaded when asked for

    return float(ndtri(_tail(confidence)))


def _below(x: float) -> float:
    from scipy.special import ndtr  # loaded when asked for

    return float(ndtr(x))


def _density(x: float) -> float:
    return float(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi))
