"""What the sleeves of a portfolio earned: those of the models in force on each day, the rest by asset class.

A security lies in the sleeve that names it, else in that of its asset class; cash lies in the sleeve of cash. Money and
contributions of the lines sum to the portfolio's own, to the cent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from apps.core.templatetags.charts import ChartSpec, Series
from apps.core.templatetags.formats import date_text, percent_text
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError
from apps.market.models import AssetClass
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.performance import PeriodFigures
from apps.portfolios.engine.sleeve_returns import CENT, SleeveDays, SleeveReturns, sleeve_returns, to_the_cent
from apps.portfolios.models import Instrument, ModelVersion
from apps.portfolios.selectors.owners import PortfolioOwner
from apps.portfolios.selectors.performance import ONE_DAY, PerformanceSheet, SpanLine
from apps.portfolios.selectors.performance_pages import CHART_POINTS
from apps.portfolios.selectors.security_days import SecurityDays, security_days
from apps.portfolios.selectors.targets import PortfolioTarget, targets_through

Array = NDArray[np.float64]
NOTHING = Decimal(0)
FEES, REST, TOTAL = "fees", "rest", "total"
# colours of the sleeves' lines, in order
MEANINGS = ("main", "gain", "withdrawal", "real_estate", "tax", "alternative", "cash")


@dataclass(frozen=True, slots=True)
class SleeveLine:
    """A sleeve, or fees and charges: opening + moved + gain = closing. `key` names it in passports.

    `target` is its weight in the model, None outside of it; `share` its part of the value at the end. `unlinked` counts
    the days on which it gained with nothing in it: a dividend after a sale, interest on money that was overdrawn.
    """

    key: str
    label: str
    target: Decimal | None
    opening: Decimal
    moved: Decimal
    gain: Decimal
    closing: Decimal
    share: Decimal | None
    returned: Computed
    contribution: float
    unlinked: int = 0


@dataclass(frozen=True, slots=True)
class SleeveSheet:
    """The sleeves of one span. `growth` (n_days, n_sleeves) is each sleeve's return to each close.

    `versions` are the models whose sleeves they are, each with the day from which on it counts, the newest first; on
    days without any, the sleeves are asset classes. Empty with its reason.
    """

    sheet: PerformanceSheet
    line: SpanLine | None
    versions: tuple[tuple[ModelVersion, dt.date], ...]
    sleeves: tuple[SleeveLine, ...]
    charges: tuple[SleeveLine, ...]
    total: SleeveLine | None
    growth: Array
    reason: str = ""

    @property
    def lines(self) -> tuple[SleeveLine, ...]:
        """All that sums to the total."""
        return (*self.sleeves, *self.charges)

    def named(self, key: str) -> SleeveLine | None:
        """Return the line of a key, or None."""
        whole = (self.total,) if self.total is not None else ()
        return next((line for line in (*self.lines, *whole) if line.key == key), None)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which sleeve a security lies in, what sleeves are called and what they ought to weigh; `eras` from a day on."""

    eras: tuple[tuple[dt.date, tuple[PortfolioTarget, ...]], ...]

    @property
    def targets(self) -> tuple[PortfolioTarget, ...]:
        """What is followed on the last day."""
        return self.eras[-1][1]

    @property
    def versions(self) -> tuple[tuple[ModelVersion, dt.date], ...]:
        found = {t.version.pk: (t.version, day) for day, targets in reversed(self.eras) for t in targets}
        return tuple(found.values())

    def label(self, key: str) -> str:
        """The name of a sleeve, by the models of the last day, else by the latest that had it."""
        for _day, targets in reversed(self.eras):
            names = {sleeve.name: None for target in targets for sleeve in target.sleeves if sleeve.asset_class == key}
            if names:
                return " / ".join(names)
        return str(AssetClass(key).label)

    def weight(self, key: str) -> Decimal | None:
        """The weight of a class where one model says it; several models have no common weight."""
        if len(self.targets) != 1:
            return None
        return next((s.weight for s in self.targets[0].sleeves if s.asset_class == key), None)

    def order(self, held: Iterable[str]) -> list[str]:
        """All of the model in its own order, empty or not, then what is held outside of it, by class."""
        classes = {*held, AssetClass.CASH.value}
        named = dict.fromkeys(sleeve.asset_class for target in self.targets for sleeve in target.sleeves)
        return [*named, *(key for key in AssetClass.values if key in classes and key not in named)]


def _homes(targets: tuple[PortfolioTarget, ...]) -> dict[int, str]:
    """Classes of the securities that a sleeve names, by row id; the household's own model says first."""
    found: dict[int, str] = {}
    for target in reversed(targets):
        for sleeve in target.sleeves:
            for holding in sleeve.holdings:
                found |= {each.pk: sleeve.asset_class for each in (holding.instrument, *holding.substitutes)}
    return found


def _plan(owner: PortfolioOwner, first: dt.date, last: dt.date) -> _Plan:
    """Return the models that the owner's accounts followed from each day of change on."""
    mine = {account.pk for account in owner.accounts}
    eras: list[tuple[dt.date, tuple[PortfolioTarget, ...]]] = []
    for day, found in targets_through(owner.household, DateSpan(first, last)):
        targets = tuple(each for each in found.targets if mine & {account.pk for account in each.accounts})
        if not eras or [each.version for each in targets] != [each.version for each in eras[-1][1]]:
            eras.append((day, targets))
    return _Plan(tuple(eras))


def sleeve_sheet(
    owner: PortfolioOwner, sheet: PerformanceSheet, span: str, days: SecurityDays | None = None
) -> SleeveSheet:
    """Return what each sleeve earned over a span, by the models in force on each of its days.

    `days` are read when they are not handed in.
    """
    line = sheet.line(span)
    plan = _plan(owner, line.first_day if line is not None and line.figures is not None else sheet.as_of, sheet.as_of)
    nothing = SleeveSheet(sheet, line, plan.versions, (), (), None, np.zeros((0, 0)), line.reason if line else "")
    days = days or security_days(owner.accounts, sheet)
    if line is None or line.figures is None or days is None:
        return nothing
    keys, within = _by_sleeve(days, plan, line.first_day)
    start = (line.first_day - days.span.first).days
    earned, fees = days.earned.since(start), days.fees[start:]
    try:
        found = sleeve_returns(within, earned, fees, sheet.timing)
    except InvalidInputError as refused:
        return SleeveSheet(sheet, line, plan.versions, (), (), None, np.zeros((0, 0)), str(refused))
    made = _lines(keys, plan, within, found, line.figures)
    total = _total(line.figures)
    return SleeveSheet(sheet, line, plan.versions, made[: len(keys)], made[len(keys) :], total, found.growth)


def _by_sleeve(days: SecurityDays, plan: _Plan, first: dt.date) -> tuple[list[str], SleeveDays]:
    """Add holdings and cash up by the sleeves of each day; what was empty all along and is of no model is left out."""
    start = (first - days.span.first).days
    worth = np.column_stack([days.worth, days.cash])[start:]
    gains = np.column_stack([days.gains, days.cash_income + days.cash_currency])[start:]
    paid = np.column_stack([days.income, np.zeros_like(days.cash_income)])[start:]
    starts = [(day - first).days for day, _targets in plan.eras]
    eras = [slice(a, b) for a, b in pairwise([*starts, len(gains)])]
    classes = [_classes(days.instruments, targets) for _day, targets in plan.eras]
    keys = plan.order({classes[n][place] for n, era in enumerate(eras) for place in _touched(worth, gains, era)})
    made = [np.zeros((rows, len(keys))) for rows in (len(worth), len(gains), len(gains), len(gains))]
    closes, gained, out, mornings = made
    for era, own in zip(eras, classes, strict=True):
        member = np.array([[float(each == key) for key in keys] for each in own])
        closes[era.start + 1 : era.stop + 1] = worth[era.start + 1 : era.stop + 1] @ member
        mornings[era], gained[era], out[era] = worth[era] @ member, gains[era] @ member, paid[era] @ member
    closes[0] = mornings[0]
    return keys, SleeveDays(closes, gained, out, mornings)


def _touched(worth: Array, gains: Array, era: slice) -> NDArray[np.intp]:
    """Return the places of holdings that were there, or gained, on days of an era."""
    there = (worth[era.start : era.stop + 1] != 0).any(axis=0)
    return np.flatnonzero(there | (gains[era] != 0).any(axis=0))


def _classes(instruments: Iterable[Instrument], targets: tuple[PortfolioTarget, ...]) -> list[str]:
    """Return the sleeve of each holding, and of the cash."""
    homes = _homes(targets)
    return [*(homes.get(each.pk, str(each.asset_class)) for each in instruments), AssetClass.CASH.value]


def _lines(
    keys: list[str], plan: _Plan, days: SleeveDays, found: SleeveReturns, figures: PeriodFigures
) -> tuple[SleeveLine, ...]:
    """Return sleeves, advisory fees and charges; the last takes what the others leave of the portfolio."""
    total = _total(figures)
    taken = figures.fees_taken
    openings = to_the_cent([*days.worth[0], 0.0, 0.0], total.opening)
    closings = to_the_cent([*days.worth[-1], 0.0, 0.0], total.closing)
    gained = [float(each) for each in days.gains.sum(axis=0)]
    charged = float(total.gain) - sum(gained) + float(taken)
    gains = to_the_cent([*gained, -float(taken), charged], total.gain)
    names = [*(plan.label(key) for key in keys), gettext("Advisory fees"), gettext("Other charges and trading")]
    none = Computed(None, "")
    returned = [*(_computed(float(each)) for each in found.returns), none, none]
    added = [*(float(each) for each in found.contributions), found.fees, found.rest]
    unlinked = [*(int(each) for each in found.unlinked), 0, 0]
    return tuple(
        SleeveLine(
            key=key,
            label=names[place],
            target=plan.weight(key) if place < len(keys) else None,
            opening=openings[place],
            moved=closings[place] - openings[place] - gains[place],
            gain=gains[place],
            closing=closings[place],
            share=closings[place] / total.closing if total.closing and place < len(keys) else None,
            returned=returned[place],
            contribution=added[place],
            unlinked=unlinked[place],
        )
        for place, key in enumerate([*keys, FEES, REST])
    )


def _computed(value: float) -> Computed:
    return Computed(None, gettext("Nothing was invested on any day.")) if np.isnan(value) else Computed(value)


def _total(figures: PeriodFigures) -> SleeveLine:
    opening, closing = figures.opening.quantize(CENT), figures.closing.quantize(CENT)
    moved = figures.money_in.quantize(CENT) - figures.money_out.quantize(CENT)
    return SleeveLine(
        key=TOTAL,
        label=gettext("Together"),
        target=None,
        opening=opening,
        moved=moved,
        gain=closing - opening - moved,
        closing=closing,
        share=None,
        returned=figures.net,
        contribution=figures.net.value or 0.0,
    )


def contribution_spec(found: SleeveSheet) -> ChartSpec | None:
    """Specify the chart of what each sleeve added to the return."""
    if found.total is None or found.line is None or found.total.returned.value is None:
        return None
    most = max(found.sleeves, key=lambda line: abs(line.contribution))
    said = {
        "total": percent_text(found.total.returned.value, 2),
        "part": percent_text(most.contribution, 2),
        "name": most.label,
    }
    return ChartSpec(
        kind="bars",
        title=gettext("%(total)s net of fees, %(part)s of it from %(name)s") % said,
        unit=gettext("part of the return net of fees"),
        format="percent",
        as_of=found.sheet.as_of.isoformat(),
        note=gettext("From %(day)s.") % {"day": date_text(found.line.first_day)},
        x={"label": gettext("Sleeve"), "values": [line.label for line in found.lines]},
        series=[
            {"name": gettext("Contribution"), "values": [line.contribution for line in found.lines], "meaning": "main"}
        ],
    )


def sleeve_growth_spec(found: SleeveSheet) -> ChartSpec | None:
    """Specify the chart of each sleeve's own return, day by day; None for fewer than two days."""
    n = found.growth.shape[0]
    if found.line is None or n < 2:
        return None
    shown = np.arange(n)[::-1][:: max(1, n // CHART_POINTS)][::-1]
    grown = [
        (line, column, line.returned.value)
        for column, line in enumerate(found.sleeves)
        if line.returned.value is not None
    ]
    if not grown:
        return None
    best = max(grown, key=lambda each: each[2])
    said = {"name": best[0].label, "total": percent_text(best[2])}
    series = [
        Series(name=line.label, values=found.growth[shown, column].tolist(), meaning=MEANINGS[n % len(MEANINGS)])
        for n, (line, column, _value) in enumerate(grown)
    ]
    return ChartSpec(
        kind="lines",
        title=gettext("%(name)s earned most: %(total)s") % said,
        unit=gettext("time-weighted return before the advisory fee"),
        format="percent",
        as_of=found.sheet.as_of.isoformat(),
        x={
            "label": gettext("Day"),
            "values": [(found.line.first_day + int(place) * ONE_DAY).isoformat() for place in shown],
        },
        series=series,
    )
