"""Daily closes that continue a history where real ones are missing.

One day's log return of a security is

    r = (ln(1 + c + b (M - c)) - d) / 252 - (b² V² + s²) / 2 / 252 + (b V z + s e) / sqrt(252)

with the yearly arithmetic means ``M`` of the asset and ``c`` of cash, the distribution yield ``d`` that leaves the
price, the exposure ``b`` to the asset of yearly log volatility ``V`` (expected return by the line of Sharpe 1964), the
security's own volatility ``s``, the asset's shock ``z`` (correlated with other assets by the Cholesky factor of the
assumption set) and its own ``e``: geometric Brownian motion (Hull, Options, Futures, and Other Derivatives, ch. 15) at
252 trading days a year. Each day draws from a generator of its own, so that a day's return depends on the seed and the
day alone, and a history that is continued in one run or in many is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop

TRADING_DAYS = 252
CENT_OF_A_CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class AssetShock:
    """One asset of the assumption set: yearly arithmetic mean and volatility of simple returns."""

    key: str
    arithmetic_mean: float
    volatility: float


@dataclass(frozen=True, slots=True)
class Market:
    """The assets and the correlation of their shocks, shape (n_assets, n_assets)."""

    assets: tuple[AssetShock, ...]
    correlation: tuple[tuple[float, ...], ...]
    cash_mean: float

    def factor(self) -> NDArray[np.float64]:
        """Return the lower Cholesky factor; raise InvalidInputError when there is none."""
        try:
            lower: NDArray[np.float64] = np.linalg.cholesky(np.array(self.correlation, dtype=np.float64))
        except np.linalg.LinAlgError:
            raise InvalidInputError(
                gettext_noop("The correlation matrix is not positive definite."), field="correlation"
            ) from None
        return lower


@dataclass(frozen=True, slots=True)
class SimulatedSecurity:
    """How a security moves: `number` is its fixed place among the day's own shocks, from 0 on.

    One with neither exposure nor volatility of its own holds its price: a money market fund pays all it earns.
    """

    number: int
    asset: str
    exposure: float
    own_volatility: float
    distribution_yield: float


def log_volatility(asset: AssetShock) -> float:
    """Volatility of the log return that has this mean and volatility of the simple return (lognormal)."""
    return float(np.sqrt(np.log1p((asset.volatility / (1.0 + asset.arithmetic_mean)) ** 2)))


def daily_returns(market: Market, securities: Iterable[SimulatedSecurity], dice: np.random.Generator) -> list[float]:
    """Return one day's log returns in the order given; the dice are the day's own.

    Raises InvalidInputError for an asset that the market lacks.
    """
    listed = list(securities)
    places = {asset.key: place for place, asset in enumerate(market.assets)}
    for security in listed:
        if security.asset not in places:
            raise InvalidInputError(
                gettext_noop("The assumption set has no asset “%(key)s”."), field="asset", key=security.asset
            )
    common = market.factor() @ dice.standard_normal(len(market.assets))
    own = dice.standard_normal(max((security.number for security in listed), default=-1) + 1)
    return [
        _log_return(market, places[security.asset], security, (common[places[security.asset]], own[security.number]))
        for security in listed
    ]


def _log_return(market: Market, place: int, security: SimulatedSecurity, shocks: tuple[float, float]) -> float:
    if not security.exposure and not security.own_volatility:
        return 0.0
    asset, (shock, own_shock) = market.assets[place], shocks
    spread = security.exposure * log_volatility(asset)
    expected = market.cash_mean + security.exposure * (asset.arithmetic_mean - market.cash_mean)
    mean = np.log1p(expected) - security.distribution_yield
    variance = spread**2 + security.own_volatility**2
    noise = spread * shock + security.own_volatility * own_shock
    return float((mean - variance / 2) / TRADING_DAYS + noise / np.sqrt(TRADING_DAYS))


def moved(close: Decimal, log_return: float) -> Decimal:
    """Return the next close: to the hundredth of a cent as it is stored, and never below it."""
    next_close = Decimal(repr(float(close) * float(np.exp(log_return)))).quantize(CENT_OF_A_CENT)
    return max(next_close, CENT_OF_A_CENT)
