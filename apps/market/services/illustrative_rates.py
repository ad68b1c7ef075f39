"""Rates of exchange that are simulated, from the dated table: the provider that is there without any other."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np

from apps.market.engine.rate_simulation import level_on, next_rate
from apps.market.models import CurrencyRate
from apps.market.services.illustrative import REFERENCE
from apps.market.services.rates import Pair


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((REFERENCE / "illustrative_rates.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class SimulatedRates:
    """Rates of the sessions that are missing after the last one that is kept, whoever told that.

    A rate follows from the one before it, the seed and the day, so that one run or many draw the same.
    """

    sessions: Sequence[dt.date]
    is_simulated: bool = True

    @property
    def source(self) -> str:
        """Name the table, as it names itself."""
        return str(_table()["source"])

    def pairs(self) -> list[Pair]:
        """Return the pairs of the table."""
        return [(row["pair"][0], row["pair"][1]) for row in _table()["rates"]]

    def rates(self, pair: Pair) -> dict[dt.date, Decimal]:
        """Draw what is missing of a pair."""
        table = _table()
        row = next(each for each in table["rates"] if tuple(each["pair"]) == pair)
        levels = list(zip(table["days"], map(Decimal, row["levels"]), strict=True))
        kept = CurrencyRate.objects.filter(base=pair[0], quote=pair[1]).order_by("-day").first()
        rate, after = (kept.rate, kept.day) if kept else (None, dt.date.min)
        drawn: dict[dt.date, Decimal] = {}
        for day in sorted(self.sessions):
            if day <= after or day < levels[0][0]:
                continue
            dice = np.random.Generator(np.random.Philox(key=[table["seed"] + row["number"], day.toordinal()]))
            shock = float(dice.standard_normal())
            rate = levels[0][1] if rate is None else next_rate(rate, level_on(levels, day), row["volatility"], shock)
            drawn[day] = rate
        return drawn
