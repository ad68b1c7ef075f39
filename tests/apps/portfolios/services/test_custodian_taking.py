"""Files of a whole firm: every account in one import, in a number of statements that does not grow with them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.services.imports import apply_batch, open_batch, undo_batch
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError
from apps.portfolios.models import Account, PositionStatement, ReconciliationBreak, StatementLine, Transaction
from apps.portfolios.selectors.books import account_book
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

HEAD = "Trade Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees,Amount\n"
STATED = "Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,As Of Date\n"
LAST = dt.date(2025, 3, 10)


def history(*numbers: str) -> str:
    return HEAD + "".join(
        f'03/03/2025,03/03/2025,{n},Deposit,,Wire,,,,"10,000.00"\n'
        f'03/04/2025,03/05/2025,{n},Buy,AAA,AAA Fund,100,50.00,,"-5,000.00"\n'
        for n in numbers
    )


def positions(*numbers: str, cash: str = "5,000.00", day: str = "03/10/2025") -> str:
    return STATED + "".join(
        f'{n},AAA,AAA Fund,100,55.00,"5,500.00","5,000.00",{day}\n{n},Cash,Cash,,,"{cash}",,{day}\n' for n in numbers
    )


def opened(by: User, text: str, name: str = "all.csv") -> ImportBatch:
    return open_batch(kind="custodian_firm", filename=name, content=text.encode(), by=by.as_actor())


def taken(by: User, text: str, name: str = "all.csv") -> ImportBatch:
    return apply_batch(batch=opened(by, text, name), by=by.as_actor())


def numbers(by: User, count: int) -> list[str]:
    """Open accounts in households of their own, and return their numbers."""
    found = [f"7100{Account.objects.count() + place:04}" for place in range(count)]
    for number in found:
        made.account(people.household(by, name=f"Family{number}"), by, number=number)
    return found


@pytest.fixture(autouse=True)
def fund(ada: User) -> None:
    market.security("AAA", {dt.date(2025, 3, 3): "50", LAST: "55", LAST + dt.timedelta(days=1): "55"})


def test_entries_come_into_the_books_of_their_households_and_go_again(ada: User) -> None:
    told = numbers(ada, 3)
    batch = taken(ada, history(*told))
    assert batch.counts["create"] == 6
    for account in Account.objects.all():
        book = account_book(account, LAST)
        assert (book.positions[0].quantity, book.cash_in("USD").amount) == (100, 5000)
        trail = AuditEvent.objects.filter(subject_id=str(account.household.public_id))
        assert trail.filter(action="portfolios.record_transaction").count() == 2
    again = taken(ada, history(*told), "again.csv")
    assert (again.counts["create"], again.counts["unchanged"], Transaction.objects.count()) == (0, 6, 6)
    undo_batch(batch=batch, by=ada.as_actor())
    assert (Transaction.objects.count(), Account.objects.count()) == (0, 3)


def test_lines_of_accounts_that_the_firm_lacks_are_left_out_and_told(ada: User) -> None:
    (known,) = numbers(ada, 1)
    batch = taken(ada, history(known, "99998888"))
    assert (batch.counts["create"], batch.counts["ignored"], batch.counts["warnings"]) == (2, 2, 1)
    assert batch.problems[0]["code"] == "unknown_accounts"
    assert batch.problems[0]["params"]["shown"] == "•••8888"
    assert Account.objects.count() == 1


def test_statements_open_books_and_the_next_day_only_what_differs_is_a_break(ada: User) -> None:
    told = numbers(ada, 3)
    taken(ada, positions(*told))
    assert PositionStatement.objects.filter(opened_book=True, reconciled_at__isnull=False).count() == 3
    assert not ReconciliationBreak.objects.exists()
    short = (
        positions(told[0], day="03/11/2025", cash="4,900.00") + positions(*told[1:], day="03/11/2025")[len(STATED) :]
    )
    taken(ada, short, "next.csv")
    (difference,) = ReconciliationBreak.objects.open()
    assert (difference.kind, difference.account.last_four) == ("cash", told[0][-4:])
    assert StatementLine.objects.count() == 12
    again = opened(ada, short, "again.csv")
    assert (again.counts["create"], again.counts["unchanged"]) == (0, 6)


@pytest.mark.parametrize("text", [history, positions])
def test_ten_accounts_take_no_more_statements_than_two(ada: User, text: object) -> None:
    counts = []
    taken(ada, text(*numbers(ada, 1)))  # type: ignore[operator]
    for size in (2, 10):
        told = text(*numbers(ada, size))  # type: ignore[operator]
        with CaptureQueriesContext(connection) as seen:
            taken(ada, told)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_refusal_names_the_lines_of_its_account_and_leaves_nothing(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = numbers(ada, 2)
    monkeypatch.setattr(
        "apps.portfolios.services.custodian_reading.with_doubts", lambda _f, _o, rows, _p: (list(rows), [])
    )
    Account.objects.filter(last_four=second[-4:]).update(status="closed")
    with pytest.raises(DomainError, match="Lines 4 to 5"):
        taken(ada, history(first, second))
    assert not Transaction.objects.exists()
