"""Open lots with what they are worth, and the term that a sale on the day would have."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.kernel.money import Money
from apps.portfolios.engine.lots import Term, term_of
from apps.portfolios.models import Account, Instrument
from apps.portfolios.selectors.accounts import account_page
from apps.portfolios.selectors.lots import open_lots
from apps.portfolios.selectors.passports import account_passport
from apps.portfolios.selectors.rebalance_inputs import household_question
from apps.portfolios.selectors.sales import holding_for_sale
from apps.portfolios.selectors.valuations import AccountHoldings, Holding
from apps.portfolios.selectors.wash_sales import OpenPiece
from tests.factories import market
from tests.factories import portfolios as made
from tests.factories.rebalancing import OffTarget

TEN = Decimal(10)
DAY = made.DAY


def later(days: int) -> dt.date:
    return DAY + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("bought", "day", "is_long"),
    [
        (dt.date(2023, 2, 28), dt.date(2024, 2, 29), False),
        (dt.date(2023, 2, 28), dt.date(2024, 3, 1), True),
        (dt.date(2024, 2, 29), dt.date(2025, 3, 1), True),
        (dt.date(2024, 2, 29), dt.date(2025, 2, 28), False),
    ],
)
def test_the_term_of_a_lot_is_that_which_its_sale_is_taxed_by(bought: dt.date, day: dt.date, is_long: bool) -> None:
    piece = OpenPiece(1, "7", "lot", TEN, bought, bought, Decimal(400), Decimal(0), "", "USD")
    held = Holding(7, uuid.uuid4(), "AAA", "AAA", "us_equity", TEN, "USD", TEN, day, Decimal(500), None)
    (line,) = open_lots([piece], AccountHoldings(1, day, "USD", (held,), Decimal(0), ()))
    assert line.is_long_term is is_long
    assert (term_of(bought, day) is Term.LONG) is is_long


@pytest.fixture
def foreign(ada: User) -> tuple[Account, Instrument]:
    """A dollar account that bought ten shares for 400 euros, worth 500 dollars then and 600 now."""
    _, account, _ = made.funded(ada)
    market.rates(("EUR", "USD"), {DAY: "1.2500", later(3): "1.5000"})
    security = made.instrument(ada, "EURX", {DAY: "40"}, currency="EUR")
    made.entry(account, ada, "deposit", cash="1000", currency="EUR")
    made.entry(account, ada, "buy", later(1), instrument=security, units="10", cash="-400", currency="EUR")
    return account, security


def test_a_cost_in_another_currency_counts_at_the_rate_of_its_day(foreign: tuple[Account, Instrument]) -> None:
    account, security = foreign
    page = account_page(account, later(3))
    assert [(lot.cost, lot.value, lot.gain) for lot in page.lots if lot.symbol == "EURX"] == [(500, 600, 100)]
    assert [(lot.cost, lot.gain) for lot in holding_for_sale(account, security.public_id, later(3)).lots] == [
        (500, 100)
    ]


def test_gains_of_other_currencies_are_added_in_the_accounts(ada: User, foreign: tuple[Account, Instrument]) -> None:
    account, security = foreign
    own = account.transactions.get(kind="buy", units=100).instrument
    made.entry(account, ada, "sell", later(3), instrument=security, units="-10", cash="500", currency="EUR")
    made.entry(account, ada, "sell", later(3), instrument=own, units="-10", cash="600")
    page, passport = account_page(account, later(5)), account_passport(account, "realised", later(5))
    assert (page.realised, passport.value.value) == (350, Money(Decimal(350), "USD"))


def test_what_is_not_known_in_part_is_not_known(ada: User, foreign: tuple[Account, Instrument]) -> None:
    account, _ = foreign
    other = made.instrument(ada, "ZZZ", {DAY: "10"}, currency="GBP")
    made.entry(account, ada, "transfer_in", later(1), instrument=other, units="10", cost="100", currency="GBP")
    assert [lot.cost for lot in account_page(account, later(3)).lots if lot.symbol == "ZZZ"] == [None]
    made.entry(account, ada, "sell", later(3), instrument=other, units="-10", cash="150", currency="GBP")
    assert account_page(account, later(3)).realised is None
    assert account_passport(account, "realised", later(3)).value.value is None


def test_a_rebalance_taxes_what_was_paid_in_another_currency_at_its_rate(ada: User, paul: User) -> None:
    scene = OffTarget(ada, paul)
    market.rates(("EUR", "USD"), {DAY: "1.2500"})
    security = made.instrument(ada, "EURX", {DAY: "40"}, currency="EUR")
    made.entry(scene.one, ada, "transfer_in", instrument=security, units="10", cost="400", currency="EUR")
    accounts = household_question(scene.household, firm_today()).inputs.accounts
    lots = [lot for account in accounts for lot in account.lots if lot.security_id == str(security.pk)]
    assert [lot.cost for lot in lots] == [500]
