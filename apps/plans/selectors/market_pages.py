"""The page of the firm's markets: how months are drawn, what classes are expected to return, what history did."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.core.passports import Amount, Passport, PassportLine
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.engine.history import INFLATION, column_facts
from apps.plans.engine.markets import MarketKind
from apps.plans.models import AssumptionTable, MarketChoice, MarketKindChoice
from apps.plans.selectors.assumptions import asset_lines, published_means
from apps.plans.selectors.figures import Figure, figures_in
from apps.plans.selectors.markets import history_in, market_choice, newest_history


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One way to draw months, and whether plans are counted on it."""

    name: str
    told: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What one class, or prices, did in the history."""

    name: str
    yearly: Figure
    swing: Figure
    worst: Figure
    worst_month: dt.date


@dataclass(frozen=True, slots=True)
class HistoryCard:
    """The history that plans are drawn from, or counted on beside their own markets."""

    source: str
    first: dt.date
    last: dt.date
    months: Figure
    loaded_on: dt.date
    loaded_by: str
    lines: tuple[HistoryLine, ...]


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One class: as published, as the firm sees it and how sure it is, and what plans count on; a fraction a year."""

    key: str
    name: str
    described: str
    published: Figure
    view: Figure | None
    confidence: Figure | None
    expected: Figure
    swing: Figure


@dataclass(frozen=True, slots=True)
class ReturnTable:
    """The expected returns of a version, beside the published ones that it rests on."""

    lines: tuple[ReturnLine, ...]
    number: int
    source: str
    as_of: dt.date
    effective_from: dt.date
    has_view: bool
    reason: str
    recorded_by: str


@dataclass(frozen=True, slots=True)
class MarketPage:
    """The whole page."""

    choice: MarketChoice
    models: tuple[ModelLine, ...]
    returns: ReturnTable | None
    history: HistoryCard | None


def market_page(day: dt.date) -> MarketPage:
    """Return what the firm's plans are lived through on the day."""
    table = AssumptionTable.objects.in_force(day).first()
    return MarketPage(
        choice=market_choice(),
        models=model_lines(),
        returns=None if table is None else return_table(table),
        history=history_card(),
    )


def model_lines() -> tuple[ModelLine, ...]:
    """Return the ways to draw months, the chosen one marked."""
    chosen = market_choice().kind
    told = {
        MarketKind.LOG_NORMAL: _(
            "Months swing like a bell curve around the expected return. Great crashes are rarer than they were."
        ),
        MarketKind.FAT_TAILED: _(
            "The same returns and the same swing on the whole, but with calmer ordinary months and wilder rare ones, "
            "which hit all classes at once."
        ),
        MarketKind.BOOTSTRAP: _(
            "Real months out of the loaded history, in stretches, put into another order: crashes and recoveries as "
            "they were."
        ),
        MarketKind.SEQUENCES: _(
            "The loaded history from each of its months on. Plans show beside their chance how often they would have "
            "held; too few stretches for a chance of their own."
        ),
    }
    names: dict[str, str] = {kind: str(label) for kind, label in MarketKindChoice.choices}
    names[MarketKind.SEQUENCES] = _("Real history as it went")
    return tuple(ModelLine(names[kind], text, kind == chosen) for kind, text in told.items())


def history_card() -> HistoryCard | None:
    """Return what the history in use did, None where none was loaded."""
    row = newest_history()
    if row is None:
        return None
    history, names = history_in(row), _class_names()
    lines = []
    for facts in column_facts(history):
        name, key = names.get(facts.key, facts.key), f"history:{facts.key}"
        lines.append(
            HistoryLine(
                name=name,
                yearly=_percent(facts.yearly, f"{key}:yearly", _("%(name)s: growth a year in the history"), name),
                swing=_percent(facts.volatility, f"{key}:swing", _("%(name)s: swing in the history"), name),
                worst=_percent(facts.worst, f"{key}:worst", _("%(name)s: worst month of the history"), name),
                worst_month=facts.worst_month,
            )
        )
    return HistoryCard(
        source=row.source,
        first=history.first_month,
        last=history.month(history.n_months - 1),
        months=Figure(history.n_months, "count", "history:months", _("Months")),
        loaded_on=timezone.localdate(row.created_at),
        loaded_by=row.loaded_by,
        lines=tuple(lines),
    )


def return_table(table: AssumptionTable) -> ReturnTable:
    """Return the returns of a version, saved or only tried, beside those that it rests on."""
    root = table
    while root.based_on is not None:
        root = root.based_on
    published = published_means(table)
    rows = {row["key"]: row for row in table.content["assets"]}
    lines = []
    for line in asset_lines(table):
        view, sure = _view_of(rows[line.key], published[line.key])
        key, name = f"set:{line.key}", line.name
        lines.append(
            ReturnLine(
                key=line.key,
                name=line.name,
                described=line.described,
                published=_percent(published[line.key], f"{key}:published", _("%(name)s: published return"), name, "2"),
                view=None
                if view is None
                else _percent(view, f"{key}:view", _("%(name)s: the firm expects"), name, "2"),
                confidence=None
                if sure is None
                else _percent(sure, f"{key}:confidence", _("%(name)s: how sure"), name, "0"),
                expected=_percent(line.mean.number, f"{key}:expected", _("%(name)s: plans count on"), name, "2"),
                swing=_percent(line.volatility.number, f"{key}:swing", _("%(name)s: swing in an ordinary year"), name),
            )
        )
    return ReturnTable(
        lines=tuple(lines),
        number=table.number,
        source=root.source,
        as_of=dt.date.fromisoformat(root.content["as_of"]) if "as_of" in root.content else root.effective_from,
        effective_from=table.effective_from,
        has_view=table.based_on is not None,
        reason=table.reason,
        recorded_by=table.recorded_by,
    )


def held_views(day: dt.date) -> dict[str, tuple[float, float]]:
    """Return the views in force by class, each a return a year and how sure the firm is."""
    table = AssumptionTable.objects.in_force(day).first()
    if table is None:
        return {}
    lines = return_table(table).lines
    return {
        line.key: (line.view.number or 0.0, line.confidence.number or 0.0)
        for line in lines
        if line.view is not None and line.confidence is not None
    }


def market_passport(key: str, day: dt.date) -> Passport:
    """Return where a figure of the page comes from. Raises NotFoundError."""
    page = market_page(day)
    figure = next((each for each in figures_in((page.returns, page.history)) if each.key == key), None)
    if figure is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    value, part = Amount(figure.value, figure.kind, figure.style), key.rpartition(":")[2]
    if key.startswith("history:") and page.history is not None:
        return _history_passport(figure.label, value, part, page.history)
    if page.returns is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    return _return_passport(figure.label, value, key, page.returns)


def _history_passport(label: str, value: Amount, part: str, history: HistoryCard) -> Passport:
    methods = {
        "yearly": _("All months of the history compounded, as a change a year: (product of 1 + r)^(12 / months) - 1."),
        "swing": _("The standard deviation of the months, times the square root of 12."),
        "worst": _("The lowest month of the history."),
        "months": _("The rows of the file that was loaded."),
    }
    last = history.last.replace(day=calendar.monthrange(history.last.year, history.last.month)[1])
    return Passport(
        title=label,
        value=value,
        method=methods[part],
        as_of=last,
        source=history.source,
        basis=_("Months from %(first)s to %(last)s; before fees, taxes and inflation.")
        % {"first": history.first.strftime("%Y-%m"), "last": history.last.strftime("%Y-%m")},
        lines=(),
    )


def _return_passport(label: str, value: Amount, key: str, returns: ReturnTable) -> Passport:
    line = next(each for each in returns.lines if each.key == key.split(":")[1])
    part = key.rpartition(":")[2]
    methods = {
        "published": _("The mean of the published set, a simple return a year; how it was found is beside the class."),
        "view": _("What the firm says that it expects, a simple return a year."),
        "confidence": _("How sure the firm says that it is: none leaves the published mean, all takes the firm's."),
        "expected": _(
            "The published mean and the firm's views, each weighed by how sure it is; classes without a view move with "
            "those that they move with (Black and Litterman 1992). Kept to a hundredth of a point."
        ),
        "swing": _("The standard deviation of a year's return in the published set; a view does not change it."),
    }
    parts = [(_("Published"), line.published), (_("The firm's view"), line.view), (_("How sure"), line.confidence)]
    lines = tuple(PassportLine(name, "", _amount(each)) for name, each in parts if each is not None)
    is_published = part in {"published", "swing"} or not returns.has_view
    return Passport(
        title=label,
        value=value,
        method=methods[part],
        as_of=returns.as_of if is_published else returns.effective_from,
        source=returns.source if is_published else f"{returns.recorded_by}: {returns.reason}",
        basis="" if part == "confidence" else _("Nominal: before inflation, fees and taxes."),
        lines=lines if part == "expected" else (),
        version=str(returns.number),
    )


def _percent(value: float | None, key: str, label: str, name: str, style: str = "") -> Figure:
    return Figure(value, "percent", key, label % {"name": name}, style)


def _amount(figure: Figure) -> Amount:
    return Amount(figure.value, figure.kind, figure.style)


def _view_of(row: dict[str, Any], published: float) -> tuple[float | None, float | None]:
    """Return the firm's view of a class and how sure it is; a mean that was set outright is held entirely."""
    blend = row.get("blend")
    if blend:
        held = blend["view"]
        return (None, None) if held is None else (float(held["mean"]), float(held["confidence"]))
    mean = float(row["arithmetic_mean"])
    return (None, None) if mean == published else (mean, 1.0)


def _class_names() -> dict[str, str]:
    table = AssumptionTable.objects.order_by("-number").first()
    known = {} if table is None else {line.key: line.name for line in asset_lines(table)}
    return {**known, INFLATION: _("Inflation")}
