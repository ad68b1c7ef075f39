"""A household's targets as its page shows them: mandates, restrictions, reserves, and how far off it is."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TypeVar, cast

from django.utils.translation import gettext

from apps.clients.models import Household
from apps.compliance.selectors.risk_limits import RiskLimit, risk_limit
from apps.core.actors import Actor
from apps.core.templatetags.charts import ChartSpec
from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import Account, CashReserve, Mandate, ModelPortfolio, Restriction
from apps.portfolios.selectors.drift import DriftSheet, drift_sheets
from apps.portfolios.selectors.model_portfolios import models_in_force
from apps.portfolios.selectors.targets import targets_on

T = TypeVar("T", Mandate, Restriction, CashReserve)


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet of drift with its chart."""

    sheet: DriftSheet
    chart: ChartSpec

    @property
    def chart_id(self) -> str:
        """The chart's name on the page."""
        account = self.sheet.target.account
        return "drift" if account is None else f"drift-{account.public_id}"


@dataclass(frozen=True, slots=True)
class TargetPage:
    """All that is agreed with a household about what it holds, and how it stands on the day."""

    household: Household
    as_of: dt.date
    sheets: tuple[SheetView, ...]
    mandates: tuple[Mandate, ...]
    restrictions: tuple[Restriction, ...]
    reserves: tuple[CashReserve, ...]
    without: tuple[Account, ...]
    limit: RiskLimit | None
    suggested: tuple[ModelPortfolio, ...]


def target_page(household: Household, actor: Actor, day: dt.date) -> TargetPage:
    """Return what the page shows on a day; terms to come stand beside those in force."""
    targets = targets_on([household], day)[household.pk]
    limit = risk_limit(household, day)
    return TargetPage(
        household=household,
        as_of=day,
        sheets=tuple(SheetView(sheet, drift_spec(sheet)) for sheet in drift_sheets(targets.targets, day)),
        mandates=tuple(household.mandates.not_over(day).select_related("model", "account")),
        restrictions=tuple(household.restrictions.not_over(day).select_related("instrument", "account")),
        reserves=tuple(household.cashreserves.not_over(day).select_related("account")),
        without=targets.without,
        limit=limit,
        suggested=suggested_models(limit, actor, day) if targets.without else (),
    )


def suggested_models(limit: RiskLimit | None, actor: Actor, day: dt.date) -> tuple[ModelPortfolio, ...]:
    """Return the models in force that suit the level of a household's risk profile."""
    if limit is None:
        return ()
    return tuple(model for model in models_in_force(actor, day) if model.risk_level == limit.level)


def drift_spec(sheet: DriftSheet) -> ChartSpec:
    """Specify the bars of the classes: what is held and its target, with the band around it."""
    lines = [each.line for each in sheet.classes]
    worst = max(sheet.classes, key=lambda each: abs(each.line.drift), default=None)
    title = gettext("On target")
    if worst is not None and worst.line.drift:
        told = {"name": worst.name, "points": percent_text(abs(worst.line.drift))}
        title = (
            gettext("%(name)s is %(points)s above its target")
            if worst.line.drift > 0
            else gettext("%(name)s is %(points)s below its target")
        )
        title %= told
    spec: dict[str, object] = {
        "kind": "allocation",
        "title": title,
        "format": "percent",
        "unit": gettext("Share of what is invested"),
        "as_of": sheet.as_of.isoformat(),
        "x": {"label": gettext("Asset class"), "values": [each.name for each in sheet.classes]},
        "series": [
            {"name": gettext("Now"), "values": [float(line.weight) for line in lines], "meaning": "main"},
            {"name": gettext("Target"), "values": [float(line.target) for line in lines], "meaning": "target"},
        ],
        "bands": [
            {
                "name": gettext("Band"),
                "low": [float(line.target if line.low is None else line.low) for line in lines],
                "high": [float(line.target if line.high is None else line.high) for line in lines],
            }
        ],
    }
    return cast("ChartSpec", spec)


def mandate_for(actor: Actor, public_id: uuid.UUID | str) -> Mandate:
    """Return a mandate the actor may see; raise NotFoundError otherwise."""
    rows = Mandate.objects.visible_to(actor).select_related("household", "account", "model")
    return _found(rows.filter(public_id=public_id).first())


def restriction_for(actor: Actor, public_id: uuid.UUID | str) -> Restriction:
    """Return a restriction the actor may see; raise NotFoundError otherwise."""
    rows = Restriction.objects.visible_to(actor).select_related("household", "account", "instrument")
    return _found(rows.filter(public_id=public_id).first())


def reserve_for(actor: Actor, public_id: uuid.UUID | str) -> CashReserve:
    """Return a reserve the actor may see; raise NotFoundError otherwise."""
    rows = CashReserve.objects.visible_to(actor).select_related("household", "account")
    return _found(rows.filter(public_id=public_id).first())


def _found(row: T | None) -> T:
    if row is None:
        raise NotFoundError(gettext_noop("There is no such term, or its household is not assigned to you."))
    return row
