"""Custodians' files taken in, whole or not at all, and taken back."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, ImportBatch, ImportRow
from apps.clients.services.imports import (
    ImportHasDependentsError,
    ImportHasErrorsError,
    apply_batch,
    open_batch,
    undo_batch,
)
from apps.core.tabular.problems import FileRefusedError
from apps.portfolios.engine.errors import AmbiguousLotError
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import Account, PositionStatement, ReconciliationBreak, StatementLine, Transaction
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.valuations import holdings_at
from apps.portfolios.services.sales import SaleOfLots, sell_lots
from apps.portfolios.services.transactions import reverse_transaction
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

TRANSACTIONS = """Trade Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees,Amount
03/03/2025,03/03/2025,1234-5678,Deposit,,Wire received,,,,"10,000.00"
03/04/2025,03/05/2025,1234-5678,Buy,AAA,AAA Fund,100,50.00,,"-5,000.00"
03/06/2025,03/06/2025,1234-5678,Dividend,AAA,AAA Fund,,,,25.00
"""
POSITIONS = """Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,As Of Date
1234-5678,AAA,AAA Fund,100,55.00,"5,500.00","5,000.00",03/10/2025
1234-5678,PRIV,Private Credit Fund,10,100.00,"1,000.00",900.00,03/10/2025
1234-5678,Cash,Cash & Cash Investments,,,"5,025.00",,03/10/2025
"""
LAST = dt.date(2025, 3, 10)


@pytest.fixture
def household(ada: User) -> Household:
    market.security("AAA", {dt.date(2025, 3, 3): "50", LAST: "55"})
    return people.household(ada)


def brought(household: Household, by: User, text: str, name: str = "file.csv") -> ImportBatch:
    return open_batch(
        kind="custodian_file", filename=name, content=text.encode(), by=by.as_actor(), household=household
    )


def taken(household: Household, by: User, text: str, name: str = "file.csv") -> ImportBatch:
    return apply_batch(batch=brought(household, by, text, name), by=by.as_actor())


def total(household: Household) -> Decimal:
    accounts = Account.objects.filter(household=household)
    return sum((at.total for at in holdings_at(accounts, LAST).values()), Decimal(0))


def test_nothing_is_written_before_the_file_is_applied(ada: User, household: Household) -> None:
    batch = brought(household, ada, TRANSACTIONS)
    assert batch.counts["create"] == 3
    assert not Account.objects.exists()
    assert not Transaction.objects.exists()


def test_transactions_open_their_account_and_fill_its_book(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    account = Account.objects.get()
    assert account.masked_number == "•••• 5678"
    assert [str(owner) for owner in account.owners.all()] == ["Ana Rivera"]
    book = account_book(account, LAST)
    assert (book.positions[0].quantity, book.positions[0].cost, book.cash_in("USD").amount) == (100, 5000, 5025)


def test_a_reinvestment_without_an_amount_costs_what_the_security_is_quoted_for(
    ada: User, household: Household
) -> None:
    made.instrument(ada, "BND", kind="bond")
    taken(household, ada, TRANSACTIONS + "03/07/2025,,1234-5678,Reinvest Shares,BND,Bond,1000,98.503,,\n")
    assert Transaction.objects.get(kind="reinvest").cost == Decimal("985.03")


def test_the_same_file_twice_changes_nothing(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    again = taken(household, ada, TRANSACTIONS, "the same again.csv")
    assert (again.counts["create"], again.counts["unchanged"]) == (0, 3)
    assert Transaction.objects.count() == 3
    assert Account.objects.count() == 1


def test_positions_open_an_empty_book_and_a_fund_of_nobody_elses_takes_its_price_from_the_file(
    ada: User, household: Household
) -> None:
    batch = taken(household, ada, POSITIONS)
    codes = [problem["code"] for row in ImportRow.objects.filter(batch=batch) for problem in row.problems]
    assert codes == ["not_in_master"]
    assert total(household) == 5_500 + 1_000 + 5_025
    assert PositionStatement.objects.get().opened_book
    assert not ReconciliationBreak.objects.exists()
    again = taken(household, ada, POSITIONS)
    assert (again.counts["create"], again.counts["unchanged"]) == (0, 3)
    assert total(household) == 11_525


def test_positions_after_transactions_are_reconciled(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, POSITIONS)
    assert Account.objects.count() == 1
    breaks = {(row.kind, str(row.instrument)) for row in ReconciliationBreak.objects.open()}
    assert ("not_in_book", "PRIV") in breaks
    assert not any(name == "AAA" for _, name in breaks)


def test_entries_within_the_opening_position_are_known_already(ada: User, household: Household) -> None:
    taken(household, ada, POSITIONS)
    later = TRANSACTIONS + "03/12/2025,03/12/2025,1234-5678,Dividend,AAA,AAA Fund,,,,30.00\n"
    batch = taken(household, ada, later)
    assert (batch.counts["create"], batch.counts["unchanged"]) == (1, 3)
    within = ImportRow.objects.filter(batch=batch, action="unchanged").first()
    assert within is not None
    assert within.problems[0]["code"] == "within_opening"
    at = holdings_at(Account.objects.all(), dt.date(2025, 3, 12))
    assert sum(one.total for one in at.values()) == 11_555


def test_a_changed_position_of_the_day_changes_its_line_and_undo_restores_it(ada: User, household: Household) -> None:
    taken(household, ada, POSITIONS)
    changed = taken(household, ada, POSITIONS.replace("5,025.00", "5,020.00"), "corrected.csv")
    assert changed.counts["update"] == 1
    assert StatementLine.objects.get(instrument=None).market_value == 5_020
    assert ReconciliationBreak.objects.open().get().kind == "cash"
    undo_batch(batch=changed, by=ada.as_actor())
    assert StatementLine.objects.get(instrument=None).market_value == 5_025


def test_a_row_that_the_ledger_would_refuse_is_told_beside_it_and_leaves_nothing(
    ada: User, household: Household
) -> None:
    broken = TRANSACTIONS.replace("03/06/2025,03/06/2025", "03/06/2999,03/06/2999")
    batch = brought(household, ada, broken)
    assert batch.counts["errors"] == 1
    (row,) = ImportRow.objects.filter(batch=batch, action="blocked")
    assert (row.line, row.problems[0]["column"]) == (4, "trade_date")
    with pytest.raises(ImportHasErrorsError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert not Account.objects.exists()


def test_selling_what_was_never_bought_is_refused_and_leaves_nothing(ada: User, household: Household) -> None:
    sale = TRANSACTIONS + '03/07/2025,03/10/2025,1234-5678,Sell,AAA,AAA Fund,-150,55.00,,"8,250.00"\n'
    with pytest.raises(Exception, match="1 rows of the file"):
        taken(household, ada, sale)
    assert not Account.objects.exists()
    assert not Transaction.objects.exists()


def test_a_file_that_is_no_table_is_refused(ada: User, household: Household) -> None:
    with pytest.raises(FileRefusedError):
        brought(household, ada, "<html><body>Session expired</body></html>")
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize("text", [TRANSACTIONS, POSITIONS])
def test_undo_leaves_the_household_as_it_was(ada: User, household: Household, text: str) -> None:
    batch = taken(household, ada, text)
    undo_batch(batch=batch, by=ada.as_actor())
    for model in (Account, Transaction, PositionStatement, StatementLine, ReconciliationBreak):
        assert not model.objects.exists(), model
    assert taken(household, ada, text).counts["create"] == 3


def test_undo_refuses_while_later_entries_depend_and_lists_them(ada: User, household: Household) -> None:
    batch = taken(household, ada, TRANSACTIONS)
    account = Account.objects.get()
    security = Transaction.objects.filter(kind="buy").get().instrument
    sale = made.entry(account, ada, "sell", LAST, instrument=security, units="-40", cash="2200")
    with pytest.raises(ImportHasDependentsError) as refused:
        undo_batch(batch=batch, by=ada.as_actor())
    assert any("Sale 2025-03-10 AAA" in sentence for sentence in refused.value.dependents)
    assert Transaction.objects.count() == 4
    assert sale.pk


MORE = TRANSACTIONS.splitlines()[0] + "\n03/05/2025,,1234-5678,Buy,AAA,AAA Fund,20,50.00,,-1000.00\n"


def sold(ada: User, lot: Transaction, quantity: str) -> Transaction:
    """A sale that names its lot."""
    named = SaleOfLots(LAST, (LotChoice(str(lot.public_id), Decimal(quantity)),), price=Decimal(55))
    return sell_lots(account=lot.account, instrument=lot.instrument, sale=named, by=ada.as_actor())


def test_undo_refuses_while_a_sale_names_what_was_bought(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    batch = taken(household, ada, MORE)
    sale = sold(ada, Transaction.objects.get(kind="buy", units=20), "20")
    with pytest.raises(ImportHasDependentsError) as refused:
        undo_batch(batch=batch, by=ada.as_actor())
    assert refused.value.dependents == ("Individual: Sale 2025-03-10 AAA",)
    reverse_transaction(transaction=sale, reason="Sold other lots", by=ada.as_actor())
    undo_batch(batch=batch, by=ada.as_actor())
    assert account_book(sale.account, LAST).positions[0].quantity == 100


def test_undo_leaves_no_book_that_cannot_be_opened(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    first = Transaction.objects.get(kind="buy")
    batch = taken(household, ada, MORE.replace("03/05", "03/03"))  # sold first, being the oldest
    made.entry(first.account, ada, "buy", LAST, instrument=first.instrument, units="20", cash="-1100")
    made.entry(first.account, ada, "sell", LAST - dt.timedelta(days=1), instrument=first.instrument, units="-20")
    sold(ada, first, "90")
    with pytest.raises(AmbiguousLotError):
        undo_batch(batch=batch, by=ada.as_actor())
    assert account_book(first.account, LAST).positions[0].quantity == 30


def test_undo_refuses_while_an_entry_was_reversed(ada: User, household: Household) -> None:
    batch = taken(household, ada, TRANSACTIONS)
    dividend = Transaction.objects.get(kind="dividend")
    reverse_transaction(transaction=dividend, reason="wrong account", by=ada.as_actor())
    with pytest.raises(ImportHasDependentsError):
        undo_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.count() == 4


def test_a_month_is_taken_back_without_the_month_before(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    header = TRANSACTIONS.splitlines()[0]
    april = f"{header}\n04/04/2025,04/04/2025,1234-5678,Dividend,AAA,AAA Fund,,,,25.00\n"
    batch = taken(household, ada, april)
    assert Account.objects.count() == 1
    undo_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.count() == 3
