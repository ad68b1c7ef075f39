"""What a household ought to hold, and how far off it is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.portfolios.engine.drift import BandRule
from apps.portfolios.models import Mandate, ModelPortfolio, RestrictionKind
from apps.portfolios.selectors.drift import account_drift, household_drift
from apps.portfolios.selectors.targets import household_targets, targets_on
from apps.portfolios.services.restrictions import ReserveTerms, RestrictionTerms, add_reserve, add_restriction
from tests.factories import clients as people
from tests.factories import market, portfolios
from tests.factories import models as made

D = Decimal


class Book:
    """Two accounts: 60 STK and 40 STK2 in one, 50 BND and 5,000 in cash in the other; 20,000 in all."""

    def __init__(self, ada: User, paul: User) -> None:
        self.ada, self.household = ada, people.household(ada)
        self.stk, self.stk2, self.bnd = made.securities(ada)
        self.model = made.approved(ada, paul, (self.stk, self.stk2, self.bnd))
        self.one = portfolios.account(self.household, ada)
        self.two = portfolios.account(self.household, ada, name="IRA", registration="traditional_ira", number="77")
        portfolios.entry(self.one, ada, "deposit", cash="10000")
        portfolios.entry(self.two, ada, "deposit", cash="10000")
        self.buy(self.one, self.stk, 60)
        self.buy(self.one, self.stk2, 40)
        self.buy(self.two, self.bnd, 50)

    def buy(self, account: Any, security: Any, units: int) -> None:
        cash, told = str(-100 * units), str(units)
        day = portfolios.DAY + dt.timedelta(days=1)
        portfolios.entry(account, self.ada, "buy", day, instrument=security, units=told, cash=cash, price="100")


@pytest.fixture
def book(ada: User, paul: User) -> Book:
    return Book(ada, paul)


def test_a_household_follows_one_target_over_its_accounts(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    told = household_targets(book.household, firm_today())
    (target,) = told.targets
    assert [a.pk for a in target.accounts] == [book.one.pk, book.two.pk]
    assert [(s.name, s.weight) for s in target.sleeves] == [
        ("Stocks", D("0.6")),
        ("Bonds", D("0.35")),
        ("Cash", D("0.05")),
    ]
    (sheet,) = household_drift(book.household, firm_today())
    stocks, bonds, cash = sheet.classes
    assert (stocks.line.weight, bonds.line.weight, cash.line.weight) == (D("0.5"), D("0.25"), D("0.25"))
    assert [each.line.broken for each in sheet.classes] == [BandRule.ABSOLUTE, BandRule.ABSOLUTE, BandRule.RELATIVE]
    assert sheet.securities[0].held_as == ("STK2",)
    assert sheet.drift.distance == D("0.2")
    assert sheet.currency == "USD"


def test_an_account_whose_own_model_is_not_in_force_follows_no_other(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    own = ModelPortfolio.objects.create(name="Hers")
    Mandate.objects.create(household=book.household, account=book.two, model=own, from_day=portfolios.DAY)
    told = household_targets(book.household, firm_today())
    assert [a.pk for target in told.targets for a in target.accounts] == [book.one.pk]
    assert told.without == (book.two,)
    assert told.of(book.two) is None


def test_an_account_with_a_mandate_of_its_own_stands_apart(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    made.mandate(book.household, book.model, book.ada, account=book.two)
    shared, own = household_drift(book.household, firm_today())
    assert [a.pk for a in shared.target.accounts] == [book.one.pk]
    assert own.target.account == book.two
    assert own.drift.total == 10_000
    target = household_targets(book.household, firm_today()).of(book.two)
    assert target is not None
    assert target.account == book.two


def test_an_account_of_a_shared_target_is_measured_alone(book: Book) -> None:
    assert account_drift(book.one, firm_today()) is None
    made.mandate(book.household, book.model, book.ada)
    sheet = account_drift(book.one, firm_today())
    assert sheet is not None
    assert sheet.drift.total == 10_000
    assert sheet.classes[0].line.weight == 1


def test_accounts_without_a_model_are_named(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada, account=book.one)
    portfolios.account(book.household, book.ada, name="401(k)", number="5", is_held_away=True)
    told = household_targets(book.household, firm_today())
    assert [a.name for a in told.without] == ["IRA"]
    assert told.of(book.two) is None


def test_reserves_and_restrictions_are_part_of_the_target(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    by = book.ada.as_actor()
    for told in (
        ReserveTerms(purpose="Roof", from_day=firm_today(), amount=D(2000)),
        ReserveTerms(purpose="Always", from_day=firm_today(), share=D("0.05"), account=book.two),
    ):
        add_reserve(household=book.household, terms=told, by=by)
    for account in (None, book.two):
        terms = RestrictionTerms(RestrictionKind.NEVER_SELL, "Hers", firm_today(), instrument=book.stk, account=account)
        add_restriction(household=book.household, terms=terms, by=by)
    (sheet,) = household_drift(book.household, firm_today())
    assert sheet.drift.reserve == D(2500), "a share is of its account"
    assert sheet.drift.investable == D(17_500)
    assert len(sheet.securities[0].restrictions) == 2


def test_before_its_first_day_there_is_no_target(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    assert household_drift(book.household, firm_today() - dt.timedelta(days=1)) == ()


def test_what_is_not_classified_or_priced_is_named(book: Book) -> None:
    made.mandate(book.household, book.model, book.ada)
    odd = portfolios.instrument(book.ada, "ODD", {dt.date(2025, 1, 2): "100"}, asset_class="other")
    mute = portfolios.instrument(book.ada, "MUTE")
    book.buy(book.two, odd, 10)
    book.buy(book.two, mute, 10)
    (sheet,) = household_drift(book.household, firm_today())
    assert sheet.unclassified == ("ODD",)
    assert sheet.unpriced == ("MUTE",)
    assert [each.name for each in sheet.classes if not each.is_of_model] == ["Not classified"]


def test_many_households_take_as_many_queries_as_one(book: Book, ada: User, django_assert_num_queries: Any) -> None:
    made.mandate(book.household, book.model, ada)
    other = people.household(ada, name="Okafor")
    portfolios.account(other, ada, number="9")
    made.mandate(other, book.model, ada)
    for households in ([book.household], [book.household, other]):
        with django_assert_num_queries(11):
            told = targets_on(households, firm_today())
        assert all(each.targets for each in told.values())


def test_a_reserve_is_measured_at_the_rate_of_its_accounts_currency(book: Book) -> None:
    market.rates(("JPY", "USD"), {portfolios.DAY: "0.01"})
    yen = portfolios.account(book.household, book.ada, name="Yen", number="9", currency="JPY")
    portfolios.entry(yen, book.ada, "deposit", cash="200000", currency="JPY")
    made.mandate(book.household, book.model, book.ada)
    terms = ReserveTerms(purpose="Roof", from_day=firm_today(), amount=D(100_000), account=yen)
    add_reserve(household=book.household, terms=terms, by=book.ada.as_actor())
    (sheet,) = household_drift(book.household, firm_today())
    assert sheet.drift.reserve == D(1000)
