"""Assumptions as the engine takes them and as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import gettext_noop
from apps.market.models import AssetClass
from apps.plans.engine.assumptions import AssumptionSet, assumptions_from_mapping
from apps.plans.models import AssumptionTable
from apps.plans.selectors.figures import Figure


@dataclass(frozen=True, slots=True)
class AssetLine:
    """What one class of assets is expected to do a year, and where the numbers come from.

    `view` says what the firm did to the published mean, empty where it did nothing.
    """

    key: str
    name: str
    described: str
    mean: Figure
    volatility: Figure
    is_equity: bool
    source: str
    method: str
    view: str


def assumption_set(table: AssumptionTable) -> AssumptionSet:
    """Return the engine's set of a version."""
    content = {**table.content, "effective_from": dt.date.fromisoformat(table.content["effective_from"])}
    return assumptions_from_mapping(content)


def asset_lines(table: AssumptionTable) -> tuple[AssetLine, ...]:
    """Return each class with its source."""
    published = published_means(table)
    return tuple(
        AssetLine(
            key=row["key"],
            name=_name(row),
            described=gettext(str(row.get("name", row["key"]))),
            mean=Figure(row["arithmetic_mean"], "percent", f"assumption:{row['key']}:mean", _name(row)),
            volatility=Figure(row["volatility"], "percent", f"assumption:{row['key']}:volatility", _name(row)),
            is_equity=row["is_equity"],
            source=row.get("source", table.source),
            method=_method(row),
            view=_view(row, published[row["key"]]),
        )
        for row in table.content["assets"]
    )


def published_means(table: AssumptionTable) -> dict[str, float]:
    """Return the mean of each class in the published set that a version rests on."""
    root = table
    while root.based_on is not None:
        root = root.based_on
    return {row["key"]: float(row["arithmetic_mean"]) for row in root.content["assets"]}


def _view(row: Mapping[str, Any], published: float) -> str:
    """Return in words what the firm did to the published mean."""
    if float(row["arithmetic_mean"]) == published:
        return ""
    places = {"published": percent_text(published, 2)}
    blend = row.get("blend")
    if not blend:
        return gettext("published %(published)s, set by the firm") % places
    if blend["view"] is None:
        return gettext("published %(published)s, moved with the firm's view of other classes") % places
    places["view"] = percent_text(blend["view"]["mean"], 2)
    return gettext("published %(published)s, blended with the firm's view of %(view)s") % places


def _method(row: Mapping[str, Any]) -> str:
    """Return how the mean was found; of a blend what history and the firm said, and how sure the firm was."""
    method = gettext(row["method"]) if row.get("method") else ""
    blend = row.get("blend")
    if not blend:
        return method
    places = {"method": method, "before": percent_text(blend["before"], 2)}
    if blend["view"] is None:
        told = gettext("%(method)s; %(before)s, moved with the classes that the firm has a view of")
        return told % places
    places["view"] = percent_text(blend["view"]["mean"], 2)
    places["confidence"] = percent_text(blend["view"]["confidence"], 0)
    told = gettext("%(method)s; %(before)s blended with the firm's %(view)s, held with a confidence of %(confidence)s")
    return told % places


def asset_names(table: AssumptionTable) -> dict[str, str]:
    """Return the name of each class by its key."""
    return {line.key: line.name for line in asset_lines(table)}


def _name(row: Mapping[str, Any]) -> str:
    """Return the trade's short name, else what the table calls it."""
    key = str(row["key"])
    return str(AssetClass(key).label) if key in AssetClass.values else str(row.get("name", key))


# what the published tables say of their classes (apps/market/reference), written out for the translators
gettext_noop("US equities, whole market by value")
gettext_noop("US equities of small companies")
gettext_noop("US corporate bonds, medium grade (Baa), 10 years")
gettext_noop("US corporate bonds, high grade (Aaa), 10 years")
gettext_noop("Cash, one-month Treasury bills")
gettext_noop(
    "mean: cash + mean excess return over bills less one standard error; volatility: overlapping 12-month log returns"
)
gettext_noop(
    "mean: Baa yield at the end of the sample less 0.003 for defaults and downgrades; "
    "volatility: overlapping 12-month log returns"
)
gettext_noop("mean: Aaa yield at the end of the sample; volatility: overlapping 12-month log returns")
gettext_noop("mean: inflation + mean real return of bills since 1957 (core prices); volatility: monthly log returns")
