"""A gain split into capital, income and currency.

A holding of another currency earns (1 + r)(1 + e) − 1 = r + e + r·e: r in its own currency, e by the exchange rate
(Karnosky and Singer 1994, "Global Asset Management and Performance Attribution"; Bacon 2008, ch. 6). The cross term r·e
is what the exchange rate did to the gain of the day; it counts with what it was made of: local gains and income are
converted at the rate of the evening, the currency effect is that on the value of the morning. Amounts are float64 in
the portfolio's currency, so that effects of all holdings add up; methods: docs/engine/attribution.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.kernel.errors import InvalidInputError, gettext_noop

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HoldingDays:
    """Holdings day by day. `units`, `prices` (of a unit, own currency) and `rates` (n_days + 1, n_holdings) at closes.

    `paid` and `income` (n_days, n_holdings) are in the portfolio's currency: what was put into a holding less what was
    taken out of it, and what it paid out.
    """

    units: Array
    prices: Array
    rates: Array
    paid: Array
    income: Array

    @property
    def worth(self) -> Array:
        """Values at the closes (n_days + 1, n_holdings)."""
        return self.units * self.prices * self.rates


@dataclass(frozen=True, slots=True)
class Effects:
    """What made the gain of each holding on each day, (n_days, n_holdings) each."""

    capital: Array
    income: Array
    currency: Array

    @property
    def gains(self) -> Array:
        """All three."""
        return self.capital + self.income + self.currency


def split_effects(days: HoldingDays) -> Effects:
    """Split the gain of each day: capital Δp·f₁ of what was held, income, currency p₀·Δf on the value of the morning.

    What was traded within the day counts from its own price, so its gain to the close is capital. Raises
    InvalidInputError for arrays that do not fit together.
    """
    n = days.paid.shape
    closes = (n[0] + 1, *n[1:])
    if days.income.shape != n or any(each.shape != closes for each in (days.units, days.prices, days.rates)):
        raise InvalidInputError(gettext_noop("Holdings must cover the same days."))
    worth = days.worth
    currency = days.units[:-1] * days.prices[:-1] * np.diff(days.rates, axis=0)
    capital = np.diff(worth, axis=0) - days.paid - currency
    return Effects(capital, days.income, currency)
