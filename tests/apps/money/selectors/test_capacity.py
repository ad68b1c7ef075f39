"""What the household's money says about its capacity for risk."""

import datetime as dt
from decimal import Decimal

import pytest

from apps.compliance.selectors.capacity_inputs import known_capacity
from apps.money.selectors.capacity import known_to_money
from tests.factories import clients as people
from tests.factories import money as made
from tests.factories import portfolios

D = Decimal
ON = dt.date(2025, 6, 20)


@pytest.fixture
def household(ada):
    return people.household(ada)


def facts(household):
    return known_to_money(household, ON).facts


def test_payments_over_income_living_costs_and_debts_against_ready_money(ada, household):
    made.bank_account(household, ada)  # 4,200 at the bank
    made.fact("income", household, ada)  # 120,000 a year
    made.fact("expense", household, ada, monthly_amount=D(4000))
    made.fact("debt", household, ada)  # 2,100 a month
    found = facts(household)
    assert found["debt_service_ratio"] == D("0.1172")  # 25,200 of 120,000 as stated and 95,000 of the profile
    assert found["liquidity_coverage"] == D("0.0574")  # 4,200 of 73,200
    assert found["dependants"] == 2


def test_income_that_does_not_come_from_work_lowers_the_need(ada, household):
    made.bank_account(household, ada, balance=D(12_000))
    made.fact("expense", household, ada, monthly_amount=D(3000))
    made.fact("income", household, ada, kind="pension", annual_amount=D(24_000))
    assert facts(household)["liquidity_coverage"] == 1


def test_what_is_not_known_is_left_out(ada, household):
    found = facts(household)
    assert "liquidity_coverage" not in found, "no living costs are known"
    assert "net_worth_share" not in found, "there is no net worth"
    assert "debt_service_ratio" not in found, "no debt on the books may mean that nobody has asked yet"


def test_a_child_without_a_date_of_birth_leaves_the_number_open(ada, household):
    household.people.filter(relationship="child").update(date_of_birth=None)
    assert "dependants" not in facts(household)


def test_a_child_of_age_and_another_dependant(ada, household):
    child = household.people.filter(relationship="child").first()
    child.date_of_birth = dt.date(2007, 6, 20)
    child.save()
    assert facts(household)["dependants"] == 1
    child.relationship = "dependant"
    child.save()
    assert facts(household)["dependants"] == 2


def test_investments_are_a_share_of_net_worth(ada):
    household, _, _ = portfolios.funded(ada)
    made.fact("property", household, ada, value=D(42_000))
    known = known_to_money(household, ON)
    assert known.portfolio_value == 10_500
    assert known.facts["net_worth_share"] == D("0.2")


def test_the_advisors_form_begins_with_it_and_says_where_it_comes_from(ada, household):
    made.fact("expense", household, ada, monthly_amount=D(1000))
    made.bank_account(household, ada, balance=D(6000))
    known = known_capacity(household, ON)
    assert (known["liquidity_coverage"], known["dependants"]) == (D("0.5"), 2)
    assert known["source"].startswith("household's money, Jun 20, 2025 (dependants, liquid assets over a year’s need")
