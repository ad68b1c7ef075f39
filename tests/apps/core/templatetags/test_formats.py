"""How numbers, money and moments read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.core.templatetags import formats
from apps.kernel.money import Money


@pytest.mark.parametrize(
    ("amount", "style", "text"),
    [
        ("1234567.89", "", "$1,234,568"),
        ("999.99", "", "$999.99"),
        ("640", "", "$640"),
        ("4824.76", "exact", "$4,824.76"),
        ("640", "exact", "$640.00"),
        ("0.005", "exact", "$0.01"),
        ("-42110.10", "", "−$42,110"),
        ("-0.001", "exact", "$0.00"),
        ("12.50", "whole", "$13"),
        ("2412880", "compact", "$2.4M"),
    ],
)
def test_money_shows_cents_only_where_they_matter(amount: str, style: str, text: str) -> None:
    assert formats.money_text(Money(Decimal(amount)), style=style) == text


def test_money_keeps_the_minor_units_of_its_currency() -> None:
    assert formats.money_text(Money(Decimal(1500), "JPY"), style="exact") == "¥1,500"
    assert formats.money_text(Money(Decimal("1.5"), "EUR"), style="exact") == "€1.50"


def test_money_and_dates_follow_the_readers_language() -> None:
    with translation.override("pt-br"):
        assert formats.money_text(Money(Decimal("1234.5")), style="exact") == "US$\xa01.234,50"
        assert formats.percent_text(Decimal("0.1234")) == "12,3%"
        assert formats.date_text(date(2026, 3, 31)) == "31 de mar. de 2026"


def test_a_language_without_a_locale_reads_as_english() -> None:
    with translation.override("xx-pseudo"):
        assert formats.percent_text(Decimal("0.5")) == "50.0%"


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_exact_money_reads_back_to_the_cent(amount: Decimal) -> None:
    text = formats.money_text(amount, style="exact")
    digits = text.replace("$", "").replace(",", "").replace(formats.MINUS, "-")
    assert Decimal(digits) == formats.rounded(amount, 2)
    assert digits != "-0.00"


@pytest.mark.parametrize(
    ("fraction", "places", "text"),
    [
        ("0.123", 1, "12.3%"),
        ("0.1235", 1, "12.4%"),
        ("-0.0071", 1, "−0.7%"),
        ("0.812", 0, "81%"),
        ("0.00499", 2, "0.50%"),
    ],
)
def test_percentages_have_one_decimal_unless_told_otherwise(fraction: str, places: int, text: str) -> None:
    assert formats.percent_text(Decimal(fraction), places) == text


def test_how_long_ago_is_counted_from_now() -> None:
    now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert formats.ago_text(datetime(2026, 3, 31, 9, tzinfo=UTC), now) == "3 hours ago"
