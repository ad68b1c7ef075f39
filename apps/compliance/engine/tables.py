"""The dated tables that scores rest on, as values: questionnaire, capacity, levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.compliance.engine.errors import RiskTableError
from apps.kernel.errors import gettext_noop

LEVELS = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Band:
    """The highest score that still earns this level."""

    level: int
    up_to: Decimal


@dataclass(frozen=True, slots=True)
class Item:
    """One question with the points of its options."""

    code: str
    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ContradictionRule:
    """Two items whose points may not lie further apart than `gap`."""

    code: str
    first: str
    second: str
    gap: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A version of the questionnaire as far as scoring needs it; its words do not matter here."""

    version: str
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    contradictions: tuple[ContradictionRule, ...]

    @property
    def lowest(self) -> int:
        """The lowest possible sum of points."""
        return sum(min(item.points.values()) for item in self.items)

    @property
    def highest(self) -> int:
        """The highest possible sum of points."""
        return sum(max(item.points.values()) for item in self.items)


@dataclass(frozen=True, slots=True)
class Factor:
    """One fact of capacity: its weight and the straight lines from fact to points."""

    code: str
    weight: Decimal
    knots: tuple[tuple[Decimal, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Cap:
    """A bound on the level while every named fact lies below its number."""

    code: str
    level: int
    below: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class CapacityTable:
    """How facts become a capacity score and a level."""

    version: str
    factors: tuple[Factor, ...]
    bands: tuple[Band, ...]
    caps: tuple[Cap, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """What a portfolio of this level may hold at most; shares and volatilities as proportions."""

    level: int
    max_equity_share: float
    max_volatility: float


@dataclass(frozen=True, slots=True)
class Outlook:
    """Yearly nominal returns of the two parts of a simple mix: arithmetic means, standard deviations, correlation."""

    equity_mean: float
    equity_volatility: float
    bond_mean: float
    bond_volatility: float
    correlation: float


@dataclass(frozen=True, slots=True)
class Stress:
    """A named bad year as it happened."""

    code: str
    equity_return: float
    bond_return: float


@dataclass(frozen=True, slots=True)
class LevelTable:
    """From level to equity share, and the years that losses are told for."""

    version: str
    levels: tuple[Level, ...]
    outlook: Outlook
    stresses: tuple[Stress, ...]

    def of(self, level: int) -> Level:
        """Return the row of a level. Raises RiskTableError for one that the table lacks."""
        for row in self.levels:
            if row.level == level:
                return row
        raise RiskTableError(gettext_noop("The table has no level %(level)s."), level=level)


def questionnaire_from_mapping(content: Mapping[str, Any]) -> Questionnaire:
    """Read a questionnaire. Raises RiskTableError when bands or contradictions do not fit the items."""
    items = tuple(
        Item(item["code"], {option["code"]: int(option["points"]) for option in item["options"]})
        for item in content["items"]
    )
    codes = {item.code for item in items}
    rules = tuple(
        ContradictionRule(rule["code"], rule["first"], rule["second"], int(rule["gap"]))
        for rule in content["contradictions"]
    )
    if len(codes) != len(items) or any(rule.first not in codes or rule.second not in codes for rule in rules):
        raise RiskTableError(gettext_noop("The questionnaire names an item twice or compares one that it lacks."))
    made = Questionnaire(str(content["version"]), items, _bands(content["bands"]), rules)
    if made.bands[-1].up_to != made.highest or made.bands[0].up_to < made.lowest:
        raise RiskTableError(gettext_noop("The bands of the questionnaire do not cover its scores."))
    return made


def capacity_table_from_mapping(content: Mapping[str, Any]) -> CapacityTable:
    """Read a capacity table. Raises RiskTableError when weights or knots are not usable."""
    factors = tuple(
        Factor(row["code"], Decimal(row["weight"]), tuple((Decimal(x), Decimal(y)) for x, y in row["knots"]))
        for row in content["factors"]
    )
    caps = tuple(
        Cap(row["code"], int(row["level"]), {code: Decimal(limit) for code, limit in row["below"].items()})
        for row in content["caps"]
    )
    if sum(factor.weight for factor in factors) != 100:
        raise RiskTableError(gettext_noop("The weights of the capacity table do not sum to 100."))
    if any([x for x, _ in factor.knots] != sorted({x for x, _ in factor.knots}) for factor in factors):
        raise RiskTableError(gettext_noop("The knots of a capacity factor do not ascend."))
    bands = _bands(content["bands"])
    if bands[-1].up_to != 100:
        raise RiskTableError(gettext_noop("The bands of the capacity table do not reach 100."))
    return CapacityTable(str(content["version"]), factors, bands, caps)


def level_table_from_mapping(content: Mapping[str, Any]) -> LevelTable:
    """Read the levels. Raises RiskTableError unless shares and volatilities rise with the level."""
    levels = tuple(
        Level(int(row["level"]), float(row["max_equity_share"]), float(row["max_volatility"]))
        for row in content["levels"]
    )
    for column in ("level", "max_equity_share", "max_volatility"):
        values = [getattr(row, column) for row in levels]
        if values != sorted(set(values)):
            raise RiskTableError(gettext_noop("The column %(column)s does not rise with the level."), column=column)
    outlook = content["outlook"]
    return LevelTable(
        version=str(content["version"]),
        levels=levels,
        outlook=Outlook(**{name: float(outlook[name]) for name in Outlook.__slots__}),
        stresses=tuple(
            Stress(row["code"], float(row["equity_return"]), float(row["bond_return"])) for row in content["stresses"]
        ),
    )


def _bands(rows: Sequence[Mapping[str, Any]]) -> tuple[Band, ...]:
    bands = tuple(Band(int(row["level"]), Decimal(row["up_to"])) for row in rows)
    if not bands or [b.up_to for b in bands] != sorted({b.up_to for b in bands}):
        raise RiskTableError(gettext_noop("The bands of a table do not ascend."))
    return bands


def level_in(bands: tuple[Band, ...], score: Decimal) -> int:
    """Return the level of a score: the first band that reaches it. Raises RiskTableError where none does."""
    for band in bands:
        if score <= band.up_to:
            return band.level
    raise RiskTableError(gettext_noop("No band reaches the score %(score)s."), score=score)
