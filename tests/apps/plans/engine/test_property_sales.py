"""What a sale of property brings and what of it is taxed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.property_sales import Sale, SaleGain, sale_gain

AMOUNTS = st.decimals(min_value=0, max_value=5_000_000, places=2)


def sale(price: int, basis: int) -> Sale:
    return Sale(Decimal(price), Decimal(price) * Decimal("0.06"), Decimal(basis))


@pytest.mark.parametrize(
    ("price", "basis", "exclusion", "expected"),
    [
        # Pub. 523: a gain below the exclusion is not taxed, above it only the rest
        (600_000, 300_000, 500_000, (564_000, 264_000, 0)),
        (600_000, 300_000, 250_000, (564_000, 250_000, 14_000)),
        (900_000, 100_000, 500_000, (846_000, 500_000, 246_000)),
        (300_000, 400_000, 250_000, (282_000, 0, 0)),
    ],
)
def test_the_gain_of_a_home(price: int, basis: int, exclusion: int, expected: tuple[int, int, int]) -> None:
    found = sale_gain(sale(price, basis), exclusion=Decimal(exclusion), is_investment=False)
    assert found == SaleGain(*(Decimal(amount) for amount in expected))


def test_the_loss_of_an_investment_counts() -> None:
    found = sale_gain(sale(300_000, 400_000), exclusion=Decimal(0), is_investment=True)
    assert found.taxed == Decimal(-118_000)


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.booleans())
@settings(max_examples=60)
def test_no_more_is_taxed_than_was_gained(
    price: Decimal, basis: Decimal, exclusion: Decimal, is_investment: bool
) -> None:
    told = Sale(price, price / 20, basis)
    found = sale_gain(told, exclusion=exclusion, is_investment=is_investment)
    gain = found.realised - basis
    assert found.taxed <= max(gain, Decimal(0))
    assert Decimal(0) <= found.excluded <= exclusion
    if gain > 0:
        assert found.taxed + found.excluded == gain
