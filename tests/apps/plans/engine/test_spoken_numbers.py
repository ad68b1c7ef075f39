"""Numbers and amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.spoken_numbers import Per, Tongue, money_in, numbers_in

EN, PT = Tongue.ENGLISH, Tongue.PORTUGUESE


@pytest.mark.parametrize(
    ("text", "tongue", "amount", "currency", "per"),
    [
        ("about $80k", EN, "80000", "USD", Per.ONCE),
        ("1.2 million dollars", EN, "1200000", "USD", Per.ONCE),
        ("half a million", EN, "500000", "", Per.ONCE),
        ("a million and a half", EN, "1500000", "", Per.ONCE),
        ("two hundred and fifty thousand", EN, "250000", "", Per.ONCE),
        ("a hundred grand", EN, "100000", "", Per.ONCE),
        ("twenty-five thousand a year", EN, "25000", "", Per.YEAR),
        ("$5,000 per month", EN, "5000", "USD", Per.MONTH),
        ("12,500.75 every month", EN, "12500.75", "", Per.MONTH),
        ("€40k", EN, "40000", "EUR", Per.ONCE),
        ("R$ 500 mil", PT, "500000", "BRL", Per.ONCE),
        ("meio milhão", PT, "500000", "", Per.ONCE),
        ("um milhão e meio de reais", PT, "1500000", "BRL", Per.ONCE),
        ("duzentos e cinquenta mil", PT, "250000", "", Per.ONCE),
        ("R$ 1.250.000,50", PT, "1250000.50", "BRL", Per.ONCE),
        ("mil reais por mês", PT, "1000", "BRL", Per.MONTH),
        ("2,5 milhões", PT, "2500000", "", Per.ONCE),
    ],
)
def test_an_amount_is_what_the_words_say(text: str, tongue: Tongue, amount: str, currency: str, per: Per):
    (told,) = money_in(text, tongue)
    assert (told.amount, told.currency, told.per) == (Decimal(amount), currency, per)


@pytest.mark.parametrize(
    "text", ["at 62", "by 2035", "for four years", "my 3 kids", "a cabin", "in 1,000 ways I am 62"]
)
def test_ages_years_and_counts_are_no_money(text: str):
    assert [each.amount for each in money_in(text, EN)] in ([], [Decimal(1000)])


def test_every_number_is_found_at_its_place():
    text = "I'm 62 and want 40,000 a year for four years"
    found = [(int(each.value), text[each.start : each.end]) for each in numbers_in(text, EN)]
    assert found == [(62, "62"), (40_000, "40,000"), (4, "four")]


@given(st.integers(1_000, 999_999_999))
def test_digits_with_separators_are_read_in_each_language(amount: int):
    if amount not in range(1900, 2201):
        (english,) = money_in(f"about {amount:,} or so", EN)
        (portuguese,) = money_in(f"uns {amount:,}".replace(",", "."), PT)
        assert english.amount == portuguese.amount == amount


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str):
    for tongue in Tongue:
        for each in money_in(text, tongue):
            assert 0 <= each.start < each.end <= len(text)


@pytest.mark.parametrize("text", ["I have a 401k and want a cabin", "from our 401K", "roll the 401 k over"])
def test_a_plan_at_work_is_no_amount(text: str) -> None:
    assert money_in(text, EN) == []


def test_a_currency_makes_it_one() -> None:
    assert [each.amount for each in money_in("a cabin for $401k", EN)] == [Decimal(401_000)]
