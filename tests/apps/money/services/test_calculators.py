"""Calculators of money put a typed question to the engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.money.engine.rent_or_buy import rent_or_buy
from apps.money.services.calculators import (
    RefinancingAsked,
    ask_interest,
    ask_loan,
    ask_refinancing,
    ask_rent_or_buy,
)
from tests.apps.money.engine.test_rent_or_buy import USUAL

ON = dt.date(2026, 1, 31)


def test_a_saving_comes_to_what_was_paid_in_and_its_interest():
    # 1,000 and 100 a month at 12 %: 1,000·1.01^12 + 100·(1.01^12 − 1)/0.01
    grown = ask_interest(start=Decimal(1_000), monthly=Decimal(100), annual_rate=Decimal("0.12"), years=1)
    assert (grown.end, grown.paid_in, grown.interest) == (Decimal("2395.08"), 2_200, Decimal("195.08"))
    assert grown.effective == Decimal("0.126825")
    still = ask_interest(start=Decimal(0), monthly=Decimal(100), annual_rate=Decimal(0), years=2)
    assert (still.end, still.interest) == (2_400, 0)
    with pytest.raises(InvalidInputError) as refused:
        ask_interest(start=Decimal(0), monthly=Decimal(0), annual_rate=Decimal(0), years=1)
    assert refused.value.field == "start"


def test_a_loan_and_what_paying_more_saves():
    # the published payment of 200,000 over 30 years at 6 %
    told = {"principal": Decimal(200_000), "annual_rate": Decimal("0.06"), "years": 30, "on": ON}
    plain = ask_loan(extra=Decimal(0), **told)
    assert plain.plain.level == Decimal("1199.10")
    assert plain.quick is plain.plain
    assert plain.plain.payments[0].due == dt.date(2026, 2, 28)
    quick = ask_loan(extra=Decimal(200), **told)
    assert quick.quick.interest < quick.plain.interest
    assert len(quick.quick.payments) < 360
    with pytest.raises(InvalidInputError) as refused:
        ask_loan(extra=Decimal(0), **{**told, "principal": Decimal(0)})
    assert refused.value.field == "principal"


def test_a_cheaper_loan_in_its_place_makes_up_for_its_costs():
    asked = RefinancingAsked(Decimal(200_000), Decimal("0.07"), 25, Decimal("0.05"), 25, Decimal(4_000))
    found = ask_refinancing(asked, ON)
    assert found.saved == found.old.interest - found.new.interest - 4_000
    assert found.saved > 0
    assert found.paid_back_on is not None
    with pytest.raises(InvalidInputError) as refused:
        ask_refinancing(replace(asked, owed=Decimal(0)), ON)
    assert refused.value.field == "owed"


def test_rent_or_buy_is_the_engines_own():
    told = {name: getattr(USUAL, name) for name in USUAL.__slots__ if name != "first_due"}
    assert ask_rent_or_buy(told, dt.date(2025, 12, 1)) == rent_or_buy(USUAL)
