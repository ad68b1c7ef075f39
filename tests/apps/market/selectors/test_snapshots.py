"""Market data per asset type."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django_tenants.utils import schema_context

from apps.firms.models import Firm
from apps.kernel.dates import DateSpan
from apps.kernel.errors import InvalidInputError, NotFoundError
from apps.market.models import CurrencyRate
from apps.market.selectors import snapshots
from apps.market.selectors.prices import close_at, closes_in, latest_closes, rates_in
from apps.market.selectors.securities import SecurityName, securities_named
from apps.market.selectors.snapshots import market_snapshot
from tests.factories import market as made

DAY = dt.date(2025, 6, 2)


def test_a_snapshot_is_of_the_last_close_before_the_day(in_alpha: Firm) -> None:
    fund = made.security("AAA", source="exchange")
    made.daily(fund, DAY, ["100", "110", "100"])
    (quote,) = market_snapshot("equity", DAY + dt.timedelta(days=9)).quotes
    assert (quote.price, quote.as_of, quote.is_simulated) == (100, DAY + dt.timedelta(days=2), False)
    assert quote.annual_volatility == pytest.approx(0.0953101798 * 2**0.5 * 252**0.5)


def test_a_security_without_prices_says_nothing_of_them(in_alpha: Firm) -> None:
    made.security("AAA")
    (quote,) = market_snapshot("equity", DAY).quotes
    assert (quote.price, quote.as_of, quote.annual_trend) == (None, None, None)


def test_bonds_are_no_equity(in_alpha: Firm) -> None:
    made.security("BBB", asset_class="corporate_bonds")
    assert market_snapshot("equity", DAY).quotes == ()
    assert [quote.symbol for quote in market_snapshot("bond", DAY).quotes] == ["BBB"]


def test_an_unknown_type_or_symbol_is_refused(in_alpha: Firm) -> None:
    with pytest.raises(InvalidInputError, match="no asset type"):
        market_snapshot("tulips", DAY)
    with pytest.raises(NotFoundError, match="no “NOPE”"):
        market_snapshot("equity", DAY, "NOPE")


def test_currencies_are_pairs(in_alpha: Firm) -> None:
    with schema_context("public"):
        CurrencyRate.objects.create(base="EUR", quote="USD", day=DAY, rate=Decimal("1.10"))
    (quote,) = market_snapshot("currency", DAY, "EURUSD").quotes
    assert (quote.price, quote.currency) == (Decimal("1.10"), "USD")


def test_closes_and_rates_of_days(in_alpha: Firm) -> None:
    fund = made.security("AAA")
    made.daily(fund, DAY, ["100", "110"])
    later = DAY + dt.timedelta(days=1)
    assert latest_closes([fund.pk], DAY)[fund.pk].close == 100
    assert latest_closes([fund.pk], DAY - dt.timedelta(days=1)) == {}
    closes = closes_in([fund.pk], DateSpan(DAY, later))[fund.pk]
    assert close_at(closes, later).close == 110
    assert close_at(closes, DAY - dt.timedelta(days=1)) is None
    assert rates_in("USD", ["USD"], DateSpan(DAY, DAY)) == {}


def test_securities_are_found_by_isin_then_cusip_then_symbol(in_alpha: Firm) -> None:
    apple = made.security("APP", cusip="037833100", isin="US0378331005")
    names = [
        SecurityName(symbol="app"),
        SecurityName(cusip="037833100"),
        SecurityName(isin="US0378331005", symbol="OLD"),
    ]
    assert {security.pk for security in securities_named(names).values()} == {apple.pk}
    assert securities_named([SecurityName(symbol="NOPE")]) == {}


def test_a_split_is_no_movement(in_alpha: Firm) -> None:
    fund = made.security("AAA")
    made.daily(fund, DAY, ["100", "100", "50", "50"])
    made.action("AAA", DAY + dt.timedelta(days=2))
    (quote,) = market_snapshot("equity", DAY + dt.timedelta(days=9)).quotes
    assert quote.price == 50
    assert quote.annual_volatility == pytest.approx(0)
    assert quote.annual_trend == pytest.approx(0)


def test_many_come_a_page_at_a_time(in_alpha: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "A_PAGE", 2)
    with schema_context("public"):
        for other in ("CHF", "EUR", "GBP"):
            CurrencyRate.objects.create(base=other, quote="USD", day=DAY, rate=Decimal("1.10"))
    for symbol in ("AAA", "BBB", "CCC"):
        made.security(symbol)
    for kind, pages in {
        "equity": (["AAA", "BBB"], ["CCC"]),
        "currency": (["CHFUSD", "EURUSD"], ["GBPUSD"]),
    }.items():
        first = market_snapshot(kind, DAY)
        assert ([quote.symbol for quote in first.quotes], first.following) == (pages[0], pages[0][-1])
        then = market_snapshot(kind, DAY, after=first.following or "")
        assert ([quote.symbol for quote in then.quotes], then.following) == (pages[1], None)
