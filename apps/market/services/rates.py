"""Rates of exchange as providers tell them: one interface for the built-in simulation, files and feeds."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Protocol

import structlog
from django.db import DatabaseError, connection

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.market.models import CurrencyRate
from apps.market.policies import HUB, is_rate, pair_with_hub
from apps.market.services.history import BATCH, RATE_FIELDS

log = structlog.get_logger(__name__)
Pair = tuple[str, str]


class RateProvider(Protocol):
    """Where rates come from: the built-in simulation, a file, or a feed that a connector brings."""

    @property
    def source(self) -> str:
        """Name the provider, for pages and the trail."""
        ...

    @property
    def is_simulated(self) -> bool:
        """Whether the rates are drawn and not of a market."""
        ...

    def pairs(self) -> Iterable[Pair]:
        """Return the pairs it tells rates of."""
        ...

    def rates(self, pair: Pair) -> Mapping[dt.date, Decimal]:
        """Return the rates of a pair; what was told before does no harm. May raise a DomainError."""
        ...


@dataclass(frozen=True, slots=True)
class RatesTaken:
    """How many rates are new or corrected, and the pairs that failed, with why."""

    n_rates: int
    failed: tuple[tuple[Pair, str], ...]


@dataclass(frozen=True)
class FileRates:
    """A table of a day a line, `Date,USD,JPY,…`: what one unit of `base` bought.

    So is the European Central Bank's `eurofxref-hist.csv`. `N/A` and nothing are no rate.

    Rates are kept against the dollar, as all others are: its rate of the dollar divides or is divided by the rest.
    """

    text: str
    source: str
    base: str = "EUR"
    since: dt.date = dt.date.min
    is_simulated = False

    def pairs(self) -> list[Pair]:
        """Return the pairs of the dollar with each other currency of the file. May raise InvalidInputError."""
        return list(self._read)

    def rates(self, pair: Pair) -> Mapping[dt.date, Decimal]:
        """Return the rates of a pair."""
        return self._read[pair]

    @cached_property
    def _read(self) -> dict[Pair, dict[dt.date, Decimal]]:
        result: dict[Pair, dict[dt.date, Decimal]] = {}
        # names of the bank's daily file begin with a blank, and its lines end with a comma
        rows = csv.reader(io.StringIO(self.text))
        names = [name.strip().upper() for name in next(rows, [])]
        for number, row in enumerate(rows, 2):
            if not any(row):
                continue
            day, told = _line(names, row, number)
            if self.base != HUB and HUB not in told:
                raise _no_line(number)
            if day < self.since:
                continue
            hub = told.pop(HUB, Decimal(1))  # units of the dollar that one unit of the base bought
            units = told if self.base == HUB else {**told, self.base: Decimal(1)}
            for currency, rate in units.items():
                pair = pair_with_hub(currency)
                one = rate / hub if pair[0] == HUB else hub / rate
                result.setdefault(pair, {})[day] = one.quantize(Decimal("0.00000001"))
        if not result:
            raise _no_line(1)
        return result


def _line(names: list[str], row: list[str], number: int) -> tuple[dt.date, dict[str, Decimal]]:
    try:
        cells = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
        day = _day(cells.pop("DATE"))
        told = {name: Decimal(cell) for name, cell in cells.items() if cell.upper() not in {"", "N/A"}}
    except (KeyError, ValueError, InvalidOperation) as wrong:
        raise _no_line(number) from wrong
    if not all(is_rate(rate) and len(name) == 3 and name.isalpha() for name, rate in told.items()):
        raise _no_line(number)
    return day, told


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        # the bank's file of one day writes 20 November 2026
        return dt.datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone


def _no_line(number: int) -> InvalidInputError:
    return InvalidInputError(
        gettext_noop("Line %(number)s of the file tells no rates of exchange."),
        mend=gettext_noop("Give a header (Date,USD,JPY), and a line of day and numbers with a point, USD among them."),
        number=number,
    )


def take_rates(*, provider: RateProvider, by: Actor) -> RatesTaken:
    """Keep what a provider tells, each pair whole or not at all: one that fails keeps no other out."""
    n_rates, failed = 0, []
    for pair in provider.pairs():
        try:
            n_rates += load_rates(pair=pair, provider=provider, by=by)
        except (DomainError, DatabaseError) as wrong:
            log.warning("market.rates_failed", pair="/".join(pair), source=provider.source, why=str(wrong))
            failed.append((pair, str(wrong)))
    return RatesTaken(n_rates, tuple(failed))


@service
def load_rates(*, pair: Pair, provider: RateProvider, by: Actor) -> int:
    """Keep what a provider tells of a pair; return how many rates are new or corrected.

    A simulated rate never takes the place of another. What is replaced stays known (`CurrencyRateCorrection`).
    Raises InvalidInputError for a rate that cannot be, and what the provider raises.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('market.load_rates', 7))")
    base, quote = pair
    told = provider.rates(pair)
    if base == quote or not all(is_rate(rate) for rate in told.values()):
        raise InvalidInputError(gettext_noop("The rate of exchange must be a number above nothing."), field="rate")
    rows = CurrencyRate.objects.filter(base=base, quote=quote, day__in=list(told))
    kept = {day: (rate, drawn) for day, rate, drawn in rows.values_list("day", "rate", "is_simulated")}
    changed = {day: rate for day, rate in told.items() if _replaces(kept.get(day), rate, provider)}
    if not changed:
        return 0
    source = {"source": provider.source[:200], "is_simulated": provider.is_simulated}
    new = [CurrencyRate(base=base, quote=quote, day=day, rate=changed[day], **source) for day in sorted(changed)]
    CurrencyRate.objects.bulk_create(
        new,
        batch_size=BATCH,
        update_conflicts=True,
        update_fields=RATE_FIELDS,
        unique_fields=["base", "quote", "day"],
    )
    # one event of many rates: it names their last
    audit.record("market.load_rates", by=by, target=new[-1], before=_image(kept, changed), after=_told(new))
    return len(new)


def _replaces(kept: tuple[Decimal, bool] | None, rate: Decimal, provider: RateProvider) -> bool:
    return kept is None or (not provider.is_simulated and (kept[0] != rate or kept[1]))


def _image(kept: Mapping[dt.date, tuple[Decimal, bool]], changed: Mapping[dt.date, Decimal]) -> dict[str, object]:
    replaced = [day for day in changed if day in kept]
    return {"n_replaced": len(replaced), "rate": kept[max(changed)][0] if max(changed) in kept else None}


def _told(new: list[CurrencyRate]) -> dict[str, object]:
    last = new[-1]
    span = {"first_day": new[0].day, "last_day": last.day, "n_rates": len(new)}
    return {**span, "rate": last.rate, "source": last.source, "is_simulated": last.is_simulated}
