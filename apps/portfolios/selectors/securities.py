"""Securities as the firm meets them: what the master lists, and what only its own files know of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.kernel.dates import DateSpan
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import Security
from apps.market.selectors.adjusted import STALE, growth_lines
from apps.market.selectors.prices import Close, close_at, latest_closes
from apps.portfolios.engine.computed import Computed
from apps.portfolios.engine.performance import Span, first_day_of
from apps.portfolios.engine.returns import annualised
from apps.portfolios.models import Instrument, InstrumentPrice, Transaction
from apps.portfolios.selectors.performance import ONE_DAY, SPANS

_YOUNGER = gettext_noop("No price that old is known.")
LABELS = {**SPANS, Span.TEN_YEARS: _("Ten years")}
SORTS = frozenset({"symbol", "name", "kind", "asset_class"})
LISTED, HELD, OWN = "", "held", "own"


@dataclass(frozen=True, slots=True)
class Quoted:
    """A security of the master, or one of the firm's own; `instrument` is what accounts hold, None where none does."""

    row: Security | Instrument
    instrument: Instrument | None

    @property
    def master(self) -> Security | None:
        """The row of the master, None for one that the firm's files alone know."""
        return self.row if isinstance(self.row, Security) else None

    @property
    def public_id(self) -> uuid.UUID:
        """What its page is named by."""
        return self.row.public_id

    @property
    def currency(self) -> str:
        """The currency of its prices."""
        return self.row.currency

    @property
    def simulated_from(self) -> dt.date | None:
        """From which day on its prices are simulated."""
        return self.master.simulated_from if self.master else None


@dataclass(frozen=True, slots=True)
class Change:
    """What a price changed over a period, and that a year; with the closes it was measured between."""

    span: Span
    label: str | Promise
    first_day: dt.date
    total: Computed
    annual: Computed
    first: Close | None
    last: Close | None


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """A line of the list: the last close, and what it changed in a year."""

    quoted: Quoted
    last: Close | None
    change: Change

    @property
    def is_simulated(self) -> bool:
        """Whether the last close is not of a market."""
        since = self.quoted.simulated_from
        return bool(since and self.last and self.last.day >= since)


def visible_instruments(actor: Actor) -> QuerySet[Instrument]:
    """Return what accounts that the actor may see hold or held: the names of the firm's own tell of their owners."""
    return Instrument.objects.filter(pk__in=Transaction.objects.visible_to(actor).values("instrument"))


def security_for(actor: Actor, public_id: uuid.UUID | str) -> Quoted:
    """Return the security, named by the master's id or the instrument's.

    Raises NotFoundError, also for one of the firm's own that no account which the actor may see has met.
    """
    master = Security.objects.filter(public_id=public_id).first()
    if master is not None:
        return Quoted(master, Instrument.objects.filter(master=master).first())
    instrument = Instrument.objects.select_related("master").filter(public_id=public_id).first()
    if instrument is not None and instrument.master is not None:
        return Quoted(instrument.master, instrument)
    if instrument is None or not visible_instruments(actor).filter(pk=instrument.pk).exists():
        raise NotFoundError(gettext_noop("There is no such security."))
    return Quoted(instrument, instrument)


def security_list(
    actor: Actor, *, text: str = "", kind: str = "", known: str = LISTED, sort: str = ""
) -> QuerySet[Any]:
    """Return securities of the master, those of them that accounts hold (`held`), or the firm's own (`own`).

    Found by symbol, a part of the name, CUSIP or ISIN; sorted by symbol unless asked otherwise.
    """
    rows: QuerySet[Any] = Security.objects.all()
    if known == OWN:
        # what people value by hand has pages of its own
        rows = visible_instruments(actor).filter(master=None, manual_asset=None)
    elif known == HELD:
        rows = rows.filter(pk__in=_held(actor))
    if text:
        exact = Q(cusip__iexact=text) | Q(isin__iexact=text)
        rows = rows.filter(Q(symbol__istartswith=text) | Q(name__icontains=text) | exact)
    if kind:
        rows = rows.filter(kind=kind)
    order = sort if sort.removeprefix("-") in SORTS else "symbol"
    return rows.order_by(order, "symbol", "pk")


def _held(actor: Actor) -> QuerySet[Any, Any]:
    units = (
        Transaction.objects.visible_to(actor).filter(instrument__master__isnull=False).values("account", "instrument")
    )
    held = units.annotate(units=Sum("units")).exclude(units=0)
    return Security.objects.filter(
        pk__in=Instrument.objects.filter(pk__in=held.values("instrument")).values("master")
    ).values("pk")


def security_lines(rows: Sequence[Security | Instrument], day: dt.date) -> list[QuotedLine]:
    """Return what the list says of some securities of one sort, in a fixed number of queries."""
    span = DateSpan(first_day_of(Span.ONE_YEAR, day, day) - ONE_DAY, day)
    quoted = [Quoted(row, row if isinstance(row, Instrument) else None) for row in rows]
    closes = closes_of(quoted, span)
    last = latest_closes([row.pk for row in rows if isinstance(row, Security)], day)
    lines = []
    for each in quoted:
        found = closes[each.public_id]
        stated = last.get(each.row.pk) if each.master else (found[-1] if found else None)
        lines.append(QuotedLine(each, stated, change_over(Span.ONE_YEAR, found, day)))
    return lines


def closes_of(quoted: Iterable[Quoted], span: DateSpan) -> dict[uuid.UUID, list[Close]]:
    """Return the closes of each within a span, from the last one before it, as one line of growth.

    What a corporate action did to the price of a share is taken out of the days before it (`growth_lines`).
    """
    all_of = list(quoted)
    listed = {one.master.pk: one.public_id for one in all_of if one.master}
    own = {one.row.pk: one.public_id for one in all_of if not one.master}
    result: dict[uuid.UUID, list[Close]] = {one.public_id: [] for one in all_of}
    for pk, line in growth_lines(listed, span).items():
        result[listed[pk]] = line
    if own:
        rows = InstrumentPrice.objects.filter(instrument__in=own, day__range=(span.first - STALE, span.last))
        for pk, day, close in rows.order_by("day").values_list("instrument", "day", "close"):
            result[own[pk]].append(Close(day, close))
    return result


def change_over(span: Span, closes: Sequence[Close], day: dt.date) -> Change:
    """Return what the price changed over a span that ends on a day, by the closes that begin and end it."""
    first_day = first_day_of(span, day, day)
    first, last = close_at(closes, first_day - ONE_DAY), closes[-1] if closes else None
    total = annual = Computed(None, _YOUNGER)
    if first is not None and last is not None and first.close > 0 and first.day >= first_day - ONE_DAY - STALE:
        total = Computed(float(last.close / first.close) - 1)
        annual = annualised(total.value or 0.0, (day - first_day).days + 1)
    return Change(span, LABELS[span], first_day, total, annual, first, last)
