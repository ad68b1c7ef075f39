"""Accounts, securities and entries for tests, made by the product's own services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.accounts.models import User
from apps.clients.models import Household
from apps.market.models import Security
from apps.portfolios.models import (
    Account,
    AccountStatus,
    Instrument,
    LotElection,
    Registration,
    TaxRate,
    Transaction,
)
from apps.portfolios.services.accounts import AccountDetails, OwnerShare, open_account
from apps.portfolios.services.entries import TransactionEntry
from apps.portfolios.services.instruments import NamedSecurity, instruments_for
from apps.portfolios.services.lot_rules import MethodTerms, elect_lot_method
from apps.portfolios.services.tax_rates import RateTerms, set_tax_rates
from apps.portfolios.services.transactions import record_transaction
from tests.days import today
from tests.factories import clients, market

DAY = dt.date(2025, 3, 3)


def account(household: Household, by: User, **details: object) -> Account:
    """Open an active account of the household's head."""
    head = household.people.get(relationship="head")
    told = {
        "name": "Brokerage",
        "registration": Registration.INDIVIDUAL,
        "owners": (OwnerShare(head),),
        "custodian": "Example Custodian",
        "number": "1234-5678",
        "opened_on": dt.date(2025, 1, 2),
        "status": AccountStatus.ACTIVE,
        **details,
    }
    return open_account(household=household, details=AccountDetails(**told), by=by.as_actor())


def instrument(by: User, symbol: str = "AAA", closes: dict[dt.date, str] | None = None, **fields: object) -> Instrument:
    """A security of the master with closes, in the firm's books."""
    market.security(symbol, closes, **fields)
    return own_instrument(by, symbol)


def own_instrument(by: User, symbol: str) -> Instrument:
    """A security of the firm's books, linked to the master where that has it."""
    name = NamedSecurity(symbol=symbol)
    return instruments_for(names=[name], by=by.as_actor())[name]


def entry(account_: Account, by: User, kind: str, day: dt.date = DAY, **fields: object) -> Transaction:
    """Record one entry; numbers as text."""
    exact = {
        name: Decimal(value) if isinstance(value, str) and name in _NUMBERS else value for name, value in fields.items()
    }
    told = TransactionEntry(kind=kind, trade_date=day, **exact)
    return record_transaction(account=account_, entry=told, by=by.as_actor())


_NUMBERS = {"units", "cash", "price", "fees", "cost", "split_new", "split_old", "fair_old", "fair_new"}


def election(account_: Account, by: User, method: str, day: dt.date = DAY, scope: str = "all") -> LotElection:
    """Record a standing order about lots that an account's custodian had on its first day."""
    terms = MethodTerms(method, day, "The client's standing order", scope, given_on=min(day, today()))
    return elect_lot_method(account=account_, terms=terms, by=by.as_actor())


def tax_rate(
    by: User,
    household: Household | None = None,
    rates: tuple[str, str] = ("0.37", "0.20"),
    day: dt.date = dt.date(2025, 1, 1),
    reason: str = "Return of last year",
) -> TaxRate:
    """Set rates of tax, of a household or of the firm."""
    terms = RateTerms(short=Decimal(rates[0]), long=Decimal(rates[1]), starts_on=day, reason=reason)
    return set_tax_rates(household=household, terms=terms, by=by.as_actor())


def funded(advisor: User) -> tuple[Household, Account, Security]:
    """A household with 10,000 deposited on DAY, 100 AAA bought at 50 the day after, worth 55 a week later."""
    closes = {DAY: "50", DAY + dt.timedelta(days=1): "50", DAY + dt.timedelta(days=7): "55"}
    security = instrument(advisor, "AAA", closes)
    household = clients.household(advisor)
    opened = account(household, advisor)
    entry(opened, advisor, "deposit", cash="10000")
    entry(
        opened, advisor, "buy", DAY + dt.timedelta(days=1), instrument=security, units="100", cash="-5000", price="50"
    )
    return household, opened, security
