"""What the household is worth over time: things beside accounts, less debts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.inputs import Debt
from apps.plans.engine.life_events import LifeEvents
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.net_worth import debt_balance, worth_by_year
from apps.plans.engine.schedules import debt_payments
from tests.apps.plans.engine.households import family, family_cube
from tests.apps.plans.engine.test_life_events import FLAT, HOME

LOAN = Debt("mortgage", 260_000.0, 0.055, 2_100.0, "USD")


def test_a_balance_is_what_the_payments_leave() -> None:
    paid = debt_payments(LOAN.balance, LOAN.annual_rate, LOAN.monthly_payment, 360)
    assert debt_balance(LOAN, 0, None) == 260_000.0
    assert debt_balance(LOAN, 1, None) == pytest.approx(260_000.0 * (1 + 0.055 / 12) - paid[0])
    assert debt_balance(LOAN, 359, None) == 0.0
    assert debt_balance(LOAN, 43, 42) == 0.0
    assert debt_balance(LOAN, 42, 42) > 0.0


def test_a_thing_counts_until_it_is_sold_and_its_debt_until_then() -> None:
    inputs = replace(family(), events=LifeEvents(things=(HOME, replace(FLAT, sale_day=None))))
    wealth, prices = [1_000.0] * 49, [1.0, *[2.0] * 48]
    found = worth_by_year(inputs, wealth, prices)
    assert found[0].things == 900_000.0
    assert found[0].debts == 275_000.0
    assert (found[1].calendar_year, found[1].accounts) == (2027, 500.0)
    by_year = {row.calendar_year: row for row in found}
    # sold in June 2047: half a year of growth from July 2026 to January, 20 more to the year of the sale
    assert by_year[2047].things == pytest.approx((700_000.0 * 1.035**20.5 + 200_000.0) / 2)
    assert by_year[2048].things == 100_000.0
    assert by_year[2048].debts == 0.0


def test_a_projection_tells_it_where_something_is_owned() -> None:
    inputs = replace(family(), events=LifeEvents(things=(HOME,)))
    result = project(inputs, family_cube())
    assert [row.accounts for row in result.worth] == pytest.approx(result.expected_wealth_real)
    assert project(family(), family_cube()).worth == ()


def test_of_a_part_sold_the_rest_stays_and_what_is_not_paid_yet_counts() -> None:
    shop = replace(FLAT, value=1_000_000.0, sold_share=0.6, instalments=3, selling_cost=0.0, sale_day=date(2030, 6, 1))
    inputs = replace(family(), events=LifeEvents(things=(shop,)))
    things = {row.calendar_year: row.things for row in worth_by_year(inputs, [0.0] * 49, [1.0] * 49)}
    told = [things[year] for year in (2030, 2031, 2032, 2033)]
    assert told == pytest.approx([1_000_000.0, 800_000.0, 600_000.0, 400_000.0])
