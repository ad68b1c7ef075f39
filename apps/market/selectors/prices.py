"""Closes and currency rates of days."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from apps.kernel.dates import DateSpan
from apps.market.models import CurrencyRate, Price


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


def rates_to(quote: str, bases: Collection[str], day: dt.date) -> dict[str, Decimal]:
    """Return what one unit of each base is worth in `quote` on the day; unknown ones are left out."""
    rates = {quote: Decimal(1)}
    others = [base for base in bases if base != quote]
    if not others:
        return rates
    direct = CurrencyRate.objects.filter(base__in=others, quote=quote, day__lte=day)
    rows = direct.order_by("base", "-day").distinct("base").values_list("base", "rate")
    rates.update(dict(rows))
    inverse = CurrencyRate.objects.filter(base=quote, quote__in=[b for b in others if b not in rates], day__lte=day)
    for base, rate in inverse.order_by("quote", "-day").distinct("quote").values_list("quote", "rate"):
        rates[base] = 1 / rate
    return rates
