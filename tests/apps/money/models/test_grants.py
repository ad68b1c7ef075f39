"""The schedule of a grant: its days and parts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.money.models import EquityGrant

GRANTED = dt.date(2025, 1, 31)


def grant(cliff: int, whole: int, every: int) -> EquityGrant:
    return EquityGrant(
        granted_on=GRANTED, quantity=Decimal(4_800), cliff_months=cliff, vesting_months=whole, every_months=every
    )


def test_at_the_cliff_comes_what_its_months_have_earned_and_then_each_part() -> None:
    tranches = grant(12, 48, 3).tranches()
    assert tranches[0] == (dt.date(2026, 1, 31), 1_200)
    # the last day of a month that has no 31st
    assert tranches[1] == (dt.date(2026, 4, 30), 300)
    assert tranches[-1][0] == dt.date(2029, 1, 31)
    assert len(tranches) == 13
    assert sum(shares for _, shares in tranches) == 4_800


@pytest.mark.parametrize(
    ("terms", "number", "first"),
    [
        ((0, 48, 1), 48, dt.date(2025, 2, 28)),
        ((0, 48, 12), 4, dt.date(2026, 1, 31)),
        ((6, 24, 12), 3, dt.date(2025, 7, 31)),
        ((48, 48, 1), 1, dt.date(2029, 1, 31)),
        # a schedule shorter than its step
        ((0, 6, 12), 1, dt.date(2025, 7, 31)),
        ((0, 0, 3), 1, GRANTED),
    ],
)
def test_all_of_it_vests_over_the_schedule(terms: tuple[int, int, int], number: int, first: dt.date) -> None:
    tranches = grant(*terms).tranches()
    assert (len(tranches), tranches[0][0]) == (number, first)
    assert sum(shares for _, shares in tranches) == 4_800
    assert [day for day, _ in tranches] == sorted({day for day, _ in tranches})


@pytest.mark.parametrize(
    ("kind", "strike", "discount", "worth"),
    [
        ("rsu", None, 0, 3_300 * 50),
        ("nso", Decimal(20), 0, 3_300 * 30),
        # nobody exercises an option that costs more than its share
        ("iso", Decimal(60), 0, 0),
        ("espp", None, Decimal("0.15"), Decimal("0.15") * 3_300 * 50),
    ],
)
def test_what_has_vested_and_what_the_rest_is_worth_are_those_of_the_day_of_the_price(kind, strike, discount, worth):
    told = grant(12, 48, 3)
    told.kind, told.price, told.strike, told.discount = kind, Decimal(50), strike, discount
    told.as_of = dt.date(2026, 4, 29)
    assert told.vested == 1_200
    told.as_of = dt.date(2026, 4, 30)
    assert told.vested == 1_500
    assert told.unvested_worth == worth
