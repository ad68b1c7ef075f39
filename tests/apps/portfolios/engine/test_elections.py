"""Standing orders: the last one that has begun holds, one that names securities before one that names none."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from apps.kernel.money import Rate
from apps.portfolios.engine.elections import Election, LotRules, RatesFrom
from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.positions import BookPolicy, book_at
from apps.portfolios.engine.transactions import LotMethod
from tests.apps.portfolios.engine.builders import K, day, entry

FUND = frozenset({"FUND"})
RULES = LotRules(
    elections=(
        Election(date(2025, 6, 1), LotMethod.HIFO),
        Election(date(2025, 1, 1), LotMethod.LIFO),
        Election(date(2025, 3, 1), LotMethod.AVERAGE, FUND),
    )
)


def test_the_last_order_that_has_begun_holds() -> None:
    assert RULES.method_on("X", date(2024, 12, 31)) is LotMethod.FIFO
    assert RULES.method_on("X", date(2025, 1, 1)) is LotMethod.LIFO
    assert RULES.method_on("X", date(2025, 6, 1)) is LotMethod.HIFO


def test_an_order_for_a_security_goes_before_a_younger_one_for_all() -> None:
    assert RULES.method_on("FUND", date(2025, 2, 1)) is LotMethod.LIFO
    assert RULES.method_on("FUND", date(2025, 7, 1)) is LotMethod.AVERAGE


def test_rates_hold_from_their_day() -> None:
    first, second = (TermRates(Rate(Decimal(short)), Rate(Decimal(0))) for short in ("0.3", "0.4"))
    rules = LotRules(rates=(RatesFrom(date(2025, 2, 1), second), RatesFrom(date(2025, 1, 1), first)))
    assert rules.rates_on(date(2024, 12, 31)) is None
    assert rules.rates_on(date(2025, 1, 31)) is first
    assert rules.rates_on(date(2025, 2, 1)) is second


def test_a_book_takes_lots_as_ordered_on_the_day_of_each_sale() -> None:
    trades = [
        entry("1", K.BUY, day(1, 2), 100, 10),
        entry("2", K.BUY, day(1, 3), 200, 10),
        entry("3", K.BUY, day(1, 4), 150, 10),
        entry("4", K.SELL, day(2, 2), 300, 10),
        entry("5", K.SELL, day(3, 2), 300, 10),
    ]
    policy = BookPolicy(elections=(Election(day(3, 1), LotMethod.HIFO),))
    assert [gain.lot_id for gain in book_at(trades, day(4, 1), policy).realised] == ["1", "2"]
