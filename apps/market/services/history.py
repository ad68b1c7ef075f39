"""Writing prices: by a job or a command in the public schema only; the roles of firms may not (migration 0002)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from django.db import connection

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.market.engine.simulation import SimulatedSecurity, daily_returns, moved
from apps.market.models import CurrencyRate, Price, PriceLoad, Security
from apps.market.selectors.prices import Close, latest_closes
from apps.market.services.illustrative import IllustrativeMarket, illustrative_market

BATCH = 5_000
RATE_FIELDS = ["rate", "source", "is_simulated"]


@service
def load_securities(*, by: Actor) -> list[Security]:
    """Add the illustrative securities that the master lacks, in the order of their table; what is there stays."""
    table = illustrative_market()
    known = {security.symbol: security for security in Security.objects.all()}
    for row in table.securities:
        if row.symbol in known:
            continue
        security = Security(
            symbol=row.symbol,
            name=row.name,
            kind=row.kind,
            asset_class=row.asset_class,
            simulated_from=table.first_day,
            source=table.source[:200],
        )
        security.full_clean()
        security.save()
        known[row.symbol] = security
        audit.record("market.add_security", by=by, target=security, after=audit.snapshot(security))
    return [known[row.symbol] for row in table.securities]


@service
def continue_history(*, sessions: Sequence[dt.date], by: Actor) -> PriceLoad | None:
    """Write the simulated closes of the trading days that are missing; None when none is.

    A close follows from the stored one before it, the seed and the day, so that one run or many write the same.
    Two runs at once are serialised by a lock that is held to the end of the transaction.
    """
    table = illustrative_market()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('market.continue_history', 7))")
    securities = load_securities(by=by)
    walk = _Walk(table=table, securities=securities)
    rows = walk.rows(sorted(sessions))
    n_prices, first, last = _store(rows)
    if first is None or last is None:
        return None
    load = PriceLoad(source=table.source, first_day=first, last_day=last, n_prices=n_prices, is_simulated=True)
    load.full_clean()
    load.save()
    audit.record("market.continue_history", by=by, target=load, after=audit.snapshot(load))
    return load


@dataclass(frozen=True, slots=True)
class _Walk:
    """The way of all simulated prices from what is stored to the last session."""

    table: IllustrativeMarket
    securities: Sequence[Security]

    def rows(self, sessions: Sequence[dt.date]) -> Iterator[Price]:
        """Yield the missing closes, day by day."""
        simulated = [s for s in self.securities if s.simulated_from is not None]
        motions = {row.symbol: row.motion for row in self.table.securities}
        firsts = {row.symbol: row.first_close for row in self.table.securities}
        stored = latest_closes([security.pk for security in simulated], dt.date.max)
        for day in sessions:
            due = [s for s in simulated if day >= self.table.first_day and not _has(stored.get(s.pk), day)]
            returns = self._returns([motions[security.symbol] for security in due], day) if due else []
            for security, log_return in zip(due, returns, strict=True):
                before = stored.get(security.pk)
                close = moved(before.close, log_return) if before else firsts[security.symbol]
                stored[security.pk] = Close(day, close)
                yield Price(security=security, day=day, close=close)

    def _returns(self, motions: list[SimulatedSecurity], day: dt.date) -> list[float]:
        dice = np.random.Generator(np.random.Philox(key=[self.table.seed, day.toordinal()]))
        return daily_returns(self.table.market, motions, dice)


def _has(stored: Close | None, day: dt.date) -> bool:
    return stored is not None and stored.day >= day


def _store(rows: Iterator[Price]) -> tuple[int, dt.date | None, dt.date | None]:
    n_prices, first, last = 0, None, None
    batch: list[Price] = []
    for row in rows:
        first, last = first or row.day, row.day
        n_prices += 1
        batch.append(row)
        if len(batch) == BATCH:
            Price.objects.bulk_create(batch)
            batch = []
    Price.objects.bulk_create(batch)
    return n_prices, first, last


@service
def set_price(*, security: Security, day: dt.date, close: Decimal, by: Actor) -> Price:
    """Store a close that a provider gave; the same again changes nothing, another close replaces it on the trail."""
    before = Price.objects.filter(security=security, day=day).first()
    if before is not None and before.close == close:
        return before
    price = Price(security=security, day=day, close=close)
    price.full_clean(validate_unique=False)
    Price.objects.bulk_create(
        [price], update_conflicts=True, update_fields=["close"], unique_fields=["security", "day"]
    )
    images = {"day": day, "close": before.close if before else None}, {"day": day, "close": close}
    audit.record("market.set_price", by=by, target=security, before=images[0], after=images[1])
    return price


@service
def set_rate(*, pair: tuple[str, str], day: dt.date, rate: Decimal, by: Actor) -> CurrencyRate:
    """Store what one unit of the first currency bought of the second; another rate replaces it on the trail.

    The same again changes nothing; what it replaces stays known for books of before (`CurrencyRateCorrection`).
    A rate that is told takes the mark of simulation away.
    """
    base, quote = pair
    before = CurrencyRate.objects.filter(base=base, quote=quote, day=day).first()
    if before is not None and before.rate == rate and not before.is_simulated:
        return before
    row = CurrencyRate(base=base, quote=quote, day=day, rate=rate)
    row.full_clean(validate_unique=False)
    CurrencyRate.objects.bulk_create(
        [row], update_conflicts=True, update_fields=RATE_FIELDS, unique_fields=["base", "quote", "day"]
    )
    images = {"day": day, "rate": before.rate if before else None}, {"day": day, "rate": rate}
    audit.record("market.set_rate", by=by, target=row, before=images[0], after=images[1])
    return row
