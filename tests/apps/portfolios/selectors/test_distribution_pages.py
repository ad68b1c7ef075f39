"""Required distributions as their page shows them, with passports."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, Person
from apps.kernel.errors import NotFoundError
from apps.portfolios.selectors.distribution_pages import distribution_page, distribution_passport, table_text
from apps.portfolios.selectors.passports import account_passport
from tests.apps.portfolios.services.test_distributions import BEQUEST, ira, told
from tests.factories import clients, portfolios

DAY = dt.date(2026, 11, 2)


@pytest.fixture
def household(ada: User) -> Household:
    """The head is 75 in 2026."""
    made = clients.household(ada)
    Person.objects.filter(household=made, relationship="head").update(date_of_birth=dt.date(1951, 5, 17))
    return made


def test_a_year_shows_what_is_required_and_what_another_account_paid_for_it(household: Household, ada: User) -> None:
    account, other = ira(household, ada, cash="246000"), ira(household, ada, "sep_ira", "24600")
    portfolios.entry(other, ada, "withdrawal", dt.date(2026, 3, 2), cash="-3000")
    (line,) = distribution_page(account, DAY).lines
    assert (line.required.amount, line.taken, line.amount) == (Decimal(10_000), Decimal(0), Decimal(8_000))
    for figure, value in (("required", "10000"), ("owed", "8000"), ("balance", "246000"), ("taken", "0")):
        found = account_passport(account, f"{figure}-2026", DAY)
        assert found.value.value is not None
        assert Decimal(str(found.value.value.amount)) == Decimal(value)
        assert any("Other accounts" in note for note in found.notes)
    assert distribution_passport(account, "divisor-2026", DAY).value.value == Decimal("24.6")
    with pytest.raises(NotFoundError):
        distribution_passport(account, "owed-2027", DAY)


def test_an_inherited_account_says_its_rule_or_what_is_missing(household: Household, ada: User) -> None:
    account = ira(household, ada, "inherited_ira")
    assert "from whom" in distribution_page(account, DAY).lacks
    told(account, ada, **{**BEQUEST, "died_on": dt.date(2016, 5, 1), "heir": "no_person"})
    found = distribution_passport(account, "required-2026", DAY)
    assert "Single Life" in found.lines[1].how
    # 16.4 at 71, less ten
    assert distribution_page(account, DAY).lines[0].required.divisor == Decimal("8.0")
    ended = distribution_passport(account, "required-2034", dt.date(2034, 2, 1))
    assert "all that is left" in ended.method
    told(account, ada, **{**BEQUEST, "died_on": dt.date(2026, 1, 5), "left_by_deceased": Decimal(100)})
    assert "year after the death" in distribution_passport(account, "owed-2026", DAY).notes[1]


def test_what_asks_for_nothing_says_why(household: Household, ada: User) -> None:
    roth, young = ira(household, ada, "roth_ira"), ira(household, ada, cash="5")
    assert "registration" in distribution_page(roth, DAY).lacks
    Person.objects.update(date_of_birth=dt.date(1990, 1, 1))
    assert "nothing this year" in distribution_page(young, DAY).lacks
    Person.objects.update(date_of_birth=None)
    assert "date of birth" in distribution_page(young, DAY).lacks
    young.owners.all().delete()
    assert "no owner" in distribution_page(young, DAY).lacks
    assert table_text("joint") == "Joint and Last Survivor Table"


def test_a_plan_asks_whether_its_owner_works_there_until_somebody_says(household: Household, ada: User) -> None:
    plan = ira(household, ada, "plan_401k")
    page = distribution_page(plan, DAY)
    assert ("still works" in page.asks[0], len(page.lines)) == (True, 1)
    told(plan, ada, employment="working", is_five_percent_owner=False)
    page = distribution_page(plan, DAY)
    assert (page.asks, "the owner leaves" in page.lacks) == ((), True)


def test_a_bequest_says_who_shares_who_died_and_as_what_a_spouse_holds_it(household: Household, ada: User) -> None:
    account = ira(household, ada, "inherited_ira")
    more = {"oldest_heir_born_on": dt.date(1945, 1, 1), "heir_born_on": dt.date(1955, 1, 1)}
    told(account, ada, **{**BEQUEST, **more, "heir_died_on": dt.date(2024, 1, 1)})
    notes = " ".join(distribution_passport(account, "required-2026", DAY).notes)
    assert "life of the oldest" in notes
    assert "ten years from then" in notes
    told(account, ada, **{**BEQUEST, "heir": "spouse", "spouse_holds": "as_deceased"})
    found = distribution_passport(account, "required-2026", DAY)
    assert "As the one who died would have" in " ".join(found.notes)
    Person.objects.filter(household=household, relationship="head").update(date_of_birth=dt.date(1953, 5, 17))
    told(account, ada, **{**BEQUEST, "heir": "spouse", "spouse_holds": "own"})
    found = distribution_passport(account, "required-2026", DAY)
    assert "falls into one year" in " ".join(found.notes)
