"""Nights over generated books of years, against the walk of the ledger by exact decimals: every account, every day.

Writes come between the nights as people make them: late, before the first day, for days to come; nights come late too,
and over the ends of quarters.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import numpy as np
import pytest
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.kernel.dates import DateSpan
from apps.kernel.errors import DomainError
from apps.market.models import CurrencyRate, Security
from apps.market.services.history import set_price
from apps.portfolios.models import Account, FirmDay, KeptAccount, Transaction, ValueMark
from apps.portfolios.selectors.kept_values import clean_days, daily_values
from apps.portfolios.selectors.valuations import openings_before, valuations
from apps.portfolios.services import _kept_rows, kept_values
from apps.portfolios.services.kept_values import keep_values
from apps.portfolios.services.manual_assets import end_asset
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import assets, clients, market
from tests.factories import portfolios as made

NIGHT = Actor.system("portfolios.keep_values")
FIRST, LAST = dt.date(2024, 11, 11), dt.date(2025, 8, 20)
KINDS = (
    "deposit",
    "withdrawal",
    "buy",
    "buy",
    "sell",
    "transfer_in",
    "transfer_out",
    "advisory_fee",
    "dividend",
    "split",
)


class Books:
    """Accounts in two currencies, one with a house, and somebody who writes in them."""

    def __init__(self, ada: User, seed: int) -> None:
        self.ada, self.dice = ada, random.Random(seed)  # noqa: S311
        home = clients.household(ada)
        with schema_context("public"):
            CurrencyRate.objects.create(base="EUR", quote="USD", day=FIRST, rate=Decimal("1.1"))
        self.shared = [made.instrument(ada, name, {FIRST: "10"}) for name in ("AAA", "BBB")]
        self.funds = [*self.shared, made.own_instrument(ada, "OWN")]
        self.funds.append(made.instrument(ada, "EUX", {FIRST: "7.5"}, currency="EUR"))
        self.home = home
        self.accounts = [self._account(str(n), "EUR" if n == 3 else "USD") for n in range(4)]
        self.house = assets.house(home, ada)
        self.last = FIRST
        for account in self.accounts:
            made.entry(account, ada, "deposit", FIRST, cash="25000.37", currency=account.currency)
            made.entry(account, ada, "buy", FIRST, instrument=self.shared[0], units="333.3333", cash="-3333.33")

    def _account(self, number: str, currency: str) -> Account:
        return made.account(self.home, self.ada, number=number, name=number, opened_on=FIRST, currency=currency)

    def all_accounts(self) -> list[Account]:
        return list(Account.objects.all())

    def write(self) -> None:
        """Write something that the book allows."""
        job = self.dice.choice([self._entry] * 6 + [self._price, self._rate, self._reverse, self._close, self._stated])
        try:
            job()
        except DomainError:
            return

    def _day(self) -> dt.date:
        """Mostly near the last night, now and then long before it."""
        span = (self.last - FIRST).days
        back = self.dice.choice([0, 1, 3, 40, span])
        return max(self.last - dt.timedelta(days=self.dice.randint(-3, back)), FIRST - dt.timedelta(days=5))

    def _entry(self) -> None:
        account, kind = (self.dice.choice(each) for each in (self.accounts, KINDS))
        is_plain = account in self.accounts[:2]  # of one currency all its life: computed as a book
        fund = self.dice.choice(self.funds[:3] if is_plain else self.funds)
        amount, units = (Decimal(self.dice.randrange(1, 10**9)).scaleb(-exact) for exact in (4, 7))
        gives = kind in {"buy", "withdrawal", "advisory_fee"}
        told: dict[str, object] = {"cash": -amount if gives else amount}
        if kind in {"transfer_in", "transfer_out", "split"}:
            told["cash"] = Decimal(0)
        if kind in {"buy", "transfer_in", "sell", "transfer_out", "split"}:
            told |= {"instrument": fund, "units": -units if kind in {"sell", "transfer_out"} else units}
        if kind == "split":
            told |= {"split_new": Decimal(2), "split_old": Decimal(1)}
        if not is_plain and self.dice.random() < 0.2:
            told["currency"] = "EUR"
        made.entry(account, self.ada, kind, self._day(), **told)

    def _price(self) -> None:
        with schema_context("public"):
            security = Security.objects.get(symbol=self.dice.choice(["AAA", "BBB", "EUX"]))
            close = Decimal(self.dice.randrange(1, 10**7)).scaleb(-4)
            set_price(security=security, day=self._day(), close=close, by=market.JOB)

    def _rate(self) -> None:
        day, rate = self._day(), Decimal(self.dice.randrange(90, 130)).scaleb(-2)
        with schema_context("public"):
            CurrencyRate.objects.filter(day=day).delete()
            CurrencyRate.objects.create(base="EUR", quote="USD", day=day, rate=rate)

    def _reverse(self) -> None:
        entries = list(Transaction.objects.standing().filter(account__in=self.accounts))
        reverse_transaction(transaction=self.dice.choice(entries), reason="wrong", by=self.ada.as_actor())

    def _close(self) -> None:
        """Take all out of an account, as one that closes does."""
        account, day = self.dice.choice(self.accounts), self.last
        opening = openings_before([account], day + dt.timedelta(days=1))[account.pk]
        for pk, units in opening.units.items():
            fund = next(each for each in self.funds if each.pk == pk)
            made.entry(account, self.ada, "transfer_out", day, instrument=fund, units=-units, cash="0")
        for currency, cash in opening.cash.items():
            if cash > 0:
                made.entry(account, self.ada, "withdrawal", day, cash=-cash, currency=currency)

    def _stated(self) -> None:
        day = max(self._day(), assets.BOUGHT)
        if self.dice.random() < 0.2:
            end_asset(asset=self.house, day=day, proceeds=Decimal(450000), by=self.ada.as_actor())
        else:
            assets.valued(self.house, self.ada, str(self.dice.randrange(10**5, 10**6)), day)

    def night(self, last: dt.date) -> None:
        keep_values(by=NIGHT, last=last)
        self.last = last


def exact(books: Books) -> None:
    """What is kept is what the ledger says, day by day, and so are the firm's sums and each last close."""
    accounts = books.all_accounts()
    span = DateSpan(FIRST - dt.timedelta(days=7), books.last)
    expected = valuations(accounts, span)
    assert daily_values(accounts, span) == expected
    kept = {row.account_id: row for row in KeptAccount.objects.all()}
    lived = [pk for pk, valued in expected.items() if pk in kept]
    assert {pk for pk, days in clean_days(accounts).items() if days.last == books.last} == set(lived)
    for pk, opening in openings_before(accounts, books.last + dt.timedelta(days=1)).items():
        row = kept.get(pk)
        if row is None or row.is_walked:
            continue
        numbers = np.frombuffer(row.positions, "<i8").tolist()
        units = {fund: Decimal(held).scaleb(-8) for fund, held in zip(numbers[0::2], numbers[1::2], strict=True)}
        assert (units, Decimal(row.cash).scaleb(-8)) == (opening.units, sum(opening.cash.values()))
    managed = {account.pk: account.currency for account in accounts if not account.is_held_away}
    for total in FirmDay.objects.filter(day__gte=span.first):
        at = (total.day - span.first).days
        values = [each.values[at].total for pk, each in expected.items() if managed.get(pk) == total.currency]
        assert total.value == sum(values).scaleb(8)


@pytest.mark.parametrize("seed", range(3))
def test_nights_keep_what_the_ledger_says_through_any_life(ada: User, seed: int) -> None:
    books = Books(ada, seed)
    for _ in range(12):
        books.write()
    day = FIRST + dt.timedelta(days=20)
    while day < LAST:
        books.night(day)
        exact(books)
        assert not ValueMark.objects.exclude(account=None).filter(first_day__lte=day).exists()
        for _ in range(books.dice.randrange(0, 5)):
            books.write()
        day += dt.timedelta(days=books.dice.choice([1, 1, 2, 30, 100]))


def test_a_night_that_is_killed_leaves_what_was_and_the_next_one_completes_it(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = Books(ada, 9)
    for _ in range(12):
        books.write()
    books.night(FIRST + dt.timedelta(days=40))
    was = {row.account_id: (row.last_day, bytes(row.positions)) for row in KeptAccount.objects.all()}
    for _ in range(4):
        books.write()
    monkeypatch.setattr(kept_values, "ACCOUNTS_AT_ONCE", 2)
    later = FIRST + dt.timedelta(days=60)
    for step in ("_go_on", "_write_days", "_write_held", "_write_closes"):
        with monkeypatch.context() as broken:
            broken.setattr(_kept_rows, step, lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                keep_values(by=NIGHT, last=later)
        assert {row.account_id: (row.last_day, bytes(row.positions)) for row in KeptAccount.objects.all()} == was
        span = DateSpan(FIRST, later)
        assert daily_values(books.all_accounts(), span) == valuations(books.all_accounts(), span)
    books.night(later)
    exact(books)
