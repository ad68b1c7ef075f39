"""What is wrong with a line of a custodian's file stands beside it, and nothing of the file is booked."""

from __future__ import annotations

import datetime as dt

import pytest

from apps.accounts.models import User
from apps.clients.models import Household, ImportBatch, ImportRow
from apps.clients.services.imports import ImportHasErrorsError, apply_batch
from apps.portfolios.models import (
    Account,
    PositionStatement,
    PriceProposal,
    ReconciliationBreak,
    Transaction,
)
from apps.portfolios.selectors.books import account_book
from tests.apps.portfolios.services.test_custodian_importer import LAST, POSITIONS, TRANSACTIONS, brought, taken
from tests.factories import clients as people
from tests.factories import market

HEAD = TRANSACTIONS.splitlines()[0]


@pytest.fixture
def household(ada: User) -> Household:
    market.security("AAA", {dt.date(2025, 3, 3): "50", LAST: "55"})
    return people.household(ada)


def told(*rows: str) -> str:
    return "\n".join((HEAD, *rows)) + "\n"


def problems(batch: ImportBatch) -> list[tuple[int, str, str]]:
    rows = ImportRow.objects.filter(batch=batch).order_by("line")
    return [(row.line, each["code"], each["severity"]) for row in rows for each in row.problems]


def refused(household: Household, ada: User, text: str) -> list[tuple[int, str]]:
    """Bring a file that cannot be taken in; return its errors."""
    before = Transaction.objects.count(), Account.objects.count(), PositionStatement.objects.count()
    batch = brought(household, ada, text)
    with pytest.raises(ImportHasErrorsError):
        apply_batch(batch=batch, by=ada.as_actor())
    assert (Transaction.objects.count(), Account.objects.count(), PositionStatement.objects.count()) == before
    return [(line, code) for line, code, severity in problems(batch) if severity == "error"]


def test_a_sale_of_more_than_is_held_is_told_beside_its_line(ada: User, household: Household) -> None:
    sale = '03/07/2025,03/10/2025,1234-5678,Sell,AAA,AAA Fund,-150,55.00,,"8,250.00"'
    assert refused(household, ada, TRANSACTIONS + sale + "\n") == [(5, "oversold")]
    taken(household, ada, TRANSACTIONS)
    assert refused(household, ada, told(sale)) == [(2, "oversold")]
    taken(household, ada, told(sale.replace("-150", "-100").replace("8,250", "5,500")))
    assert account_book(Account.objects.get(), LAST).positions == ()
    later = sale.replace("03/07", "03/08").replace("-150", "-1").replace("8,250", "55")
    assert refused(household, ada, told(later)) == [(2, "oversold")]


def test_a_sale_before_its_purchase_is_oversold_although_the_end_is_right(ada: User, household: Household) -> None:
    sale = '03/03/2025,03/04/2025,1234-5678,Sell,AAA,AAA Fund,-100,50.00,,"5,000.00"'
    assert refused(household, ada, TRANSACTIONS + sale + "\n") == [(5, "oversold")]


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_lines_does_not_matter(ada: User, household: Household, order: int) -> None:
    rows = [
        *TRANSACTIONS.splitlines()[1:],
        '03/06/2025,03/07/2025,1234-5678,Sell,AAA,AAA Fund,-40,55.00,,"2,200.00"',
        '03/06/2025,03/07/2025,1234-5678,Buy,AAA,AAA Fund,10,55.00,,"-550.00"',
    ][::order]
    taken(household, ada, told(*rows))
    book = account_book(Account.objects.get(), LAST)
    assert (book.positions[0].quantity, book.cash_in("USD").amount) == (70, 6675)
    again = taken(household, ada, told(*rows[::-1]), "other order.csv")
    assert again.counts["unchanged"] == 5
    assert Transaction.objects.count() == 5


@pytest.mark.parametrize(("price", "amount"), [("5000.00", "500,000.00"), ("0.05", "5.00"), ("50000", "5,000,000.00")])
def test_a_trade_at_a_hundred_or_a_thousand_times_the_price_is_refused(
    ada: User, household: Household, price: str, amount: str
) -> None:
    taken(household, ada, TRANSACTIONS)
    far = f'03/07/2025,03/10/2025,1234-5678,Buy,AAA,AAA Fund,100,{price},,"-{amount}"'
    assert refused(household, ada, told(far)) == [(2, "price_far_off")]


def test_a_price_alone_that_is_off_is_a_doubt_since_the_amount_is_booked(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    row = '03/07/2025,03/10/2025,1234-5678,Buy,AAA,AAA Fund,10,5500.00,,"-550.00"'
    batch = taken(household, ada, told(row))
    assert (2, "price_far_off", "warning") in problems(batch)
    assert Transaction.objects.get(trade_date="2025-03-07").cash == -550


def test_a_position_priced_a_hundredfold_is_a_break_or_waits_for_a_second_person(
    ada: User, household: Household
) -> None:
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, POSITIONS.replace("55.00", "5500.00"))
    assert "price" in set(ReconciliationBreak.objects.open().values_list("kind", flat=True))
    next_day = POSITIONS.replace("03/10/2025", "03/11/2025").replace("100.00,", "10000.00,")
    taken(household, ada, next_day, "next.csv")
    assert [str(row.instrument) for row in PriceProposal.objects.all()] == ["PRIV"]


def test_a_position_below_zero_opens_no_book_and_is_a_break_of_a_filled_one(ada: User, household: Household) -> None:
    short = POSITIONS.replace('AAA Fund,100,55.00,"5,500.00"', 'AAA Fund,-100,55.00,"-5,500.00"')
    assert refused(household, ada, short) == [(2, "short_position")]
    taken(household, ada, TRANSACTIONS)
    taken(household, ada, short)
    (found,) = ReconciliationBreak.objects.open().filter(instrument__symbol="AAA", kind="quantity")
    assert (found.ours, found.theirs) == (100, -100)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('03/07/2025,03/06/2025,1234-5678,Buy,AAA,AAA Fund,1,55.00,,"-55.00"', "settles_before"),
        ('03/07/2025,03/10/2025,1234-5678,Deposit,,Wire,,,,"9,000,000,000,000.00"', "out_of_range"),
        (f'03/07/2025,03/10/2025,1234-5678,Buy,{"A" * 40},Fund,1,55.00,,"-55.00"', "no_symbol"),
        ('03/07/2025,03/10/2025,1234-5678,Buy,,,1,55.00,,"-55.00"', "missing_security"),
        ('03/07/2025,03/10/2025,1234-5678,Sell Short,AAA,AAA Fund,-1,55.00,,"55.00"', "oversold"),
        ('03/07/2025,03/10/2025,1234-5678,Buy,AAA,AAA Fund,1,55.00,,"0.00"', "cash_unfit"),
    ],
)
def test_what_no_book_can_hold_is_an_error_of_its_line(ada: User, household: Household, row: str, code: str) -> None:
    assert (2, code) in refused(household, ada, told(row))


def test_nothing_comes_into_an_account_that_is_closed(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    Account.objects.update(status="closed")
    row = '03/07/2025,03/10/2025,1234-5678,Deposit,,Wire,,,,"5.00"'
    assert refused(household, ada, told(row)) == [(2, "account_without_book")]


def test_an_unknown_security_is_the_firms_own_and_said_so(ada: User, household: Household) -> None:
    taken(household, ada, TRANSACTIONS)
    row = '03/07/2025,03/10/2025,1234-5678,Buy,QQZZ,Nobody knows,1,55.00,,"-55.00"'
    batch = taken(household, ada, told(row))
    assert problems(batch) == [(2, "not_in_master", "warning")]
    assert Transaction.objects.get(trade_date="2025-03-07").instrument.master_id is None
