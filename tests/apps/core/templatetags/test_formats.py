"""How numbers, money and moments read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from babel.numbers import format_currency, parse_pattern
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from apps.core.templatetags import formats
from apps.kernel.money import Money, minor_units


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


AMOUNTS = st.decimals(min_value=-(10**13), max_value=10**13, allow_nan=False, allow_infinity=False)


def by_babel(value: Decimal, pattern: str, decimals: tuple[int, int], currency: str = "") -> str:
    """Write with Babel alone, as the slow and sure way does."""
    parsed = parse_pattern(pattern)
    parsed.frac_prec = decimals
    here = formats.locale()
    text = format_currency(value, currency, parsed, here, currency_digits=False) if currency else ""
    return (text or str(parsed.apply(value, here))).replace("-", formats.MINUS)


@pytest.mark.parametrize("language", [*dict(settings.LANGUAGES), "hi", "de-ch", "pl", "ar"])
@given(
    value=AMOUNTS | AMOUNTS.map(lambda value: value.scaleb(-7)),
    currency=st.sampled_from(["USD", "BRL", "EUR", "JPY", "KWD", "CHF"]),
    places=st.integers(0, 6),
)
def test_numbers_read_as_babel_writes_them(language: str, value: Decimal, currency: str, places: int) -> None:
    with translation.override(language):
        here = formats.locale()
        exact = formats.rounded(value, minor_units(currency))
        decimals = (minor_units(currency), minor_units(currency))
        money = by_babel(exact, here.currency_formats["standard"].pattern, decimals, currency)
        assert formats.money_text(value, currency, "exact") == money
        percent = by_babel(formats.rounded(value, places + 2), here.percent_formats[None].pattern, (places, places))
        assert formats.percent_text(value, places) == percent
        number = here.decimal_formats[None].pattern
        assert formats.number_text(value, places) == by_babel(formats.rounded(value, places), number, (places, places))
        assert formats.number_text(value) == by_babel(formats.rounded(value, 6), number, (0, 6))


@pytest.mark.parametrize("language", list(dict(settings.LANGUAGES)))
def test_the_languages_on_offer_are_written_the_short_way(language: str) -> None:
    with translation.override(language):
        for kind in ("currency", "percent", "decimal"):
            assert formats._writer(formats.locale(), kind, (2, 2), "USD").__name__ == "framed"


def test_one_moment_of_two_zones_keeps_its_two_days() -> None:
    late = datetime(2026, 3, 31, 23, tzinfo=timezone(timedelta(hours=-3)))
    assert formats.date_text(late) == "Mar 31, 2026"
    assert formats.date_text(late.astimezone(UTC)) == "Apr 1, 2026"


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


@pytest.mark.parametrize(
    ("difference", "places", "text"), [(0.0316, 1, "3.2"), ("-0.00316", 2, "−0.32"), (0.0, 1, "0.0"), (1, 0, "100")]
)
def test_a_difference_of_proportions_reads_in_points(difference: float | str, places: int, text: str) -> None:
    assert formats.points_text(Decimal(difference) if isinstance(difference, str) else difference, places) == text
