"""Capital-market assumptions: what each class of assets and inflation are expected to do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.checks import annual_rate, finite, not_negative, unique, within
from apps.plans.engine.digest import UNTOLD

# Below, a month's chi-square has hardly a variance to divide by; above, tails are those of a normal.
MIN_DEGREES, MAX_DEGREES = 3.0, 200.0


@dataclass(frozen=True, slots=True)
class AssetAssumption:
    """One class of assets, nominal, per year.

    ``arithmetic_mean`` and ``volatility`` are of simple yearly returns. ``taxable_yield`` is the part of the
    return that a taxable account pays out and is taxed on each year; ``qualified_share`` is the part of that
    yield taxed at the rates of long-term gains. ``is_equity`` counts it to the equity share of a risk limit.
    """

    key: str
    arithmetic_mean: float
    volatility: float
    taxable_yield: float
    qualified_share: float
    is_equity: bool

    def __post_init__(self) -> None:
        annual_rate(self.arithmetic_mean, f"assets[{self.key}].arithmetic_mean")
        within(self.volatility, 0.0, 2.0, f"assets[{self.key}].volatility")
        within(self.taxable_yield, 0.0, 0.5, f"assets[{self.key}].taxable_yield")
        within(self.qualified_share, 0.0, 1.0, f"assets[{self.key}].qualified_share")

    @property
    def log_volatility(self) -> float:
        """Yearly standard deviation of the log return of a lognormal with this mean and volatility."""
        return math.sqrt(math.log1p((self.volatility / (1.0 + self.arithmetic_mean)) ** 2))

    @property
    def log_mean(self) -> float:
        """Yearly mean of the log return: ln(1 + m) - s²/2, so that the arithmetic mean is kept."""
        return math.log1p(self.arithmetic_mean) - 0.5 * self.log_volatility**2


@dataclass(frozen=True, slots=True)
class InflationAssumption:
    """Ornstein-Uhlenbeck process of the continuous yearly rate of inflation.

    ``mean`` is the level it returns to, ``reversion`` the speed per year, ``volatility`` of the rate per square
    root of a year, ``initial`` the rate at the start.
    """

    mean: float
    reversion: float
    volatility: float
    initial: float

    def __post_init__(self) -> None:
        within(self.mean, -0.05, 0.3, "inflation.mean")
        within(self.reversion, 0.01, 20.0, "inflation.reversion")
        within(self.volatility, 0.0, 0.3, "inflation.volatility")
        within(self.initial, -0.1, 0.5, "inflation.initial")


@dataclass(frozen=True, slots=True)
class AssumptionSet:
    """A dated set: assets, inflation, and the correlations of their monthly shocks.

    ``correlation`` has a row and a column for each asset in order, then one for inflation, as a tuple of rows.
    Refused with InvalidInputError: repeated keys, a wrong shape, asymmetry, a diagonal other than 1, and a matrix
    that is not positive definite. ``degrees_of_freedom`` are those of fat-tailed months (`fat_tails`), None where the
    set does not state them.
    """

    key: str
    effective_from: date
    source: str
    assets: tuple[AssetAssumption, ...]
    inflation: InflationAssumption
    correlation: tuple[tuple[float, ...], ...]
    degrees_of_freedom: float | None = field(default=None, metadata=UNTOLD)

    def __post_init__(self) -> None:
        if self.degrees_of_freedom is not None:
            within(self.degrees_of_freedom, MIN_DEGREES, MAX_DEGREES, "degrees_of_freedom")
        unique([asset.key for asset in self.assets], "assets")
        size = len(self.assets) + 1
        if not self.assets or len(self.correlation) != size or any(len(row) != size for row in self.correlation):
            raise InvalidInputError(
                gettext_noop("The correlation matrix must have %(size)s rows and columns: the assets, then inflation."),
                mend=gettext_noop("Add the missing rows or columns."),
                field="correlation",
                size=size,
            )
        matrix = self.correlation_matrix()
        for value in matrix.ravel():
            finite(float(value), "correlation")
        unit_diagonal = np.allclose(np.diag(matrix), 1.0, rtol=0.0, atol=1e-12)
        if not unit_diagonal or not np.allclose(matrix, matrix.T, rtol=0.0, atol=1e-12):
            raise InvalidInputError(
                gettext_noop("The correlation matrix must be symmetric with ones on its diagonal."),
                mend=gettext_noop("Correct the entries that differ."),
                field="correlation",
            )
        if float(np.linalg.eigvalsh(matrix)[0]) < 1e-10:
            raise InvalidInputError(
                gettext_noop("The correlation matrix is not positive definite: no market can move like that."),
                mend=gettext_noop("Lower the correlations that contradict each other."),
                field="correlation",
            )

    @property
    def asset_keys(self) -> tuple[str, ...]:
        """Keys in the order of the columns."""
        return tuple(asset.key for asset in self.assets)

    def correlation_matrix(self) -> NDArray[np.float64]:
        """As an array, shape (n_assets + 1, n_assets + 1)."""
        return np.array(self.correlation, dtype=np.float64)

    def check_tails(self) -> None:
        """Refuse, with InvalidInputError, to draw fat tails from a set that does not say how fat they are."""
        if self.degrees_of_freedom is None:
            raise InvalidInputError(
                gettext_noop("The assumption set does not say how fat the tails of its markets are."),
                mend=gettext_noop("State degrees of freedom in the set, or choose other markets."),
                field="degrees_of_freedom",
            )

    def means(self) -> NDArray[np.float64]:
        """Arithmetic yearly means, shape (n_assets,)."""
        return np.array([asset.arithmetic_mean for asset in self.assets], dtype=np.float64)

    def covariance(self) -> NDArray[np.float64]:
        """Covariance of yearly simple returns, shape (n_assets, n_assets)."""
        vol = np.array([asset.volatility for asset in self.assets], dtype=np.float64)
        result: NDArray[np.float64] = np.outer(vol, vol) * self.correlation_matrix()[:-1, :-1]
        return result


def assumptions_from_mapping(table: Mapping[str, Any]) -> AssumptionSet:
    """Build the set from a parsed table (``apps/market/reference/*.toml`` has the form).

    Raises InvalidInputError where a key is missing or a value is out of range.
    """
    try:
        inflation = table["inflation"]
        correlation = table["correlation"]
        assets = tuple(_asset(row) for row in table["assets"])
        _check_order(correlation["order"], [asset.key for asset in assets])
        return AssumptionSet(
            key=str(table["key"]),
            effective_from=table["effective_from"],
            source=str(table["source"]),
            assets=assets,
            inflation=InflationAssumption(
                mean=float(inflation["mean"]),
                reversion=float(inflation["reversion"]),
                volatility=float(inflation["volatility"]),
                initial=float(inflation["initial"]),
            ),
            correlation=tuple(tuple(float(value) for value in row) for row in correlation["matrix"]),
            degrees_of_freedom=_degrees(table.get("tails")),
        )
    except KeyError as missing:
        raise InvalidInputError(
            gettext_noop("The assumption table lacks “%(key)s”."),
            mend=gettext_noop("Add the entry, or build the table again."),
            field=str(missing.args[0]),
            key=missing.args[0],
        ) from missing


def _degrees(tails: Mapping[str, Any] | None) -> float | None:
    return None if tails is None else float(tails["degrees_of_freedom"])


def _asset(row: Mapping[str, Any]) -> AssetAssumption:
    return AssetAssumption(
        key=str(row["key"]),
        arithmetic_mean=float(row["arithmetic_mean"]),
        volatility=float(row["volatility"]),
        taxable_yield=float(row["taxable_yield"]),
        qualified_share=float(row["qualified_share"]),
        is_equity=bool(row["is_equity"]),
    )


def _check_order(order: Sequence[str], keys: Sequence[str]) -> None:
    if list(order) != [*keys, "inflation"]:
        raise InvalidInputError(
            gettext_noop("The correlation matrix is ordered differently from the assets."),
            mend=gettext_noop("List the assets in the same order, then inflation."),
            field="correlation.order",
        )


def with_house_view(base: AssumptionSet, *, key: str, means: Mapping[str, float]) -> AssumptionSet:
    """Return the set with other expected returns for some assets: a firm's view on top of the published set.

    `means` are arithmetic, a year, as fractions. Raises InvalidInputError for an asset that the set does not have, or a
    mean that loses more than all.
    """
    for asset_key, mean in means.items():
        not_negative(1.0 + mean, f"means[{asset_key}]")
    unknown = set(means) - set(base.asset_keys)
    if unknown:
        raise InvalidInputError(
            gettext_noop("The assumption set has no asset “%(key)s”."),
            mend=gettext_noop("Use the keys of the set."),
            field="means",
            key=min(unknown),
        )
    assets = tuple(replace(asset, arithmetic_mean=means.get(asset.key, asset.arithmetic_mean)) for asset in base.assets)
    return replace(base, key=key, assets=assets)
