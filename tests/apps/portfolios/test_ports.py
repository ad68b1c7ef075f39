"""Fees paid from outside are handed to portfolios by whoever knows them."""

import datetime as dt
from decimal import Decimal

from apps.kernel.dates import DateSpan
from apps.portfolios.ports import PaidFee, fees_paid_elsewhere

SPAN = DateSpan(dt.date(2025, 1, 1), dt.date(2025, 3, 31))


def test_a_source_is_asked_once_however_often_it_is_connected():
    fee = PaidFee(10**9, SPAN.first, Decimal(5), "USD", "x")

    def source(account_ids, span):
        return [fee] if 10**9 in account_ids else []

    disconnect = fees_paid_elsewhere.connect(source)
    fees_paid_elsewhere.connect(source)
    try:
        assert [found for found in fees_paid_elsewhere._sources if found is source] == [source]
    finally:
        disconnect()
    assert source not in fees_paid_elsewhere._sources
