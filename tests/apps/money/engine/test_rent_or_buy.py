"""Renting against buying: cases by hand, identities, refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.money.engine.amortisation import Loan, amortise
from apps.money.engine.rent_or_buy import RentOrBuyTerms, rent_or_buy

NONE = Decimal(0)
# nothing grows and nothing bears interest
STILL = RentOrBuyTerms(
    price=Decimal(120_000), down_payment=Decimal(24_000), mortgage_rate=NONE, mortgage_years=10,
    buying_costs=Decimal("0.02"), selling_costs=Decimal("0.05"), yearly_costs=Decimal("0.01"), value_growth=NONE,
    rent=Decimal(1_000), rent_growth=NONE, investment_return=NONE, years=10, first_due=date(2026, 1, 1),
)  # fmt: skip
USUAL = RentOrBuyTerms(
    price=Decimal(400_000), down_payment=Decimal(80_000), mortgage_rate=Decimal("0.065"), mortgage_years=30,
    buying_costs=Decimal("0.03"), selling_costs=Decimal("0.06"), yearly_costs=Decimal("0.025"),
    value_growth=Decimal("0.035"), rent=Decimal(2_100), rent_growth=Decimal("0.03"),
    investment_return=Decimal("0.05"), years=30, first_due=date(2026, 1, 1),
)  # fmt: skip


def test_by_hand_where_nothing_grows():
    # 96,000 over 120 months is 800, a hundredth of the value a year 100: the owner pays 900 and puts 100 aside
    found = rent_or_buy(STILL)
    assert (found.level, found.owner_month) == (800, 900)
    # after a year: 114,000 from the sale less 86,400 owed, and 1,200; the renter has what buying would have taken
    assert (found.ends[0].owner, found.ends[0].renter) == (28_800, 26_400)
    assert (found.ends[-1].owner, found.ends[-1].renter) == (114_000 + 12_000, 26_400)
    assert (found.advantage, found.ahead_after) == (99_600, 1)


def test_by_hand_where_the_renter_pays_less():
    found = rent_or_buy(replace(STILL, rent=Decimal(400), years=1))
    assert (found.ends[0].owner, found.ends[0].renter) == (27_600, 26_400 + 12 * 500)
    assert (found.advantage, found.ahead_after) == (-4_800, None)


def test_a_home_without_a_mortgage_is_its_costs():
    found = rent_or_buy(replace(STILL, down_payment=Decimal(120_000), rent=Decimal(100), years=2))
    assert (found.level, found.owner_month) == (0, 100)
    assert (found.ends[1].owner, found.ends[1].renter) == (114_000, 122_400)


def test_what_is_put_aside_grows_by_its_return_and_the_home_by_its_growth():
    terms = replace(USUAL, rent=Decimal(9999999), years=1, investment_return=Decimal("0.12"))
    found = rent_or_buy(terms).ends[0]
    assert found.renter == Decimal("103040.00")  # 92,000 a year at 12 %
    owed = amortise(Loan(Decimal(320_000), Decimal("0.065"), 360, date(2026, 1, 1))).payments[11].owed_after
    assert found.owner > Decimal(414_000) * Decimal("0.94") - owed


def test_the_usual_case_turns_once_and_a_dearer_rent_turns_it_sooner():
    found, dear = rent_or_buy(USUAL), rent_or_buy(replace(USUAL, rent=Decimal(2_600)))
    assert found.ends[0].owner < found.ends[0].renter
    assert found.ahead_after is not None
    assert dear.ahead_after < found.ahead_after
    for end in found.ends:
        assert (end.owner >= end.renter) == (end.year >= found.ahead_after)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", NONE), ("down_payment", Decimal(-1)), ("down_payment", Decimal(120_001)), ("rent", NONE),
        ("mortgage_rate", Decimal(-1)), ("selling_costs", Decimal(1)), ("yearly_costs", Decimal("-0.01")),
        ("value_growth", Decimal(-1)), ("investment_return", Decimal(2)), ("years", 0), ("mortgage_years", 61),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(field, value):
    with pytest.raises(InvalidInputError) as refused:
        replace(STILL, **{field: value})
    assert refused.value.field == field
