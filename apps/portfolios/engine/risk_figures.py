"""The figures of risk of one span, each with its reason where there is none. Methods: docs/engine/risk.md.

Daily returns are linked into observations (trading days or whole months); what is counted, how many are needed, and
how many make a year, is said once here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine import dispersion, market_model
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.drawdowns import Drawdown, drawdowns, max_drawdown
from apps.portfolios.engine.value_at_risk import historical_cvar, historical_var

Array = NDArray[np.float64]
CONFIDENCE = 0.95
NO_BENCHMARK = gettext_noop("No benchmark covers the period.")
NO_RISK_FREE = gettext_noop("The market has no risk-free rate for the period.")
UNDER_A_YEAR = gettext_noop("A period of less than a year is not brought to a year.")
UNDER_TWELVE_MONTHS = gettext_noop("Needs 12 whole months.")
NOT_DAILY = gettext_noop("Prices are not daily: choose months.")
TOO_SHORT = gettext_noop("There are too few observations.")


class Frequency(StrEnum):
    """What one observation is."""

    DAILY = "daily"
    MONTHLY = "monthly"


PERIODS_PER_YEAR = {Frequency.DAILY: 252, Frequency.MONTHLY: 12}
# a year up to a day within a month holds eleven whole months
LEAST = {Frequency.DAILY: 60, Frequency.MONTHLY: 11}
# of the sessions that a year has, how many must have a price for a daily figure
DAILY_SHARE = 0.8


class Measure(StrEnum):
    """The figures, in the order in which they are shown."""

    VOLATILITY = "volatility"
    DOWNSIDE = "downside"
    SHARPE = "sharpe"
    SORTINO = "sortino"
    MAX_DRAWDOWN = "max_drawdown"
    VAR = "var"
    CVAR = "cvar"
    BETA = "beta"
    ALPHA = "alpha"
    TRACKING_ERROR = "tracking_error"
    INFORMATION_RATIO = "information_ratio"


@dataclass(frozen=True, slots=True)
class Observations:
    """Returns of equal periods, each (n,): of the portfolio, the benchmark and the risk-free rate, or None.

    `ends` (n + 1,) are the day before the first period and the last day of each.
    """

    frequency: Frequency
    ends: tuple[date, ...]
    returns: Array
    benchmark: Array | None
    risk_free: Array | None

    @property
    def n_days(self) -> int:
        """The length of the whole in calendar days."""
        return (self.ends[-1] - self.ends[0]).days if self.ends else 0


def month_ends(first: date, last: date) -> tuple[date, ...]:
    """Return the day before the first whole month and the last day of each whole month from there on.

    Of a span without a whole month the day before it, or nothing; never raises.
    """
    found, day = [], first
    while day <= last:
        following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        found.append(following - timedelta(days=1))
        day = following
    before = first - timedelta(days=1)
    whole = [end for end in found if end <= last]
    return (before, *whole) if first.day == 1 else tuple(whole)


def linked_between(first: date, daily: Array, ends: Sequence[date]) -> Array:
    """Link daily returns (n_days,) from `first` on into periods (n_ends - 1,): after each end, up to the next.

    NaN within a period makes it NaN. Raises InvalidInputError for ends outside of the days or out of order.
    """
    places = [(end - first).days + 1 for end in ends]
    if any(b <= a for a, b in pairwise(places)) or (places and not 0 <= places[0] <= places[-1] <= daily.size):
        raise InvalidInputError(gettext_noop("The periods do not lie within the days."))
    return np.array([np.prod(1 + daily[a:b]) - 1 for a, b in pairwise(places)], dtype=np.float64)


def risk_figures(observed: Observations) -> dict[Measure, Computed]:
    """Return every figure; None with its reason where observations, benchmark or risk-free rate do not suffice.

    Rates, brought to a year where the measure is one of a year; ratios and beta without a unit; values at risk are of
    one observation. Formulas and sources by measure: docs/engine/risk.md.
    """
    short = _shortage(observed)
    if short:
        return {measure: Computed(None, short) for measure in Measure}
    return {measure: rule(observed) for measure, rule in _RULES.items()}


def deepest_fall(observed: Observations) -> Drawdown | None:
    """Return the deepest fall from a peak to the end of a period, None without one or after a loss of everything."""
    wealth = np.concatenate([[1.0], np.cumprod(1 + observed.returns)])
    if observed.returns.size == 0 or (wealth <= 0).any():
        return None
    return min(drawdowns(observed.ends, wealth), key=lambda fall: fall.depth, default=None)


def _shortage(observed: Observations) -> str:
    """Why no figure is told, empty where there are enough observations."""
    n = observed.returns.size
    if n < LEAST[observed.frequency]:
        return TOO_SHORT
    sessions = PERIODS_PER_YEAR[Frequency.DAILY] * observed.n_days / 365
    return NOT_DAILY if observed.frequency is Frequency.DAILY and n < DAILY_SHARE * sessions else ""


def _af(observed: Observations) -> int:
    """How many observations make a year."""
    return PERIODS_PER_YEAR[observed.frequency]


def _beside_cash(rule: Callable[[Array, Array, int], Computed]) -> Callable[[Observations], Computed]:
    """A rule of returns, risk-free rate and observations in a year as one of what was observed."""

    def figure(observed: Observations) -> Computed:
        if observed.risk_free is None:
            return Computed(None, NO_RISK_FREE)
        return rule(observed.returns, observed.risk_free, _af(observed))

    return figure


def _beside_benchmark(
    rule: Callable[[Observations, Array], Computed], *, of_a_year: bool = False
) -> Callable[[Observations], Computed]:
    """A rule of what was observed and the benchmark; `of_a_year`: not for less than one."""

    def figure(observed: Observations) -> Computed:
        if observed.benchmark is None or np.isnan(observed.benchmark).any():
            return Computed(None, NO_BENCHMARK)
        if of_a_year and observed.n_days < 365:
            monthly = observed.frequency is Frequency.MONTHLY
            return Computed(None, UNDER_TWELVE_MONTHS if monthly else UNDER_A_YEAR)
        return rule(observed, observed.benchmark)

    return figure


def _beta(observed: Observations, benchmark: Array) -> Computed:
    """Beta of returns above the risk-free rate, of the same periods."""
    if observed.risk_free is None:
        return Computed(None, NO_RISK_FREE)
    return market_model.beta(observed.returns, benchmark, observed.risk_free)


def _alpha(observed: Observations, benchmark: Array) -> Computed:
    """Jensen's alpha of a year, with the risk-free rate of the whole brought to a year."""
    if observed.risk_free is None:
        return Computed(None, NO_RISK_FREE)
    grown = float(np.prod(1 + observed.risk_free))
    annual = grown ** (_af(observed) / observed.returns.size) - 1
    return market_model.jensen_alpha(observed.returns, benchmark, annual, _af(observed))


_RULES: dict[Measure, Callable[[Observations], Computed]] = {
    Measure.VOLATILITY: lambda o: dispersion.volatility(o.returns, _af(o)),
    Measure.DOWNSIDE: _beside_cash(dispersion.downside_deviation),
    Measure.SHARPE: _beside_cash(market_model.sharpe_ratio),
    Measure.SORTINO: _beside_cash(market_model.sortino_ratio),
    Measure.MAX_DRAWDOWN: lambda o: max_drawdown(o.returns),
    Measure.VAR: lambda o: historical_var(o.returns, CONFIDENCE),
    Measure.CVAR: lambda o: historical_cvar(o.returns, CONFIDENCE),
    Measure.BETA: _beside_benchmark(_beta),
    Measure.ALPHA: _beside_benchmark(_alpha, of_a_year=True),
    Measure.TRACKING_ERROR: _beside_benchmark(lambda o, b: market_model.tracking_error(o.returns, b, _af(o))),
    Measure.INFORMATION_RATIO: _beside_benchmark(
        lambda o, b: market_model.information_ratio(o.returns, b, _af(o)), of_a_year=True
    ),
}
