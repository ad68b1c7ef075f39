"""Keeping the assumptions that plans rest on: published tables taken in, and the firm's own view."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.engine.assumptions import AssumptionSet, assumptions_from_mapping, with_house_view
from apps.plans.engine.blend import BlendedMean, FirmView, blended_means
from apps.plans.engine.digest import input_digest
from apps.plans.models import AssumptionTable
from apps.plans.selectors.assumptions import assumption_set
from apps.plans.services._mapping import number as as_number
from apps.plans.services._tables import NoTableError, published_assumptions


@service
def load_published_assumptions(*, by: Actor) -> list[AssumptionTable]:
    """Take in the published tables that the firm does not have yet; a second time nothing changes."""
    return [
        _record(table, assumptions_from_mapping(table), None, "", by)
        for table in published_assumptions()
        if not AssumptionTable.objects.filter(digest=input_digest(assumptions_from_mapping(table))).exists()
    ]


@service
def set_house_view(
    *, means: Mapping[str, Decimal], reason: str, by: Actor, effective_from: dt.date | None = None
) -> AssumptionTable:
    """Record the firm's own expected returns, as fractions a year, as a new version on top of the one in force.

    Raises InvalidInputError for an unknown asset, a view without a reason, and one that changes nothing.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the firm sees it differently."), field="reason")
    day = effective_from or firm_today()
    base = assumptions_in_force(day=day, by=by)
    number = _next_number()
    view = with_house_view(
        assumption_set(base), key=f"house_view_{number}", means={key: as_number(mean) for key, mean in means.items()}
    )
    content = {**base.content, "key": view.key, "assets": _with_means(base.content["assets"], means)}
    content["effective_from"] = day.isoformat()
    if view.means().tolist() == assumption_set(base).means().tolist():
        raise InvalidInputError(
            gettext_noop("This is what the firm expects already."), mend=gettext_noop("Change one of the returns.")
        )
    return _record(content, assumptions_from_mapping(_dated(content)), base, reason.strip(), by)


def assumptions_in_force(*, day: dt.date, by: Actor) -> AssumptionTable:
    """Return the version in force on the day, the published ones taken in first.

    Raises NoTableError before the first of them takes effect.
    """
    load_published_assumptions(by=by)
    found = AssumptionTable.objects.in_force(day).first()
    if found is None:
        raise NoTableError(
            gettext_noop("There are no capital-market assumptions for %(day)s."),
            mend=gettext_noop("Start the plan at a later date."),
            field="assumptions",
            day=day,
        )
    return found


def _record(
    table: Mapping[str, Any], values: AssumptionSet, base: AssumptionTable | None, reason: str, by: Actor
) -> AssumptionTable:
    row = AssumptionTable(
        number=_next_number(),
        key=values.key,
        effective_from=values.effective_from,
        source=values.source,
        content=json.loads(json.dumps(table, default=str)),
        digest=input_digest(values),
        based_on=base,
        is_given_up=base is not None and table["assets"] == base.content["assets"],
        reason=reason,
        recorded_by=by.label,
    )
    row.full_clean()
    row.save()
    image = {"key": row.key, "version": row.number, "digest": row.digest, "effective_from": row.effective_from}
    audit.record("plans.record_assumptions", by=by, target=row, after=image, reason=reason)
    return row


def _next_number() -> int:
    newest = AssumptionTable.objects.order_by("-number").first()
    return newest.number + 1 if newest else 1


def _with_means(assets: list[dict[str, Any]], means: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    return [
        {**_without_blend(asset), "arithmetic_mean": as_number(means[asset["key"]])} if asset["key"] in means else asset
        for asset in assets
    ]


def _without_blend(asset: Mapping[str, Any]) -> dict[str, Any]:
    """Return the row of a class without the blend that its mean came from: the mean is another one now."""
    return {name: value for name, value in asset.items() if name != "blend"}


def _dated(content: Mapping[str, Any]) -> dict[str, Any]:
    return {**content, "effective_from": dt.date.fromisoformat(content["effective_from"])}


@service
def blend_house_view(
    *, views: Mapping[str, tuple[Decimal, Decimal]], reason: str, by: Actor, effective_from: dt.date | None = None
) -> AssumptionTable:
    """Record history blended with the firm's views, each a return a year and a confidence, as a new version.

    History is the newest published set in use, so that a second blend does not count the first as history. Without any
    view the firm gives up the one that it has. Raises InvalidInputError for views without a reason, what holds already,
    and what `blended_means` refuses.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the firm sees it differently."), field="reason")
    day = effective_from or firm_today()
    now = assumptions_in_force(day=day, by=by)
    row = tried_blend(views=views, day=day)
    if not views and now.based_on is None:
        raise InvalidInputError(
            gettext_noop("The firm expects nothing else than history."),
            mend=gettext_noop("Say what it expects of one class at least, and how sure it is."),
            field="views",
        )
    values = assumptions_from_mapping(_dated(row.content))
    if views and replace(values, key=now.key, effective_from=now.effective_from) == assumption_set(now):
        raise InvalidInputError(
            gettext_noop("This is what the firm expects already."), mend=gettext_noop("Change one of the returns.")
        )
    return _record(row.content, values, row.based_on, reason.strip(), by)


def tried_blend(*, views: Mapping[str, tuple[Decimal, Decimal]], day: dt.date) -> AssumptionTable:
    """Return the version that views would make on the day, which is not kept; the published sets are taken in before.

    Raises InvalidInputError as `blended_means` does.
    """
    base = AssumptionTable.objects.published().in_force(day)[0]
    held = {key: FirmView(as_number(mean), as_number(sure)) for key, (mean, sure) in views.items()}
    assets = base.content["assets"]
    if held:
        rows = {each.key: each for each in blended_means(assumption_set(base), held, years=_years_of(base.content))}
        assets = [_blended(asset, rows[asset["key"]]) for asset in assets]
    number = _next_number()
    content = {**base.content, "key": f"blend_{number}", "assets": assets, "effective_from": day.isoformat()}
    return AssumptionTable(
        number=number, key=content["key"], effective_from=day, source=base.source, content=content, based_on=base
    )


def _blended(asset: Mapping[str, Any], mean: BlendedMean) -> dict[str, Any]:
    """Return the row of a class with where its new mean comes from; means are kept to a hundredth of a point."""
    view = None if mean.view is None else {"mean": mean.view.mean, "confidence": mean.view.confidence}
    return {**asset, "arithmetic_mean": round(mean.after, 4), "blend": {"before": mean.before, "view": view}}


def _years_of(content: Mapping[str, Any]) -> float:
    """Return how many years the history of a published table has, by its span of months."""
    first, _, last = str(content.get("span", "")).partition(" to ")
    try:
        begun, ended = (dt.date.fromisoformat(f"{month}-01") for month in (first, last))
    except ValueError as unknown:
        raise InvalidInputError(
            gettext_noop("The assumption set does not say from when to when its history reaches."),
            mend=gettext_noop("Blend a set with a span of months."),
            field="span",
        ) from unknown
    return ((ended.year - begun.year) * 12 + ended.month - begun.month + 1) / 12.0
