"""How much hangs on few holdings, and how long it takes to sell them. Methods: docs/engine/risk.md."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.engine.computed import Computed

NOTHING_HELD = gettext_noop("Nothing with a price is held.")
TOP = 10
# of a day's usual volume, what can be sold without moving the price much
PARTICIPATION = 0.2
# how long a sale usually takes where no volume is known, in trading days, by legal form
DAYS_BY_KIND: Mapping[str, float] = {
    "cash": 0,
    "money_market": 1,
    "stock": 1,
    "etf": 1,
    "mutual_fund": 1,
    "bond": 5,
    "private_fund": 90,
    "other": 30,
}
WITHIN = (1, 5, 30)


@dataclass(frozen=True, slots=True)
class Concentration:
    """Of shares of one whole: the Herfindahl index Σs², what it is worth in equal holdings (1/Σs²), the largest share,
    and that of the ten largest."""

    herfindahl: Computed
    effective: Computed
    largest: Computed
    top: Computed


def shares_of(values: Sequence[float]) -> list[float]:
    """Return the share of each value in their sum; values below zero (debts) count nothing. Empty where none is left.

    Raises InvalidInputError for a value that is not finite.
    """
    if not all(math.isfinite(value) for value in values):
        raise InvalidInputError(gettext_noop("A value is not a finite number."))
    kept = [max(value, 0.0) for value in values]
    total = math.fsum(kept)
    return [value / total for value in kept] if total > 0 else []


def concentration(values: Sequence[float]) -> Concentration:
    """Return the concentration of values (Herfindahl 1950; Hirschman 1964); None where nothing is held."""
    shares = sorted(shares_of(values), reverse=True)
    if not shares:
        none = Computed(None, NOTHING_HELD)
        return Concentration(none, none, none, none)
    index = math.fsum(share * share for share in shares)
    return Concentration(Computed(index), Computed(1 / index), Computed(shares[0]), Computed(math.fsum(shares[:TOP])))


def days_to_sell(quantity: float, daily_volume: float | None, kind: str) -> float:
    """Return trading days to sell a holding: its quantity over a fifth of the usual daily volume, at least one.

    Without a volume it is what the kind usually takes. Raises InvalidInputError for a volume of zero or less.
    """
    if daily_volume is None:
        return DAYS_BY_KIND.get(kind, DAYS_BY_KIND["other"])
    if daily_volume <= 0:
        raise InvalidInputError(gettext_noop("A volume must be more than zero."))
    return max(1.0, abs(quantity) / (PARTICIPATION * daily_volume))


def sellable_within(values: Sequence[float], days: Sequence[float], most: float) -> Computed:
    """Return the share of the whole in holdings that are sold within so many days."""
    shares = shares_of(values)
    if not shares:
        return Computed(None, NOTHING_HELD)
    return Computed(math.fsum(share for share, each in zip(shares, days, strict=True) if each <= most))
