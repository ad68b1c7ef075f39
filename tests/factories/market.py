"""Securities and prices for tests, written as the public schema's job does."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import connection
from django_tenants.utils import schema_context

from apps.core.actors import Actor
from apps.market.models import AssetClass, CorporateAction, CurrencyRate, Price, Security, SecurityKind
from apps.market.services.actions import ActionNotice, keep_action
from apps.market.services.history import set_price, set_rate

JOB = Actor.system("tests.market")


def security(symbol: str = "AAA", closes: dict[dt.date, str] | None = None, **fields: object) -> Security:
    """Create a security of the master with its closes, from whatever schema the test runs in."""
    with schema_context("public"):
        row = Security(
            **{
                "symbol": symbol,
                "name": f"{symbol} fund",
                "kind": SecurityKind.ETF,
                "asset_class": AssetClass.US_EQUITY,
                **fields,
            }
        )
        row.full_clean()
        row.save()
        for day, close in (closes or {}).items():
            set_price(security=row, day=day, close=Decimal(close), by=JOB)
    connection.cursor().close()
    return row


def told(security_: Security, closes: dict[dt.date, str]) -> None:
    """Let a provider tell closes, one after the other; one of a day that has one takes its place."""
    with schema_context("public"):
        for day, close in closes.items():
            set_price(security=security_, day=day, close=Decimal(close), by=JOB)
    connection.cursor().close()


def daily(security_: Security, first: dt.date, closes: list[str]) -> None:
    """Store closes of consecutive days."""
    with schema_context("public"):
        Price.objects.bulk_create(
            Price(security=security_, day=first + dt.timedelta(days=n), close=Decimal(close))
            for n, close in enumerate(closes)
        )


def stored(security_: Security, closes: dict[dt.date, str]) -> Security:
    """Store many closes at once."""
    with schema_context("public"):
        rows = [Price(security=security_, day=day, close=Decimal(close)) for day, close in closes.items()]
        Price.objects.bulk_create(rows)
    connection.cursor().close()
    return security_


def rates(pair: tuple[str, str], told: dict[dt.date, str]) -> None:
    """Store what one unit of the first currency was worth in the second."""
    base, quote = pair
    with schema_context("public"):
        CurrencyRate.objects.bulk_create(
            CurrencyRate(base=base, quote=quote, day=day, rate=Decimal(rate)) for day, rate in told.items()
        )
    connection.cursor().close()


def rate_told(pair: tuple[str, str], day: dt.date, rate: str) -> None:
    """Let a provider tell a rate; one of a day that has one takes its place."""
    with schema_context("public"):
        set_rate(pair=pair, day=day, rate=Decimal(rate), by=JOB)
    connection.cursor().close()


def action(symbol: str, day: dt.date, kind: str = "split", **terms: object) -> CorporateAction:
    """Announce a corporate action, by default two new shares for one."""
    told = {"new_shares": Decimal(2), "old_shares": Decimal(1)} if kind == "split" else {}
    notice = ActionNotice(symbol=symbol, kind=kind, day=day, **{**told, **terms})
    with schema_context("public"):
        keep_action(notice=notice, source="tests", by=JOB)
        kept = CorporateAction.objects.get(security__symbol=symbol, kind=kind, day=day)
    connection.cursor().close()
    return kept
