"""Distributions that accounts still owe: of which accounts, how much, by when."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, Person
from apps.portfolios.models import Account, Registration
from apps.portfolios.selectors.cash_needs import cash_needs, need_text
from apps.portfolios.selectors.distributions import DistributionDue, distributions_due
from apps.portfolios.services.accounts import OwnerShare
from apps.portfolios.services.distributions import DistributionFacts, set_distribution_terms
from tests.factories import clients, portfolios

DAY, END = dt.date(2026, 11, 2), dt.date(2026, 12, 31)
D = Decimal


@pytest.fixture
def household(ada: User) -> Household:
    """The head is 75 in 2026, the partner 47."""
    made = clients.household(ada)
    Person.objects.filter(household=made, relationship="head").update(date_of_birth=dt.date(1951, 5, 17))
    return made


def opened(
    household: Household, ada: User, cash: str, registration: str = "traditional_ira", **more: object
) -> Account:
    account = portfolios.account(household, ada, registration=registration, number=f"{cash}-{registration}", **more)
    portfolios.entry(account, ada, "deposit", cash=cash)
    return account


def told(found: list[DistributionDue]) -> list[tuple[Account, Decimal, dt.date]]:
    return [(each.account, each.amount, each.required.due_on) for each in found]


def due(*accounts: Account, day: dt.date = DAY, until: dt.date = END) -> list[tuple[Account, Decimal, dt.date]]:
    return told(distributions_due(accounts, day, until))


def test_an_ira_owes_its_share_of_the_value_at_the_end_of_the_year_before(household: Household, ada: User) -> None:
    account = opened(household, ada, "246000")
    portfolios.entry(account, ada, "deposit", dt.date(2026, 2, 2), cash="5000")
    assert due(account) == [(account, D(10_000), END)]
    assert due(account, until=END - dt.timedelta(days=1)) == []
    portfolios.entry(account, ada, "withdrawal", dt.date(2026, 3, 2), cash="-4000")
    assert due(account) == [(account, D(6_000), END)]
    assert due(account, day=dt.date(2026, 3, 1)) == [(account, D(10_000), END)]
    (need,) = cash_needs([account], DAY, END)
    assert (need.kind, need.amount, need.reference) == ("distribution", D(6_000), "2026")
    assert "Required distribution for 2026" in need_text(need.kind, need.reference, need.due_on)


def test_iras_of_one_owner_count_together_and_a_plan_alone(household: Household, ada: User) -> None:
    ira, sep = opened(household, ada, "246000"), opened(household, ada, "123000", Registration.SEP_IRA)
    plan = opened(household, ada, "24600", Registration.PLAN_401K)
    portfolios.entry(ira, ada, "withdrawal", dt.date(2026, 3, 2), cash="-12000")
    assert due(ira, sep, plan) == [(sep, D(3_000), END), (plan, D(1_000), END)]


def test_other_accounts_other_ages_and_several_owners_owe_nothing(household: Household, ada: User) -> None:
    partner, head = (household.people.get(relationship=each) for each in ("partner", "head"))
    roth, taxed = opened(household, ada, "1000", Registration.ROTH_IRA), opened(household, ada, "1001", "individual")
    inherited = opened(household, ada, "1002", Registration.INHERITED_IRA)
    young = opened(household, ada, "1003", owners=(OwnerShare(partner),))
    half = D("0.5")
    shared = opened(household, ada, "1004", owners=(OwnerShare(partner, half), OwnerShare(head, half)))
    assert due(roth, taxed, inherited, young, shared) == []


def test_the_first_may_be_taken_until_april_of_the_next_year(household: Household, ada: User) -> None:
    Person.objects.filter(household=household, relationship="head").update(date_of_birth=dt.date(1952, 5, 17))
    account = opened(household, ada, "265000", opened_on=dt.date(2024, 1, 2))
    april = dt.date(2026, 4, 1)
    # deposited in 2025: nothing was there at the end of 2024, for the first year 2025
    assert due(account, day=dt.date(2026, 1, 15), until=april) == []
    portfolios.entry(account, ada, "deposit", dt.date(2024, 12, 2), cash="53000")
    assert due(account, day=dt.date(2026, 1, 15), until=april) == [(account, D(2_000), april)]
    # of what is taken in spring the first year's counts before the second's
    portfolios.entry(account, ada, "withdrawal", dt.date(2026, 1, 10), cash="-3000")
    second = (D(318_000) / D("25.5")).quantize(D("0.01"))
    assert due(account, day=dt.date(2026, 1, 15)) == [(account, second - D(1_000), END)]


def test_the_403b_contracts_of_one_owner_count_together_and_not_for_a_401k(household: Household, ada: User) -> None:
    one, other = (opened(household, ada, each, Registration.PLAN_403B) for each in ("246000", "123000"))
    plan = opened(household, ada, "24600", Registration.PLAN_401K)
    portfolios.entry(one, ada, "withdrawal", dt.date(2026, 3, 2), cash="-15000")
    assert due(one, other, plan) == [(plan, D(1_000), END)]


def test_what_a_spouse_holds_as_the_own_counts_with_the_own_iras(household: Household, ada: User) -> None:
    own, from_spouse = opened(household, ada, "246000"), opened(household, ada, "24600", Registration.INHERITED_IRA)
    facts = DistributionFacts(
        deceased_born_on=dt.date(1948, 1, 1), died_on=dt.date(2023, 5, 1), heir="spouse", spouse_holds="own"
    )
    set_distribution_terms(account=from_spouse, facts=facts, by=ada.as_actor())
    assert due(own, from_spouse) == [(own, D(10_000), END), (from_spouse, D(1_000), END)]
    portfolios.entry(own, ada, "withdrawal", dt.date(2026, 3, 2), cash="-10500")
    assert due(own, from_spouse) == [(from_spouse, D(500), END)]
