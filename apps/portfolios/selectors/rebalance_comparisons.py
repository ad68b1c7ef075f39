"""Answers to one question under different settings, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import percent_text
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.money import Money
from apps.portfolios.models import RebalanceRun
from apps.portfolios.selectors.rebalance_passports import COUNTS, SHARE_TOTALS
from apps.portfolios.selectors.rebalance_runs import RunPage, run_page

# what is compared, in the order of the rows
FIGURES: dict[str, str | Promise] = {
    "tracking_before": gettext_lazy("Off target before"),
    "tracking_after": gettext_lazy("Off target after"),
    "outside": gettext_lazy("Outside their bands after"),
    "tax": gettext_lazy("Tax of the trades"),
    "cost": gettext_lazy("Cost of trading"),
    "short": gettext_lazy("Short-term gains"),
    "long": gettext_lazy("Long-term gains"),
    "carried": gettext_lazy("Loss carried on"),
    "turnover": gettext_lazy("Traded"),
    "trades": gettext_lazy("Trades"),
    "gap": gettext_lazy("Distance from the optimum"),
}


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A figure of a run; `name` is that of its passport."""

    run: RebalanceRun
    name: str
    value: Money | Decimal | int
    kind: str
    style: str


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Runs side by side: settings that differ as (label, texts), then figures as (label, cells)."""

    pages: tuple[RunPage, ...]
    settings: tuple[tuple[str, tuple[str, ...]], ...]
    figures: tuple[tuple[str, tuple[ComparedFigure, ...]], ...]

    @property
    def is_same_question(self) -> bool:
        """Say whether all were asked with the same holdings, prices and targets."""
        return len({page.run.inputs_digest for page in self.pages}) == 1


def compared_runs(actor: Actor, household: Household, ids: Sequence[str]) -> RunComparison:
    """Put runs of a household side by side, in the order of their ids. Raises NotFoundError where one is missing."""
    rows = RebalanceRun.objects.visible_to(actor).filter(household=household, public_id__in=ids)
    found = {str(row.public_id): row for row in rows.select_related("household", "proposal")}
    if not ids or any(each not in found for each in ids):
        raise NotFoundError(gettext_noop("There is no such rebalance, or its household is not assigned to you."))
    pages = tuple(run_page(found[each]) for each in ids)
    told = [(str(label), tuple(_text(page) for page in pages)) for label, _text in SETTINGS]
    figures = tuple((str(label), tuple(_figure(page, name) for page in pages)) for name, label in FIGURES.items())
    return RunComparison(pages, tuple((label, texts) for label, texts in told if len(set(texts)) > 1), figures)


def last_compared(household: Household, day: dt.date, most: int) -> list[str]:
    """Return the ids of the answers of a day to the question that was asked last, in order; none for one answer."""
    rows = RebalanceRun.objects.filter(household=household, as_of=day).order_by("-pk")
    last = rows.first()
    if last is None:
        return []
    ids = [str(each) for each in rows.filter(inputs_digest=last.inputs_digest).values_list("public_id", flat=True)]
    return ids[:most][::-1] if len(ids) > 1 else []


def _figure(page: RunPage, name: str) -> ComparedFigure:
    if name in COUNTS:
        return ComparedFigure(page.run, name, len(COUNTS[name](page)), "count", "")
    if name in SHARE_TOTALS:
        return ComparedFigure(page.run, name, page.totals[name], "percent", "2")
    return ComparedFigure(page.run, name, Money(page.totals[name], page.currency), "money", "exact")


def _number(page: RunPage, name: str, default: str) -> Decimal | None:
    """A setting as it was kept; runs of before some setting existed had what is usual now."""
    try:
        return Decimal(str(page.run.terms.get(name) or default))
    except InvalidOperation:
        return None


def _percent(name: str, default: str) -> Callable[[RunPage], str]:
    def text(page: RunPage) -> str:
        value = _number(page, name, default)
        return "–" if value is None else percent_text(value)

    return text


def _flag(name: str) -> Callable[[RunPage], str]:
    return lambda page: gettext("yes") if page.run.terms.get(name) else gettext("no")


def _budget(page: RunPage) -> str:
    told = page.run.terms.get("gain_budget")
    return gettext("no limit") if told in {None, ""} else f"{Decimal(str(told)):,.2f} {page.currency}"


SETTINGS: tuple[tuple[str | Promise, Callable[[RunPage], str]], ...] = (
    (gettext_lazy("Net gains at most"), _budget),
    (gettext_lazy("Tax and cost that a dollar off target is worth"), _percent("off_target_price", "1")),
    (gettext_lazy("Width of the bands, against the model's"), _percent("band_width", "1")),
    (gettext_lazy("No short-term gains"), _flag("blocks_short_gains")),
    (gettext_lazy("Losses carried on are worth their tax later"), _flag("values_losses")),
)
