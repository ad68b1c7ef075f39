"""The securities whose prices are simulated, and the market they move in, read from the dated tables."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from apps.market.engine.simulation import AssetShock, Market, SimulatedSecurity

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


@dataclass(frozen=True, slots=True)
class IllustrativeSecurity:
    """One security of the table: what the master says of it, how it moves, and its first close."""

    symbol: str
    name: str
    kind: str
    asset_class: str
    first_close: Decimal
    motion: SimulatedSecurity


@dataclass(frozen=True, slots=True)
class IllustrativeMarket:
    """The whole table."""

    first_day: dt.date
    seed: int
    source: str
    market: Market
    securities: tuple[IllustrativeSecurity, ...]


@cache
def illustrative_market() -> IllustrativeMarket:
    """Read the table and the assumption set it names; a broken table fails with the key that it lacks."""
    table = tomllib.loads((REFERENCE / "illustrative_securities.toml").read_text("utf-8"))
    assumptions = tomllib.loads((REFERENCE / table["assumptions"]).read_text("utf-8"))
    return IllustrativeMarket(
        first_day=table["first_day"],
        seed=table["seed"],
        source=f"{table['source']} ({assumptions['key']})",
        market=_market(assumptions),
        securities=tuple(_security(number, row) for number, row in enumerate(table["securities"])),
    )


def _market(table: dict[str, Any]) -> Market:
    assets = tuple(AssetShock(row["key"], row["arithmetic_mean"], row["volatility"]) for row in table["assets"])
    # the last row and column are inflation's, which moves no price here
    matrix = tuple(tuple(row[:-1]) for row in table["correlation"]["matrix"][:-1])
    cash = next(asset.arithmetic_mean for asset in assets if asset.key == "cash")
    return Market(assets=assets, correlation=matrix, cash_mean=cash)


def _security(number: int, row: dict[str, Any]) -> IllustrativeSecurity:
    motion = SimulatedSecurity(
        number=number,
        asset=row["asset"],
        exposure=row["exposure"],
        own_volatility=row["own_volatility"],
        distribution_yield=row["distribution_yield"],
    )
    return IllustrativeSecurity(
        symbol=row["symbol"],
        name=row["name"],
        kind=row["kind"],
        asset_class=row["asset_class"],
        first_close=Decimal(row["first_close"]),
        motion=motion,
    )
