"""Prices to the last close."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from apps.market.models import Price
from apps.market.services.sessions import sessions_until, settles_on

NEW_YORK = dt.timezone(dt.timedelta(hours=-4))


def test_a_day_counts_once_its_session_has_closed() -> None:
    before = dt.datetime(2025, 7, 3, 12, 59, tzinfo=NEW_YORK)
    after = dt.datetime(2025, 7, 3, 13, 1, tzinfo=NEW_YORK)  # an early close, at one o'clock
    first = dt.date(2025, 6, 30)
    assert sessions_until(first, before)[-1] == dt.date(2025, 7, 2)
    assert sessions_until(first, after)[-1] == dt.date(2025, 7, 3)
    assert sessions_until(first, after + dt.timedelta(days=2))[-1] == dt.date(2025, 7, 3)


@pytest.mark.django_db
def test_the_command_brings_prices_up_to_date_and_says_so() -> None:
    told = StringIO()
    call_command("load_market_history", stdout=told)
    assert "simulated prices from 2019-01-02" in told.getvalue()
    assert Price.objects.count() > 40_000
    again = StringIO()
    call_command("load_market_history", stdout=again)
    assert "Prices are up to date." in again.getvalue()


@pytest.mark.parametrize(
    ("traded", "settles"),
    [
        ("2026-11-16", "2026-11-17"),
        ("2026-11-20", "2026-11-23"),  # a Friday
        ("2026-11-21", "2026-11-23"),
        ("2026-11-25", "2026-11-27"),  # over Thanksgiving
        ("2026-07-02", "2026-07-06"),  # Independence Day is kept on the Friday
        ("2026-10-09", "2026-10-13"),  # Columbus Day: the exchange is open, banks are not
        ("2026-11-10", "2026-11-12"),  # Veterans Day
        ("2024-12-31", "2025-01-02"),
        ("2024-05-24", "2024-05-29"),  # T+2 until the Friday before Memorial Day
        ("2024-05-28", "2024-05-29"),
        ("2016-03-01", "2016-03-04"),
    ],
)
def test_trades_settle_on_a_day_on_which_banks_are_open(traded: str, settles: str) -> None:
    assert settles_on(dt.date.fromisoformat(traded)) == dt.date.fromisoformat(settles)
