"""Months of real history: what each class of assets and the price level did, side by side."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet
from apps.plans.engine.checks import within
from apps.plans.engine.digest import input_digest

INFLATION = "inflation"
# Fewer years hold no more than one cycle of the markets.
MIN_MONTHS = 120
# What an ordinary month cannot do: such columns hold prices, growth factors or per cent.
MAX_ORDINARY, MAX_ORDINARY_INFLATION = 0.15, 0.05
# A class that swings by this much a year falls in some month of ten years.
SWINGS = 0.03

_STEPS = {
    -1: gettext_noop("After the month %(month)s comes an earlier one."),
    0: gettext_noop("The month %(month)s comes twice."),
    1: gettext_noop("After the month %(month)s the next one is missing."),
}


@dataclass(frozen=True, slots=True)
class History:
    """Simple monthly returns in fractions, one row a month from ``first_month`` on without a gap.

    ``keys`` name the columns: classes of assets, then ``inflation``, the change of prices. Raises InvalidInputError for
    fewer than ten years, columns that repeat or lack inflation, and a month that is no number or loses all.
    """

    first_month: date
    keys: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        within(self.first_month.day, 1, 1, "first_month.day")
        if len(set(self.keys)) != len(self.keys) or not self.keys or self.keys[-1] != INFLATION or len(self.keys) < 2:
            raise _refusal(
                gettext_noop("History needs a column for each class of assets and one, the last, for inflation."),
                gettext_noop("Name each column once."),
            )
        if len(self.rows) < MIN_MONTHS:
            raise _refusal(
                gettext_noop("The history has %(months)s months; ten years are the least."),
                gettext_noop("Load a longer history."),
                months=str(len(self.rows)),
            )
        for place, row in enumerate(self.rows):
            if len(row) != len(self.keys) or not all(-1.0 < value < 2.0 for value in row):
                raise _refusal(
                    gettext_noop("The month %(month)s has a gap, or a return that no month can have."),
                    gettext_noop("Returns are fractions: 0.012 is 1.2 percent."),
                    month=self.month(place).strftime("%Y-%m"),
                )

    @property
    def n_months(self) -> int:
        """How many months."""
        return len(self.rows)

    @property
    def digest(self) -> str:
        """SHA-256 of the months: what a cube drawn from them is named by."""
        return input_digest(self)

    def month(self, place: int) -> date:
        """Return the first day of the month at a place."""
        count = self.first_month.month - 1 + place
        return date(self.first_month.year + count // 12, count % 12 + 1, 1)

    def factors(self, assumptions: AssumptionSet) -> NDArray[np.float64]:
        """Return growth a month of the assets of a set and of prices, (n_months, n_assets + 1), in its order.

        Raises InvalidInputError for an asset that the history does not have.
        """
        lacking = [key for key in assumptions.asset_keys if key not in self.keys]
        if lacking:
            raise _refusal(
                gettext_noop("The history has no returns of “%(key)s”, which the assumptions have."),
                gettext_noop("Load a history with a column for it."),
                key=lacking[0],
            )
        columns = [self.keys.index(key) for key in (*assumptions.asset_keys, INFLATION)]
        told: NDArray[np.float64] = 1.0 + np.array(self.rows, dtype=np.float64)[:, columns]
        return told

    def recentred(self, assumptions: AssumptionSet) -> NDArray[np.float64]:
        """Return the factors moved to what is assumed: each column by one factor a month.

        The mean factor of an asset becomes (1 + its yearly mean)^(1/12); prices grow by the mean of the inflation
        process. Swings, tails, correlations and the order of months stay those of history.
        """
        factors = self.factors(assumptions)
        wanted = (1.0 + assumptions.means()) ** (1.0 / 12.0)
        factors[:, :-1] *= wanted / factors[:, :-1].mean(axis=0)
        factors[:, -1] *= np.exp(assumptions.inflation.mean / 12.0 - np.log(factors[:, -1]).mean())
        return factors

    def complete(self, n_months: int) -> int:
        """Return how many stretches of so many months history holds from beginning to end."""
        return max(0, self.n_months - n_months + 1)


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What a column did: compound change a year, swing a year (monthly deviation, root of 12), the worst month."""

    key: str
    yearly: float
    volatility: float
    worst: float
    worst_month: date


def column_facts(history: History) -> tuple[ColumnFacts, ...]:
    """Return what each column did, in fractions a year and a month."""
    returns = np.array(history.rows, dtype=np.float64)
    yearly = np.expm1(12.0 * np.log1p(returns).mean(axis=0))
    deviations, worst = np.sqrt(12.0) * returns.std(axis=0, ddof=1), returns.argmin(axis=0)
    return tuple(
        ColumnFacts(
            key,
            float(yearly[place]),
            float(deviations[place]),
            float(returns[worst[place], place]),
            history.month(int(worst[place])),
        )
        for place, key in enumerate(history.keys)
    )


def check_returns(history: History, assumptions: AssumptionSet) -> None:
    """Refuse, with InvalidInputError, columns that cannot be monthly returns in fractions, losses below zero."""
    returns = np.array(history.rows, dtype=np.float64)
    ordinary, least = np.median(np.abs(returns), axis=0), returns.min(axis=0)
    swings = {asset.key for asset in assumptions.assets if asset.volatility >= SWINGS}
    for place, key in enumerate(history.keys):
        if ordinary[place] > (MAX_ORDINARY_INFLATION if key == INFLATION else MAX_ORDINARY):
            raise _refusal(
                gettext_noop("In the column “%(key)s” an ordinary month changes by %(change)s: these are no returns."),
                gettext_noop("Load changes as fractions, 0.012 for 1.2 percent; no prices, growth factors or percent."),
                key=key,
                change=f"{ordinary[place]:.3g}",
            )
        if key in swings and least[place] >= 0.0:
            raise _refusal(
                gettext_noop("In the column “%(key)s” no month of %(months)s has a loss: its minus signs are missing."),
                gettext_noop("Write losses below zero: -0.05 is a loss of five percent. Yields are no returns."),
                key=key,
                months=str(history.n_months),
            )


def history_of(months: Sequence[date], keys: Sequence[str], rows: Sequence[Sequence[float]]) -> History:
    """Return the history of dated rows in order. Raises InvalidInputError where a month is missing or comes twice."""
    if not months:
        raise _refusal(gettext_noop("The history is empty."), gettext_noop("Load a longer history."))
    for before, after in itertools.pairwise(months):
        step = (after.year * 12 + after.month) - (before.year * 12 + before.month)
        if step != 1:
            raise _refusal(
                _STEPS[min(max(step, -1), 1)],
                gettext_noop("One row for each month, the oldest first."),
                month=before.strftime("%Y-%m"),
            )
    return History(months[0].replace(day=1), tuple(keys), tuple(tuple(row) for row in rows))


def _refusal(message: str, mend: str, **params: str) -> InvalidInputError:
    return InvalidInputError(message, mend=mend, field="history", **params)
