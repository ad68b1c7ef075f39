"""Rates of exchange between two currencies, whichever way they are kept."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.kernel.dates import DateSpan
from apps.market.selectors.prices import Close, rate_replaced_at, rates_in
from tests.factories import market as made

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = dt.date(2024, 1, 2), dt.date(2024, 1, 3), dt.date(2024, 1, 4)
SPAN = DateSpan(SECOND, THIRD)


def kept() -> None:
    """A euro in dollars on the first and third day, a dollar in reais on the second."""
    made.rates(("EUR", "USD"), {FIRST: "1.10", THIRD: "1.20"})
    made.rates(("USD", "BRL"), {SECOND: "5"})


def test_a_pair_is_read_as_it_is_kept_or_inverted():
    kept()
    assert rates_in("USD", {"EUR"}, SPAN) == {"EUR": [Close(FIRST, Decimal("1.1")), Close(THIRD, Decimal("1.2"))]}
    assert rates_in("BRL", {"USD"}, SPAN) == {"USD": [Close(SECOND, Decimal(5))]}
    assert rates_in("USD", {"BRL"}, SPAN) == {"BRL": [Close(SECOND, Decimal("0.2"))]}


def test_a_pair_that_is_not_kept_is_crossed_through_the_dollar_from_the_day_both_are_known():
    kept()
    assert rates_in("BRL", {"EUR"}, SPAN) == {"EUR": [Close(SECOND, Decimal("5.5")), Close(THIRD, Decimal(6))]}
    assert rates_in("BRL", {"EUR", "USD"}, DateSpan(FIRST, FIRST)) == {}
    assert rates_in("BRL", {"JPY"}, SPAN) == {}


def test_a_pair_that_is_kept_is_not_crossed(django_assert_num_queries):
    kept()
    made.rates(("EUR", "BRL"), {SECOND: "5.4"})
    with django_assert_num_queries(2):
        assert rates_in("BRL", {"EUR"}, SPAN) == {"EUR": [Close(SECOND, Decimal("5.4"))]}


def test_a_correction_of_either_side_is_a_correction_of_what_was_crossed():
    kept()
    moment = timezone.now()
    made.rate_told(("EUR", "USD"), FIRST, "1.15")
    assert rates_in("BRL", {"EUR"}, SPAN)["EUR"][0] == Close(SECOND, Decimal("5.75"))
    assert rates_in("BRL", {"EUR"}, SPAN, moment)["EUR"][0] == Close(SECOND, Decimal("5.5"))
    replaced = rate_replaced_at("EUR", "BRL", SECOND, moment)
    assert replaced is not None
    assert replaced > moment
