"""Where the figures of a model's pages come from: what the version says, and who follows it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext

from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.engine.drift import Band
from apps.portfolios.models import Mandate, ModelPortfolio, ModelVersion
from apps.portfolios.selectors.model_portfolios import stocks_of
from apps.portfolios.selectors.targets import sleeves_of

TERMS = "terms"


def model_passport(version: ModelVersion, figure: str, day: dt.date) -> Passport:
    """Return what a version says, line by line, as of the first day it was in force or else of `day`.

    Raises NotFoundError for another figure than its terms.
    """
    if figure != TERMS:
        raise NotFoundError(gettext_noop("There is no such figure."))
    sleeves = sleeves_of(version)
    lines = [
        PassportLine(gettext("Stocks together"), gettext("sum of the sleeves of stocks"), _percent(stocks_of(sleeves)))
    ]
    for sleeve in sleeves:
        lines.append(PassportLine(sleeve.name, gettext("sleeve"), _percent(sleeve.weight), _band(sleeve.band)))
        lines.extend(
            PassportLine(
                str(holding.instrument),
                gettext("weight of the sleeve times its share of it"),
                _percent(holding.weight),
                ((gettext("Share of the sleeve"), _percent(holding.share)), *_band(holding.band)),
            )
            for holding in sleeve.holdings
        )
    outside = gettext("May be held outside the model")
    lines.append(PassportLine(outside, gettext("before it counts as off target"), _percent(version.outside_band)))
    return Passport(
        title=gettext("%(model)s, version %(n)s") % {"model": version.model.name, "n": version.number},
        value=_percent(sum((sleeve.weight for sleeve in sleeves), Decimal(0))),
        method=gettext(
            "As the version says: weights of the whole, bands around them; with two bands the tighter holds."
        ),
        as_of=version.effective_from or day,
        source=_source(version),
        basis=gettext("Of what is invested: reserves are kept out of it."),
        lines=tuple(lines),
    )


def followers_passport(model: ModelPortfolio, actor: Actor, day: dt.date) -> Passport:
    """Return how many mandates follow a model on the day, of households the actor may see."""
    rows = Mandate.objects.visible_to(actor).filter(model=model).on(day).select_related("household", "account")
    return Passport(
        title=model.name,
        value=Amount(len(rows), "count"),
        method=gettext("Mandates in force on the day, of the households you see."),
        as_of=day,
        source=gettext("The mandates of the firm"),
        lines=tuple(
            PassportLine(
                row.household.name,
                f"{row.account or gettext('all managed accounts')}, {date_text(row.from_day)}",
                Amount(1, "count"),
            )
            for row in rows.order_by("household__name", "pk")
        ),
    )


def _source(version: ModelVersion) -> str:
    told = gettext("Version %(n)s of the model, %(state)s")
    return told % {"n": version.number, "state": version.get_state_display().lower()}


def _percent(value: Decimal | None) -> Amount:
    return Amount(value, "percent", "2")


def _band(band: Band) -> tuple[tuple[str, Amount], ...]:
    told = ((gettext("Band, points"), band.absolute), (gettext("Band, part of the target"), band.relative))
    return tuple((label, _percent(value)) for label, value in told if value is not None)
