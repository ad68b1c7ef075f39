from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError, MixedCurrenciesError
from apps.kernel.money import Money, Rate, RoundingRule, allocated, in_cents


def test_money_of_two_currencies_refuses_to_add():
    with pytest.raises(MixedCurrenciesError, match="USD and EUR"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")


def test_money_refuses_floats_and_infinities():
    with pytest.raises(InvalidInputError, match="float"):
        Money(1.1)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="finite"):
        Money(Decimal("Infinity"))


@pytest.mark.parametrize(
    ("amount", "rule", "posted"),
    [
        ("2.345", RoundingRule.HALF_UP, "2.35"),
        ("2.345", RoundingRule.HALF_EVEN, "2.34"),
        ("-2.345", RoundingRule.HALF_UP, "-2.35"),
    ],
)
def test_half_a_cent_follows_the_rule_of_the_firm(amount, rule, posted):
    assert Money(Decimal(amount)).rounded(rule) == Money(Decimal(posted))


def test_yen_have_no_cents():
    assert Money(Decimal("10.5"), "JPY").rounded().amount == Decimal(11)


def test_a_household_fee_is_split_as_the_published_example_has_it():
    # 2,187.50 over 400k, 350k and 250k: the odd cent goes to the larger account
    parts = allocated(Money(Decimal("2187.50")), [Decimal(400_000), Decimal(350_000), Decimal(250_000)])
    assert [p.amount for p in parts] == [Decimal("875.00"), Decimal("765.63"), Decimal("546.87")]


@given(
    st.integers(-10_000_000, 10_000_000),
    st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any),
)
def test_parts_always_add_up_to_the_whole(cents, weights):
    total = Money(Decimal(cents) / 100)
    parts = allocated(total, [Decimal(w) for w in weights])
    assert sum((p.amount for p in parts), Decimal(0)) == total.amount
    assert all(p.rounded() == p for p in parts)


def test_a_rate_in_basis_points_is_exact():
    assert Rate.from_bps(125).of(Money(Decimal(1000))) == Money(Decimal("12.5000"))
    assert Rate(Decimal("0.0125")).bps == Decimal(125)


def test_engines_take_amounts_to_the_cent_half_up() -> None:
    assert [in_cents(Decimal(amount)) for amount in ("0.005", "-0.005", "2.674999", "1e9")] == [0.01, -0.01, 2.67, 1e9]
