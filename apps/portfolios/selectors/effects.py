"""What made the gain of a span: capital, income and currency of every class and holding, and fees.

Money sums to the portfolio's own gain to the cent, per cents to its return net of fees.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.utils.translation import gettext, gettext_lazy
from numpy.typing import NDArray

from apps.core.templatetags.charts import ChartSpec, Series
from apps.core.templatetags.formats import percent_text
from apps.market.models import AssetClass
from apps.portfolios.engine.active_return import linked_parts
from apps.portfolios.engine.sleeve_returns import CENT, to_the_cent
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import PerformanceSheet, SpanLine
from apps.portfolios.selectors.security_days import SecurityDays, security_days

Array = NDArray[np.float64]
NOTHING = Decimal(0)
EFFECTS = {
    "capital": gettext_lazy("Capital gain"),
    "income": gettext_lazy("Income"),
    "currency": gettext_lazy("Currency"),
    "charges": gettext_lazy("Fees and charges"),
}
_MEANINGS = {"capital": "main", "income": "gain", "currency": "withdrawal", "charges": "tax"}


@dataclass(frozen=True, slots=True)
class Part:
    """One effect: in money, and as part of the return."""

    amount: Decimal
    rate: float


@dataclass(frozen=True, slots=True)
class EffectRow:
    """A class, a holding in it, fees, charges, or all of it; `parts` by the names of `EFFECTS`, where there are any."""

    key: str
    label: str
    parts: dict[str, Part]
    holdings: tuple[EffectRow, ...] = ()

    @property
    def total(self) -> Part:
        """All effects together."""
        return _sum(self.parts.values())

    @property
    def cells(self) -> tuple[tuple[str, str, Part | None], ...]:
        """Name, head and part of every effect and of the whole, in the order of the columns."""
        told = [(name, str(label), self.parts.get(name)) for name, label in EFFECTS.items()]
        return (*told, ("total", gettext("Together"), self.total))


@dataclass(frozen=True, slots=True)
class EffectSheet:
    """The effects of one span; `rows` are classes, fees and charges. Empty with its reason."""

    sheet: PerformanceSheet
    line: SpanLine | None
    rows: tuple[EffectRow, ...]
    total: EffectRow | None
    reason: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Heads of the columns."""
        return (*(str(label) for label in EFFECTS.values()), gettext("Together"))

    def named(self, key: str) -> EffectRow | None:
        """Return the row of a key, or None."""
        whole = (self.total,) if self.total is not None else ()
        found = (each for row in self.rows for each in (row, *row.holdings))
        return next((row for row in (*whole, *found) if row.key == key), None)


def effect_sheet(
    owner: PortfolioOwner, sheet: PerformanceSheet, span: str, days: SecurityDays | None = None
) -> EffectSheet:
    """Return what made the gain of a span. `days` are read when they are not handed in."""
    line = sheet.line(span)
    days = days or security_days(owner.accounts, sheet)
    if line is None or line.figures is None or line.figures.net.value is None or days is None:
        return EffectSheet(sheet, line, (), None, line.reason if line else "")
    start = (line.first_day - days.span.first).days
    earned = days.earned.since(start)
    if (earned.returns <= -1).any():
        return EffectSheet(sheet, line, (), None, gettext("Everything was lost on a day: returns cannot be linked."))
    leaves = [each for each in _leaves(days, start) if each.daily.any()]
    daily = np.column_stack([*(leaf.daily for leaf in leaves), days.fees[start:], np.zeros(earned.gains.size)])
    base = earned.bases[:, None]
    rates = linked_parts(np.divide(daily, base, out=np.zeros_like(daily), where=base > 0), earned.returns)
    rates[-1] = line.figures.net.value - rates[:-1].sum()
    sums = [float(each) for each in daily[:, :-2].sum(axis=0)]
    gain = line.figures.gain.quantize(CENT)
    taken = float(line.figures.fees_taken)
    amounts = to_the_cent([*sums, -taken, float(gain) + taken - sum(sums)], gain)
    parts = [Part(amount, float(rate)) for amount, rate in zip(amounts, rates, strict=True)]
    rows = (
        *_classes(leaves, parts),
        EffectRow("fees", gettext("Advisory fees"), {"charges": parts[-2]}),
        EffectRow("rest", gettext("Other charges and trading"), {"charges": parts[-1]}),
    )
    return EffectSheet(sheet, line, rows, EffectRow("total", gettext("Together"), _added(rows)))


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One effect of one holding, day by day."""

    asset_class: str
    key: str
    label: str
    effect: str
    daily: Array


def _leaves(days: SecurityDays, start: int) -> Iterable[_Leaf]:
    for place, instrument in enumerate(days.instruments):
        for effect, amounts in (("capital", days.price), ("income", days.income), ("currency", days.currency)):
            key, kind = instrument.public_id.hex, str(instrument.asset_class)
            yield _Leaf(kind, key, str(instrument), effect, amounts[start:, place])
    for effect, amounts in (("income", days.cash_income), ("currency", days.cash_currency)):
        label = gettext("Cash in the accounts")
        yield _Leaf(AssetClass.CASH.value, "balance", label, effect, amounts[start:])


def _classes(leaves: list[_Leaf], parts: list[Part]) -> Iterable[EffectRow]:
    """Yield the classes with their holdings, the largest effects first."""
    for kind in AssetClass.values:
        within: dict[str, EffectRow] = {}
        for leaf, part in zip(leaves, parts, strict=False):
            if leaf.asset_class == kind:
                within.setdefault(leaf.key, EffectRow(leaf.key, leaf.label, {})).parts[leaf.effect] = part
        if within:
            holdings = sorted(within.values(), key=lambda row: -abs(row.total.amount))
            yield EffectRow(kind, str(AssetClass(kind).label), _added(holdings), tuple(holdings))


def _added(rows: Iterable[EffectRow]) -> dict[str, Part]:
    listed = [row.parts for row in rows]
    return {
        name: _sum(parts[name] for parts in listed if name in parts)
        for name in EFFECTS
        if any(name in parts for parts in listed)
    }


def _sum(parts: Iterable[Part]) -> Part:
    listed = list(parts)
    return Part(sum((part.amount for part in listed), NOTHING), sum(part.rate for part in listed))


def effect_spec(found: EffectSheet) -> ChartSpec | None:
    """Specify the chart of the effects by asset class."""
    if found.total is None:
        return None
    told = found.total.parts
    said = {
        name: percent_text(told[name].rate if name in told else 0.0, 2) for name in ("capital", "income", "currency")
    }
    return ChartSpec(
        kind="bars",
        title=gettext("%(capital)s by capital gains, %(income)s by income, %(currency)s by exchange rates") % said,
        unit=gettext("part of the return net of fees"),
        format="percent",
        as_of=found.sheet.as_of.isoformat(),
        x={"label": gettext("Asset class"), "values": [row.label for row in found.rows]},
        series=[
            Series(
                name=str(label),
                values=[row.parts[name].rate if name in row.parts else 0.0 for row in found.rows],
                meaning=_MEANINGS[name],
                stack="effects",
            )
            for name, label in EFFECTS.items()
            if name in told
        ],
    )
