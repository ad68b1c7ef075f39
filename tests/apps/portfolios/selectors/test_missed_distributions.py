"""Distributions that were missed: how much, what of it is made up, and the excise tax."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, Person
from apps.portfolios.engine.distributions import MissedDistribution
from apps.portfolios.models import Account
from apps.portfolios.selectors.distribution_pages import distribution_page, distribution_passport
from apps.portfolios.selectors.distributions import distributions_due
from apps.portfolios.selectors.missed_distributions import distributions_missed
from tests.factories import clients, portfolios

D = Decimal


@pytest.fixture
def household(ada: User) -> Household:
    """The head is 75 in 2026."""
    made = clients.household(ada)
    Person.objects.filter(household=made, relationship="head").update(date_of_birth=dt.date(1951, 5, 17))
    return made


def ira(household: Household, ada: User, cash: str, since: dt.date = dt.date(2024, 12, 2), **more: str) -> Account:
    number = f"{cash}-{since}"
    account = portfolios.account(household, ada, registration="traditional_ira", number=number, opened_on=since, **more)
    portfolios.entry(account, ada, "deposit", since, cash=cash)
    return account


def missed(account: Account, day: dt.date, *others: Account) -> list[MissedDistribution]:
    return distributions_missed(account, [account, *others], day)


def test_a_miss_is_taxed_a_quarter_or_a_tenth_and_made_up_by_what_is_taken_since(
    household: Household, ada: User
) -> None:
    account = ira(household, ada, "255000")
    (found,) = missed(account, dt.date(2026, 2, 1))
    assert (found.required.year, found.missed, found.made_up) == (2025, D("10000.00"), 0)  # 25.5 at 74
    assert (found.excise, found.reduced, found.cure_by) == (D("2500.00"), D("1000.00"), dt.date(2027, 12, 31))
    # 255,000 / 24.6 of 2026 comes first
    portfolios.entry(account, ada, "withdrawal", dt.date(2026, 3, 2), cash="-14365.85")
    (found,) = missed(account, dt.date(2026, 6, 1))
    assert found.made_up == D("4000.00")
    assert missed(account, dt.date(2028, 1, 1))[0].required.year == 2027


def test_what_was_taken_in_time_from_any_ira_is_no_miss(household: Household, ada: User) -> None:
    one, other = ira(household, ada, "255000"), ira(household, ada, "25500")
    portfolios.entry(one, ada, "withdrawal", dt.date(2025, 12, 31), cash="-10600")
    (found,) = missed(other, dt.date(2026, 2, 1), one)
    assert found.missed == D("400.00")
    assert missed(one, dt.date(2026, 2, 1), other) == []


def test_the_first_is_missed_after_the_first_of_april_and_what_it_took_counts_once(
    household: Household, ada: User
) -> None:
    Person.objects.filter(household=household, relationship="head").update(date_of_birth=dt.date(1952, 5, 17))
    account = ira(household, ada, "53000")  # 2,000 for 2025, by 1 April 2026
    portfolios.entry(account, ada, "withdrawal", dt.date(2026, 1, 10), cash="-1500")
    assert missed(account, dt.date(2026, 3, 1)) == missed(account, dt.date(2026, 4, 1)) == []
    (found,) = missed(account, dt.date(2026, 4, 2))
    assert (found.required.year, found.missed) == (2025, D("500.00"))
    # two in one year: what went to the first is no part of the second, in November either
    (due,) = distributions_due([account], dt.date(2026, 11, 2), dt.date(2026, 12, 31))
    assert (due.taken, due.amount) == (0, (D(53_000) / D("25.5")).quantize(D("0.01")))


def test_before_2023_the_tax_was_half(household: Household, ada: User) -> None:
    account = ira(household, ada, "27400", dt.date(2021, 1, 4))
    Person.objects.filter(household=household, relationship="head").update(date_of_birth=dt.date(1948, 5, 17))
    (found,) = missed(account, dt.date(2023, 2, 1))
    assert found.excise == found.reduced == (found.missed / 2).quantize(D("0.01"))


def test_the_page_and_its_passports_show_it(household: Household, ada: User) -> None:
    account, day = ira(household, ada, "255000"), dt.date(2026, 2, 1)
    assert len(distribution_page(account, day).missed) == 1
    for name, amount in (("missed", 10_000), ("made_up", 0), ("excise", 2_500), ("reduced", 1_000)):
        found = distribution_passport(account, f"{name}-2025", day)
        assert found.value.value.amount == amount  # type: ignore[union-attr]
        assert "Form 5329" in found.notes[1]
