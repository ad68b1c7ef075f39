from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.billing.engine.ledger import at_places, exact_sum, ledger_parts, posted_parts
from apps.kernel.money import Money, RoundingRule

parts = st.lists(st.fractions(-(10**7), 10**7, max_denominator=10**6), min_size=1, max_size=12)


def test_a_third_is_carried_to_twelve_digits_and_an_exact_value_as_it_is():
    assert at_places(Fraction(1, 3)) == Decimal("0.333333333333")
    assert str(at_places(Fraction(4000))) == "4000"
    assert str(at_places(Fraction(-5, 2))) == "-2.5"


def test_three_thirds_make_one():
    assert sum(ledger_parts([Fraction(1, 3)] * 3)) == 1


@given(parts)
def test_carried_parts_add_up_to_the_carried_whole(fractions):
    carried = ledger_parts(fractions)
    assert exact_sum(carried) == at_places(sum(fractions, Fraction(0)))
    assert all(abs(Fraction(c) - f) < Fraction(1, 10**12) for c, f in zip(carried, fractions, strict=True))


@given(parts, st.sampled_from(list(RoundingRule)))
def test_posted_parts_are_cents_that_add_up_whatever_their_signs(fractions, rule):
    exact = ledger_parts(fractions)
    total, cents = posted_parts(exact, [abs(f) for f in fractions], "USD", rule)
    assert total == Money(exact_sum(exact)).rounded(rule)
    assert sum((c.amount for c in cents), Decimal(0)) == total.amount
    assert all(abs(c.amount - e) < Decimal("0.01") for c, e in zip(cents, exact, strict=True))


def test_an_odd_cent_goes_to_the_larger_account_and_then_to_the_earlier():
    half = Decimal("0.005")
    assert [
        str(m.amount) for m in posted_parts([half, half], [Fraction(1), Fraction(2)], "USD", RoundingRule.HALF_UP)[1]
    ] == ["0.00", "0.01"]
    assert [
        str(m.amount) for m in posted_parts([half, half], [Fraction(2), Fraction(2)], "USD", RoundingRule.HALF_UP)[1]
    ] == ["0.01", "0.00"]


@pytest.mark.parametrize(("rule", "posted"), [(RoundingRule.HALF_UP, "0.03"), (RoundingRule.HALF_EVEN, "0.02")])
def test_the_sum_is_rounded_once_by_the_rule_of_the_firm(rule, posted):
    assert posted_parts([Decimal("0.0125"), Decimal("0.0125")], [Fraction(1)] * 2, "USD", rule)[0] == Money(
        Decimal(posted)
    )


def test_a_currency_without_cents_is_posted_in_whole_units():
    total, yen = posted_parts([Decimal("10.5"), Decimal("10.4")], [Fraction(1)] * 2, "JPY", RoundingRule.HALF_UP)
    assert (total.amount, [y.amount for y in yen]) == (21, [11, 10])


def test_a_callers_decimal_context_changes_nothing():
    with localcontext() as context:
        context.prec = 3
        assert exact_sum([Decimal("123456.78"), Decimal("0.01")]) == Decimal("123456.79")
        assert str(at_places(Fraction(12345678, 100))) == "123456.78"
