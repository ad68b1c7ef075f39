"""Values kept by night equal the ledger's, whatever is written after them, and a crash leaves them marked."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.dates import DateSpan
from apps.market.models import CurrencyRate, Security
from apps.market.services.history import set_price
from apps.portfolios.engine.kept_days import DaySeries, unpacked
from apps.portfolios.models import Account, AccountQuarter, FirmDay, Instrument, KeptAccount, Transaction, ValueMark
from apps.portfolios.selectors.kept_values import clean_days, daily_values
from apps.portfolios.selectors.performance import performance_of
from apps.portfolios.selectors.valuations import valuations
from apps.portfolios.services import _kept_rows, kept_values
from apps.portfolios.services.instruments import classify_instrument
from apps.portfolios.services.kept_values import keep_values
from apps.portfolios.services.prices import FilePrice, keep_prices
from apps.portfolios.services.taking_back import take_back_account, take_back_entries
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import clients, market
from tests.factories import portfolios as made

NIGHT = Actor.system("portfolios.keep_values")
FIRST, LAST = dt.date(2025, 1, 1), dt.date(2025, 3, 31)
SPAN = DateSpan(FIRST - dt.timedelta(days=1), LAST)


def day(number: int) -> dt.date:
    return FIRST + dt.timedelta(days=number)


def same(accounts: list[Account]) -> None:
    """The rows and the walk after them say what the ledger alone says."""
    assert daily_values(accounts, SPAN) == valuations(accounts, SPAN)


def days_of(row: AccountQuarter) -> DaySeries:
    holdings, changes = (np.frombuffer(told, "<i8") for told in (row.holdings, row.changes))
    return unpacked(holdings, np.array([len(holdings)]), np.array([len(changes)]), changes)


def kept_rows() -> list[tuple]:
    """Each day of each account: its key and its numbers."""
    return [
        (row.account_id, row.first_day + dt.timedelta(days=place), *numbers)
        for row in AccountQuarter.objects.order_by("account_id", "first_day")
        for place, numbers in enumerate(zip(*(column.tolist() for column in days_of(row).columns), strict=True))
    ]


@pytest.fixture
def fund(ada: User) -> Instrument:
    return made.instrument(ada, "AAA", {day(0): "100", day(20): "120.1234", day(50): "90"})


@pytest.fixture
def accounts(ada: User, fund: Instrument) -> list[Account]:
    household = clients.household(ada)
    opened = [made.account(household, ada, number=str(n), name=str(n), opened_on=FIRST) for n in range(3)]
    for n, account in enumerate(opened):
        made.entry(account, ada, "deposit", day(n), cash="10000")
        made.entry(account, ada, "buy", day(n + 1), instrument=fund, units="33.3333", cash="-3333.33", price="100")
    return opened


def test_rows_say_what_the_ledger_says_and_a_second_night_writes_nothing(accounts: list[Account]) -> None:
    night = keep_values(by=NIGHT, last=day(60))
    assert (night.n_accounts, night.n_days, night.left_out) == (3, 61 + 60 + 59, 0)
    assert {days.last for days in clean_days(accounts).values()} == {day(60)}
    same(accounts)
    rows = kept_rows()
    assert keep_values(by=NIGHT, last=day(60)).n_accounts == 0
    assert kept_rows() == rows
    assert keep_values(by=NIGHT, last=day(61)).n_days == 3
    assert AuditEvent.objects.filter(action="portfolios.keep_values").count() == 2


def test_a_sheet_from_rows_is_the_sheet_from_the_ledger(accounts: list[Account]) -> None:
    before = performance_of(accounts, "USD", LAST)
    keep_values(by=NIGHT, last=day(70))
    assert performance_of(accounts, "USD", LAST) == before


def test_rows_are_read_instead_of_walked(accounts: list[Account], monkeypatch: pytest.MonkeyPatch) -> None:
    keep_values(by=NIGHT, last=LAST)
    expected = valuations(accounts, SPAN)
    monkeypatch.setattr("apps.portfolios.selectors.kept_values.valuations", None)
    assert daily_values(accounts, SPAN) == expected


def _deposit_back_dated(ada: User, accounts: list[Account], fund: Instrument) -> None:
    made.entry(accounts[0], ada, "deposit", day(10), cash="77.77")


def _before_the_first_day(ada: User, accounts: list[Account], fund: Instrument) -> None:
    made.entry(accounts[2], ada, "deposit", day(0), cash="5")


def _reversed(ada: User, accounts: list[Account], fund: Instrument) -> None:
    bought = Transaction.objects.get(account=accounts[1], kind="buy")
    reverse_transaction(transaction=bought, reason="wrong", by=ada.as_actor())


def _undone(ada: User, accounts: list[Account], fund: Instrument) -> None:
    take_back_entries(entries=list(Transaction.objects.filter(account=accounts[0])), by=ada.as_actor())


def _price_corrected(ada: User, accounts: list[Account], fund: Instrument) -> None:
    with schema_context("public"):
        set_price(security=Security.objects.get(symbol="AAA"), day=day(30), close=Decimal(111), by=market.JOB)


def _many_prices(ada: User, accounts: list[Account], fund: Instrument) -> None:
    market.daily(Security.objects.get(symbol="AAA"), day(55), ["91", "92", "93"])


def _classified(ada: User, accounts: list[Account], fund: Instrument) -> None:
    Instrument.objects.filter(pk=fund.pk).update(kind="bond")


def _moved_to_another_currency(ada: User, accounts: list[Account], fund: Instrument) -> None:
    Account.objects.filter(pk=accounts[1].pk).update(currency="EUR")


@pytest.mark.parametrize(
    ("write", "first_touched"),
    [
        (_deposit_back_dated, day(10)),
        (_before_the_first_day, day(0)),
        (_reversed, day(2)),
        (_undone, day(0)),
        (_price_corrected, day(30)),
        (_many_prices, day(55)),
        (_classified, dt.date.min),
        (_moved_to_another_currency, dt.date.min),
    ],
)
def test_whatever_is_written_leaves_its_mark_and_is_computed_from_its_day(
    ada: User, accounts: list[Account], fund: Instrument, write: Callable, first_touched: dt.date
) -> None:
    keep_values(by=NIGHT, last=LAST)
    rows = kept_rows()
    write(ada, accounts, fund)
    accounts = list(Account.objects.filter(pk__in=[account.pk for account in accounts]))
    same(accounts)
    clean = clean_days(accounts)
    assert min((clean[a.pk].last if a.pk in clean else dt.date.min) for a in accounts) == max(
        first_touched - dt.timedelta(days=1) if first_touched > FIRST else dt.date.min, dt.date.min
    )
    keep_values(by=NIGHT, last=LAST)
    same(accounts)
    assert [row for row in kept_rows() if row[1] < first_touched] == [row for row in rows if row[1] < first_touched]
    assert not ValueMark.objects.exists()
    assert {kept.last_day for kept in KeptAccount.objects.all()} == {LAST}


def test_a_crash_in_the_middle_leaves_days_marked_and_not_wrong(
    ada: User, accounts: list[Account], fund: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_values(by=NIGHT, last=LAST)
    rows = kept_rows()
    _deposit_back_dated(ada, accounts, fund)

    def crash(*_: object) -> None:
        raise OSError("The disk is gone.")

    with monkeypatch.context() as broken:
        broken.setattr(_kept_rows, "_write_closes", crash)
        with pytest.raises(OSError, match="disk"):
            keep_values(by=NIGHT, last=LAST)
    assert kept_rows() == rows
    assert ValueMark.objects.filter(account=accounts[0], first_day=day(10)).exists()
    same(accounts)


def test_a_crash_before_the_firm_is_summed_up_leaves_that_due(
    accounts: list[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(kept_values, "sum_up", lambda _first: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            keep_values(by=NIGHT, last=LAST)
    assert not FirmDay.objects.exists()
    keep_values(by=NIGHT, last=LAST)
    total = sum(valued.values[-1].total for valued in valuations(accounts, SPAN).values())
    assert FirmDay.objects.get(day=LAST).value == total.scaleb(8)


def test_an_account_that_is_taken_back_leaves_no_rows_and_the_firms_sums(ada: User, accounts: list[Account]) -> None:
    keep_values(by=NIGHT, last=LAST)
    gone, *left = accounts
    take_back_entries(entries=list(Transaction.objects.filter(account=gone)), by=ada.as_actor())
    pk = gone.pk
    take_back_account(account=gone, by=ada.as_actor())
    assert not AccountQuarter.objects.filter(account_id=pk).exists()
    keep_values(by=NIGHT, last=LAST)
    total = sum(valued.values[-1].total for valued in valuations(left, SPAN).values())
    assert FirmDay.objects.get(day=LAST).value == total.scaleb(8)
    assert not FirmDay.objects.filter(day=FIRST).exists()
    assert not ValueMark.objects.exists()


def test_what_does_not_fit_is_not_kept_and_still_right(ada: User, accounts: list[Account], fund: Instrument) -> None:
    made.entry(accounts[0], ada, "deposit", day(5), cash="20000000000")
    assert keep_values(by=NIGHT, last=LAST).left_out == 1
    assert not KeptAccount.objects.filter(account=accounts[0]).exists()
    same(accounts)


class _Writer:
    """Someone who writes at random, as far as the book allows."""

    def __init__(self, ada: User, accounts: list[Account], seed: int) -> None:
        self.ada, self.accounts, self.dice = ada, accounts, random.Random(seed)  # noqa: S311
        self.funds = [Instrument.objects.get(symbol="AAA"), made.own_instrument(ada, "OWN")]
        self.funds.append(made.instrument(ada, "EUX", {day(0): "10"}, currency="EUR"))

    def write(self) -> None:
        choice = self.dice.choice([self._entry, self._entry, self._price, self._own_price, self._rate, self._reverse])
        choice()

    def _day(self) -> dt.date:
        return day(self.dice.randrange(80))

    def _entry(self) -> None:
        account, fund = self.dice.choice(self.accounts), self.dice.choice(self.funds)
        kind = self.dice.choice(["deposit", "withdrawal", "buy", "transfer_in", "advisory_fee", "interest"])
        amount = Decimal(self.dice.randrange(1, 10**6)).scaleb(-2)
        units = Decimal(self.dice.randrange(1, 10**9)).scaleb(-7)
        cash = amount if kind in {"deposit", "interest"} else -amount
        told = {"cash": Decimal(0) if kind == "transfer_in" else cash}
        if kind in {"buy", "transfer_in"}:
            told |= {"instrument": fund, "units": units}
        made.entry(account, self.ada, kind, self._day(), **told)

    def _price(self) -> None:
        with schema_context("public"):
            close = Decimal(self.dice.randrange(1, 10**6)).scaleb(-4)
            security = Security.objects.get(symbol=self.dice.choice(["AAA", "EUX"]))
            set_price(security=security, day=self._day(), close=close, by=market.JOB)

    def _own_price(self) -> None:
        close = Decimal(self.dice.randrange(10**6, 10**7)).scaleb(-6)
        keep_prices(prices=[FilePrice(self.funds[1], self._day(), close, 1)], source="file", by=self.ada.as_actor())

    def _rate(self) -> None:
        with schema_context("public"):
            CurrencyRate.objects.filter(day=(on := self._day())).delete()
            CurrencyRate.objects.create(base="EUR", quote="USD", day=on, rate=Decimal(self.dice.randrange(9, 13)) / 10)

    def _reverse(self) -> None:
        entries = list(Transaction.objects.standing().filter(kind__in=["deposit", "interest"]))
        if not entries:
            return
        entry = self.dice.choice(entries)
        reverse_transaction(transaction=entry, reason="wrong", by=self.ada.as_actor())


@pytest.mark.parametrize("seed", range(4))
def test_rows_equal_the_ledger_through_any_writes(ada: User, accounts: list[Account], seed: int) -> None:
    writer = _Writer(ada, accounts, seed)
    classify_instrument(instrument=writer.funds[1], asset_class="other", kind="bond", by=ada.as_actor())
    for turn in range(8):
        for _ in range(3):
            writer.write()
        same(accounts)
        if turn % 2:
            keep_values(by=NIGHT, last=day(60 + turn))
            same(accounts)
    connection.check_constraints()


def test_a_split_told_late_and_a_life_in_many_months_are_kept_as_the_ledger_tells_them(
    ada: User, accounts: list[Account], fund: Instrument
) -> None:
    keep_values(by=NIGHT, last=LAST)
    made.entry(accounts[0], ada, "split", day(40), instrument=fund, units="33.3333", split_new="2", split_old="1")
    made.entry(accounts[1], ada, "advisory_fee", day(30), cash="-12.34")
    made.entry(accounts[2], ada, "withdrawal", day(31), cash="-100")
    same(accounts)
    keep_values(by=NIGHT, last=LAST)
    same(accounts)
    assert {len(row.holdings) // 8 for row in AccountQuarter.objects.all()} == {88, 89, 90}


def test_the_firms_days_are_the_sums_of_its_accounts_without_what_stays_in_a_household(
    ada: User, accounts: list[Account], fund: Instrument
) -> None:
    for cash, account in (("-500", accounts[0]), ("500", accounts[1])):
        made.entry(account, ada, "withdrawal" if cash < "0" else "deposit", day(33), cash=cash)
    made.entry(accounts[2], ada, "deposit", day(33), cash="7")
    other = made.account(clients.household(ada), ada, number="E", name="E", opened_on=FIRST, currency="EUR")
    made.entry(other, ada, "deposit", day(3), cash="900000000000")
    made.entry(other, ada, "advisory_fee", day(4), cash="-1", currency="EUR")
    for last in (day(50), LAST):
        keep_values(by=NIGHT, last=last)
    valued = valuations(accounts, SPAN).values()
    for place in range(90):
        kept = FirmDay.objects.get(currency="USD", day=day(place))
        assert kept.value == sum(each.values[place + 1].total for each in valued).scaleb(8)
    kept = FirmDay.objects.get(currency="USD", day=day(33))
    assert (kept.money_in, kept.money_out, kept.fees) == (7 * 10**8, 0, 0)


def test_batches_are_bounded(accounts: list[Account], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_values, "DAYS_AT_ONCE", 100)
    told: list[float] = []
    keep_values(by=NIGHT, last=LAST, progress=lambda share, _step: told.append(round(share, 2)))
    assert told == [0.32, 0.63, 0.95]
    same(accounts)
