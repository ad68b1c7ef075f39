"""Prices of instruments: from the shared master, else from the firm's own files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from apps.kernel.dates import DateSpan
from apps.market.models import Price, PriceCorrection, Security
from apps.market.selectors.prices import (
    Close,
    close_at,
    closes_in,
    latest_closes,
    rate_replaced_at,
    rates_in,
    replaced_since,
)
from apps.portfolios.models import Instrument, InstrumentPrice, InstrumentPriceCorrection

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class SimulationNotice:
    """That prices are simulated from a day on, and of which securities: a page that shows values must say it."""

    simulated_from: dt.date
    symbols: tuple[str, ...]


class DatedRates:
    """What amounts of other currencies were worth in one, each on its day; nothing is read where all are of the one."""

    def __init__(self, currency: str, wanted: Iterable[tuple[str, dt.date]]) -> None:
        others = [(other, day) for other, day in wanted if other != currency]
        days = [day for _, day in others]
        self._currency = currency
        self._rates = rates_in(currency, {c for c, _ in others}, DateSpan(min(days), max(days))) if days else {}

    def worth(self, amount: Decimal | None, currency: str, day: dt.date) -> Decimal | None:
        """Return what an amount was worth on a day; None where it or a rate is not known."""
        if amount is None or currency == self._currency:
            return amount
        close = close_at(self._rates.get(currency, []), day)
        return amount * close.close if close else None


def rate_on(base: str, quote: str, day: dt.date) -> Decimal | None:
    """Return what one unit of a currency is worth in another on a day; None where no rate is known."""
    return DatedRates(quote, [(base, day)]).worth(ONE, base, day)


class PriceBook:
    """Prices of some instruments and rates into one currency over a span, read in a fixed number of queries.

    With `priced_at` closes and rates count as they were told at that moment: those that were replaced since are put
    back.
    """

    def __init__(
        self,
        instruments: Iterable[Instrument],
        currency: str,
        span: DateSpan,
        cash: Iterable[str] = (),
        priced_at: dt.datetime | None = None,
    ) -> None:
        listed = {instrument.pk: instrument for instrument in instruments}
        self._instruments = listed
        self._closes = self._read(listed, span)
        if priced_at is not None:
            self._closes = _as_told(self._closes, _replaced(listed.values(), span.last, priced_at))
        self._currency = currency
        # accounts of one household hold the same securities: each is priced once a day
        self._units: dict[tuple[int, dt.date], Decimal | None] = {}
        self._rates = rates_in(currency, {*cash, *(i.currency for i in listed.values())}, span, priced_at)

    @staticmethod
    def _read(listed: dict[int, Instrument], span: DateSpan) -> dict[int, list[Close]]:
        of_master = {i.master_id: i.pk for i in listed.values() if i.master_id is not None}
        before = latest_closes(of_master, span.first)
        within = closes_in(of_master, span) if span.days > 1 else {}
        result: dict[int, list[Close]] = {}
        for master_id, pk in of_master.items():
            first = [before[master_id]] if master_id in before else []
            result[pk] = first + [c for c in within.get(master_id, []) if not first or c.day > first[0].day]
        own = [pk for pk, instrument in listed.items() if instrument.master_id is None]
        rows = InstrumentPrice.objects.filter(instrument_id__in=own, day__lte=span.last).order_by("day") if own else []
        for row in rows:
            result.setdefault(row.instrument_id, []).append(Close(row.day, row.close))
        return result

    def price(self, instrument_id: int, day: dt.date) -> Close | None:
        """Return the last price on or before the day, in the instrument's own currency."""
        return close_at(self._closes.get(instrument_id, []), day)

    def rate(self, currency: str, day: dt.date) -> Decimal | None:
        """Return what one unit of a currency is worth in the book's; None where no rate is known."""
        if currency == self._currency:
            return ONE
        close = close_at(self._rates.get(currency, []), day)
        return close.close if close else None

    def value(self, instrument_id: int, units: Decimal, day: dt.date) -> Decimal | None:
        """Return what units are worth in the book's currency, unrounded; None without a price or a rate."""
        key = instrument_id, day
        if key not in self._units:
            self._units[key] = self._of_one(instrument_id, day)
        one = self._units[key]
        return None if one is None else units * one

    def _of_one(self, instrument_id: int, day: dt.date) -> Decimal | None:
        close = self.price(instrument_id, day)
        instrument = self._instruments[instrument_id]
        rate = self.rate(instrument.currency, day)
        return None if close is None or rate is None else close.close * instrument.multiplier * rate

    def simulation(self, day: dt.date, instrument_ids: Collection[int]) -> SimulationNotice | None:
        """Say whether prices of these instruments up to the day are simulated."""
        held = [i.master for pk, i in self._instruments.items() if pk in instrument_ids and i.master is not None]
        return notice_of(held, day)


def _replaced(instruments: Iterable[Instrument], day: dt.date, moment: dt.datetime) -> dict[int, list[Close]]:
    """Return the closes of instruments, by row id, that were told at a moment and have been replaced since."""
    listed = list(instruments)
    of_master = {i.master_id: i.pk for i in listed if i.master_id is not None}
    found = {of_master[master]: closes for master, closes in replaced_since(of_master, day, moment).items()}
    own = [i.pk for i in listed if i.master_id is None]
    if own:
        rows = InstrumentPriceCorrection.objects.filter(instrument__in=own, day__lte=day, replaced_at__gt=moment)
        for row in rows.order_by("instrument_id", "day", "id").distinct("instrument_id", "day"):
            found.setdefault(row.instrument_id, []).append(Close(row.day, row.close))
    return found


def _as_told(closes: dict[int, list[Close]], replaced: dict[int, list[Close]]) -> dict[int, list[Close]]:
    told = {pk: {close.day: close for close in (*closes.get(pk, ()), *was)} for pk, was in replaced.items()}
    return {**closes, **{pk: sorted(days.values(), key=lambda close: close.day) for pk, days in told.items()}}


@dataclass(frozen=True, slots=True)
class CorrectedPrice:
    """A price that values rest on: what it was, what it is now (None: there is none any more), and since when."""

    instrument: Instrument
    day: dt.date
    before: Decimal
    after: Decimal | None
    corrected_at: dt.datetime


def corrected_prices(
    instruments: Iterable[Instrument], day: dt.date, moment: dt.datetime
) -> tuple[CorrectedPrice, ...]:
    """Return the prices that value instruments at the close of a day and were corrected after a moment.

    They are those that counted at the moment, or that count now.
    """
    listed = {instrument.pk: instrument for instrument in instruments}
    replaced = _replaced(listed.values(), day, moment)
    touched = [listed[pk] for pk in replaced]
    if not touched:
        return ()
    span, found = DateSpan(day, day), []
    now, then = PriceBook(touched, "", span), PriceBook(touched, "", span, priced_at=moment)
    for each in touched:
        used = {close.day for book in (now, then) if (close := book.price(each.pk, day)) is not None}
        found += [_corrected(each, close, moment) for close in replaced[each.pk] if close.day in used]
    return tuple(sorted((each for each in found if each.before != each.after), key=lambda each: str(each.instrument)))


def _corrected(instrument: Instrument, was: Close, moment: dt.datetime) -> CorrectedPrice:
    rows: QuerySet[Any]
    present: QuerySet[Any]
    if instrument.master_id is not None:
        rows = PriceCorrection.objects.filter(security=instrument.master_id, day=was.day)
        present = Price.objects.filter(security=instrument.master_id, day=was.day)
    else:
        rows = InstrumentPriceCorrection.objects.filter(instrument=instrument, day=was.day)
        present = InstrumentPrice.objects.filter(instrument=instrument, day=was.day)
    at = rows.filter(replaced_at__gt=moment).order_by("-id").values_list("replaced_at", flat=True)[0]
    return CorrectedPrice(instrument, was.day, was.close, present.values_list("close", flat=True).first(), at)


@dataclass(frozen=True, slots=True)
class CorrectedRate:
    """One unit of `base` in `quote`, on which values rest: what it was and is; None where there was or is none."""

    base: str
    quote: str
    day: dt.date
    before: Decimal | None
    after: Decimal | None
    corrected_at: dt.datetime


def corrected_rates(quote: str, bases: Collection[str], day: dt.date, moment: dt.datetime) -> tuple[CorrectedRate, ...]:
    """Return the rates into a currency that count on a day and were corrected after a moment."""
    now, then = (rates_in(quote, bases, DateSpan(day, day), told_at) for told_at in (None, moment))
    found = []
    for base in sorted({*now, *then}):
        was, today = close_at(then.get(base, []), day), close_at(now.get(base, []), day)
        at = rate_replaced_at(base, quote, day, moment) if was != today else None
        told = was or today
        if at is not None and told is not None:
            found.append(
                CorrectedRate(base, quote, told.day, was.close if was else None, today.close if today else None, at)
            )
    return tuple(found)


def notice_of(masters: Iterable[Security], day: dt.date) -> SimulationNotice | None:
    """Say which of these securities have simulated prices up to the day."""
    touched = [
        (m.simulated_from, m.symbol) for m in masters if m.simulated_from is not None and m.simulated_from <= day
    ]
    if not touched:
        return None
    return SimulationNotice(min(touched)[0], tuple(sorted(symbol for _, symbol in touched)))
