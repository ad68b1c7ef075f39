"""Ratios of a household's money against figures worked by hand."""

from decimal import Decimal

import pytest

from apps.money.engine.capacity import debt_service_ratio, liquidity_coverage, net_worth_share, under_age

D = Decimal


def test_payments_of_a_year_over_income():
    assert debt_service_ratio(D(2100), D(215_000)) == D("0.1172")


@pytest.mark.parametrize(("payments", "income"), [(D(0), D(100_000)), (D(2100), D(0)), (D(2100), D(-1))])
def test_no_ratio_without_payments_or_income(payments, income):
    assert debt_service_ratio(payments, income) is None


def coverage(**changes):
    facts = {
        "ready_money": D(4200), "monthly_costs": D(4000), "monthly_payments": D(2100),
        "annual_income_not_earned": D(0),
    }  # fmt: skip
    return liquidity_coverage(**{**facts, **changes})


def test_ready_money_over_a_year_of_costs_and_payments():
    assert coverage() == D("0.0574")  # 4,200 of 73,200


def test_income_that_needs_no_work_lowers_the_need():
    assert coverage(annual_income_not_earned=D(72_000)) == D("3.5")


@pytest.mark.parametrize("changes", [{"monthly_costs": None}, {"annual_income_not_earned": D(73_200)}])
def test_no_coverage_where_nothing_is_known_or_needed(changes):
    assert coverage(**changes) is None


def test_investments_are_at_most_all_of_the_net_worth():
    assert net_worth_share(D(1), D(3)) == D("0.3333")
    assert net_worth_share(D(300), D(200)) == 1
    assert net_worth_share(D(300), D(0)) is None


def test_nobody_is_counted_whose_age_is_not_known():
    assert under_age([17, 18, 3]) == 2
    assert under_age([]) == 0
    assert under_age([17, None]) is None
