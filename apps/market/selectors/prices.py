"""Closes and currency rates of days."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from apps.kernel.dates import DateSpan
from apps.market.models import CurrencyRate, CurrencyRateCorrection, Price, PriceCorrection

_Rate = tuple[str, str, dt.date, Decimal]
# the currency in which every other one is quoted
THROUGH = "USD"


@dataclass(frozen=True, slots=True)
class Close:
    """What one unit cost at the close of a day."""

    day: dt.date
    close: Decimal


def latest_closes(security_ids: Collection[int], day: dt.date) -> dict[int, Close]:
    """Return for each security its last close on or before the day; those without any are left out."""
    if not security_ids:
        return {}
    rows = (
        Price.objects.filter(security_id__in=security_ids, day__lte=day)
        .order_by("security_id", "-day")
        .distinct("security_id")
        .values_list("security_id", "day", "close")
    )
    return {security_id: Close(on, close) for security_id, on, close in rows}


def closes_in(security_ids: Collection[int], span: DateSpan) -> dict[int, list[Close]]:
    """Return for each security its closes of the span in order of days."""
    result: dict[int, list[Close]] = defaultdict(list)
    if not security_ids:
        return result
    rows = Price.objects.filter(security_id__in=security_ids, day__range=(span.first, span.last)).order_by("day")
    for security_id, on, close in rows.values_list("security_id", "day", "close"):
        result[security_id].append(Close(on, close))
    return result


def replaced_since(security_ids: Collection[int], day: dt.date, moment: dt.datetime) -> dict[int, list[Close]]:
    """Return the closes up to a day that were told at a moment and have been replaced since."""
    result: dict[int, list[Close]] = defaultdict(list)
    if not security_ids:
        return result
    rows = PriceCorrection.objects.filter(security__in=security_ids, day__lte=day, replaced_at__gt=moment)
    # the first replacement after the moment took away what was told at it
    first = rows.order_by("security_id", "day", "id").distinct("security_id", "day")
    for security_id, on, close in first.values_list("security_id", "day", "close"):
        result[security_id].append(Close(on, close))
    return result


def rates_in(
    quote: str, bases: Collection[str], span: DateSpan, told_at: dt.datetime | None = None
) -> dict[str, list[Close]]:
    """Return what one unit of each base was worth in `quote`, from the last rate before the span to its end.

    A day's rate is the last one on or before it, however old, so that it is the same in every span. A pair
    that is only kept the other way round is inverted, one that is not kept at all is crossed through the dollar, in
    which all are quoted; bases without any rate are left out. With `told_at` the rates that were replaced after that
    moment count as they were told at it.
    """
    others = {base for base in bases if base != quote}
    found = _kept_rates(quote, others, span, told_at)
    missing = others - found.keys() - {THROUGH}
    if missing and quote != THROUGH:
        dollars = _kept_rates(THROUGH, missing | {quote}, span, told_at)
        ours = dollars.pop(quote, [])
        found |= {base: crossed for base, closes in dollars.items() if (crossed := _crossed(closes, ours))}
    return found


def _kept_rates(
    quote: str, bases: Collection[str], span: DateSpan, told_at: dt.datetime | None
) -> dict[str, list[Close]]:
    if not bases:
        return {}
    wanted = Q(base__in=sorted(bases), quote=quote) | Q(base=quote, quote__in=sorted(bases))
    pairs = CurrencyRate.objects.filter(wanted)
    before = pairs.filter(day__lt=span.first).order_by("base", "quote", "-day").distinct("base", "quote")
    within = pairs.filter(day__range=(span.first, span.last)).order_by("day")
    rows = [row for part in (before, within) for row in part.values_list("base", "quote", "day", "rate")]
    if told_at is not None:
        rows = _with_replaced(rows, wanted, span.last, told_at)
    result: dict[str, list[Close]] = {}
    inverted: dict[str, list[Close]] = {}
    for base, other, day, rate in rows:
        if other == quote:
            result.setdefault(base, []).append(Close(day, rate))
        else:
            inverted.setdefault(other, []).append(Close(day, 1 / rate))
    return inverted | result


def _crossed(ones: Sequence[Close], others: Sequence[Close]) -> list[Close]:
    """Return what ones are worth in others on each day that told either, once both are known."""
    found = []
    for day in sorted({close.day for close in (*ones, *others)}):
        one, other = close_at(ones, day), close_at(others, day)
        if one is not None and other is not None:
            found.append(Close(day, one.close / other.close))
    return found


def _with_replaced(rows: Sequence[_Rate], wanted: Q, last: dt.date, moment: dt.datetime) -> list[_Rate]:
    """Put the rates that were told at a moment, and have been replaced since, in the places of those of now."""
    told = {(base, other, day): rate for base, other, day, rate in rows}
    gone = CurrencyRateCorrection.objects.filter(wanted, day__lte=last, replaced_at__gt=moment)
    first = gone.order_by("base", "quote", "day", "id").distinct("base", "quote", "day")
    told |= {(base, other, day): rate for base, other, day, rate in first.values_list("base", "quote", "day", "rate")}
    return [(*key, rate) for key, rate in sorted(told.items(), key=lambda each: each[0][2])]


def rate_replaced_at(one: str, other: str, day: dt.date, moment: dt.datetime) -> dt.datetime | None:
    """Return when a rate between two currencies up to a day was last replaced after a moment, None where it was not."""
    wanted = _between(one, other)
    if THROUGH not in {one, other} and not CurrencyRate.objects.filter(wanted).exists():
        wanted = _between(one, THROUGH) | _between(other, THROUGH)
    rows = CurrencyRateCorrection.objects.filter(wanted, day__lte=day, replaced_at__gt=moment).order_by("-id")
    return rows.values_list("replaced_at", flat=True).first()


def _between(one: str, other: str) -> Q:
    return Q(base=one, quote=other) | Q(base=other, quote=one)


def close_at(closes: Sequence[Close], day: dt.date) -> Close | None:
    """Return the last of ordered closes on or before the day."""
    place = bisect_right(closes, day, key=lambda close: close.day)
    return closes[place - 1] if place else None
