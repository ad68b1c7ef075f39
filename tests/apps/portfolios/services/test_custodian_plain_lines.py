"""What is said of a firm's file is the same whether a line is looked at by itself or told column by column."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from apps.accounts.models import User
from apps.clients.models import ImportBatch
from apps.clients.selectors.imports import import_page
from apps.clients.services.imports import apply_batch, open_batch
from apps.kernel.errors import DomainError
from apps.portfolios.models import Account, Instrument, Transaction
from tests.apps.portfolios.services.test_custodian_taking import HEAD, LAST, STATED, history, numbers, positions, taken
from tests.factories import clients as people
from tests.factories import market
from tests.factories import portfolios as made

FEW = "apps.portfolios.services.custodian_plain_lines.FEW"
# one line of an account of its own, each with something to look at
ODD = (
    '03/05/2025,03/06/2025,{n},Sell,AAA,AAA Fund,-500,50.00,,"25,000.00"',
    '03/05/2999,03/06/2999,{n},Deposit,,Wire,,,,"10.00"',
    '03/05/2025,03/04/2025,{n},Deposit,,Wire,,,,"10.00"',
    '03/05/2025,03/06/2025,{n},Buy,AAA,AAA Fund,100,5000.00,,"-500,000.00"',
    '03/05/2025,03/06/2025,{n},Buy,NEW,A new fund,1,5.00,,"-5.00"',
    '03/05/2025,03/06/2025,{n},Buy,AAA,AAA Fund,1,50.00,,"-51.00"',
    "03/05/2025,03/06/2025,{n},Split,AAA,AAA Fund,100,,,",
    "03/05/2025,,{n},Reinvest Shares,AAA,AAA Fund,1,50.00,,",
    '03/05/2025,03/06/2025,{n},Buy,AAA,AAA Fund,1,50.0000001,,"-50.00"',
    '03/05/2025,03/06/2025,{n},Buy,AAA,AAA Fund,9999999999999,1.00,,"-9,999,999,999,999.00"',
    '03/05/2025,03/06/2025,{n},Buy,AAA,AAA Fund,1,50.00,,"50.00"',
    "03/05/2025,03/06/2025,{n},Merger,AAA,AAA Fund,1,,,",
    '03/05/2025,03/06/2025,{n},Deposit,,Wire,5,2.00,,"10.00"',
    '03/05/2025,03/06/2025,{n},Buy,AAA,AAA Fund,1,50.00,x,"-50.00"',
    '03/05/2025,03/06/2025,{n},Deposit,,"A wire\\of \t two",,,,"10.00"',
)  # fmt: skip
ODD_POSITIONS = (
    '{n},AAA,AAA Fund,-1,55.00,"-55.00",,03/10/2025',
    "{n},AAA,AAA Fund,1,55.00,,,03/10/2025",
    "{n},NEW,A new fund,1,55.00,55.00,,03/10/2025",
    "{n},BBB,B,1,55.00,55.00,,03/11/2025",
    "{n},BBB,B,1.000000001,55.00,55.00,,03/10/2025",
)  # fmt: skip


@pytest.fixture(autouse=True)
def fund(ada: User) -> None:
    market.security("AAA", {dt.date(2025, 3, 3): "50", LAST: "55"})


def opened(by: User, text: str, name: str = "all.csv") -> ImportBatch:
    return open_batch(kind="custodian_firm", filename=name, content=text.encode(), by=by.as_actor())


def said(batch: ImportBatch) -> list[tuple[Any, ...]]:
    """Return what the page says of every line, whether it has a row of its own or not."""
    pages = range(1, import_page(batch).rows.paginator.num_pages + 1)
    rows = [row for page in pages for row in import_page(batch, page=str(page)).shown]
    return [
        (row.line, row.label, row.action, sorted(row.facts), sorted(each.sentence for each in row.problems))
        for row in rows
    ]


def both(by: User, text: str, monkeypatch: pytest.MonkeyPatch) -> ImportBatch:
    """Open the file both ways, see that they say the same, and return the batch of plain lines."""
    one = opened(by, text)
    monkeypatch.setattr(FEW, 0)
    other = opened(by, text)
    assert said(one) == said(other)
    assert one.counts == other.counts
    assert (one.problems, one.ignored) == (other.problems, other.ignored)
    monkeypatch.undo()
    return other


def plain_lines(batch: ImportBatch) -> int:
    plain = batch.plain()
    return len(plain.rows) if plain else 0


@pytest.mark.parametrize("line", ODD)
def test_a_line_with_a_doubt_is_looked_at_with_all_of_its_account(
    ada: User, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    one, other, before = numbers(ada, 3)
    taken(ada, history(before))
    batch = both(ada, history(one, other) + line.format(n=other) + "\n", monkeypatch)
    # the last two: a line that cannot be read is none of an account's, and a strange text is no doubt
    assert plain_lines(batch) == {ODD[-2]: 4, ODD[-1]: 5}.get(line, 2)


@pytest.mark.parametrize("line", ODD_POSITIONS)
def test_a_position_with_a_doubt_is_looked_at_with_all_of_its_account(
    ada: User, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    market.security("BBB", {LAST: "55"})
    one, other = numbers(ada, 2)
    batch = both(ada, positions(one, other) + line.format(n=other) + "\n", monkeypatch)
    assert plain_lines(batch) == 2


def test_what_is_known_or_changed_or_of_others_is_told_the_same(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    known, changed, closed, within, fresh = numbers(ada, 5)
    taken(ada, history(known, changed))
    taken(ada, positions(within))
    Account.objects.filter(last_four=closed[-4:]).update(status="closed")
    text = history(known, changed, closed, within, fresh, "99990000")
    told = text.splitlines(keepends=True)
    told[4] = told[4].replace("03/05/2025", "03/06/2025")
    batch = both(ada, "".join(told) + told[-4] + told[1], monkeypatch)
    assert plain_lines(batch) == 6  # all of `known` and `fresh`, one of each twice
    stated = positions(within, known) + positions("99990000")[len(STATED) :]
    assert plain_lines(both(ada, stated, monkeypatch)) == 4
    assert plain_lines(both(ada, stated.replace("5,000.00", "4,999.00"), monkeypatch)) == 2


def test_what_was_reversed_corrected_or_split_is_told_the_same(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from apps.portfolios.services.transactions import reverse_transaction

    reversed_one, corrected, split, fresh = told = numbers(ada, 4)
    taken(ada, history(*told[:3]))
    entry = Transaction.objects.get(account__last_four=reversed_one[-4:], kind="buy")
    reverse_transaction(transaction=entry, reason="wrong", by=ada.as_actor())
    taken(ada, history(corrected).replace("03/05/2025", "03/06/2025"), "corrected.csv")
    taken(ada, f"{HEAD}03/07/2025,,{split},Split,AAA,AAA Fund,100,,,\n", "split.csv")
    sale = '03/0{d}/2025,,{n},Sell,AAA,AAA Fund,-{u},50.00,,"{w}.00"\n'
    text = history(*told) + sale.format(d=8, n=split, u=150, w=7500) + sale.format(d=8, n=fresh, u=100, w=5000)
    batch = both(ada, text, monkeypatch)
    assert plain_lines(batch) == 3 + 3
    both(ada, f"{HEAD}{sale.format(d=5, n=split, u=10, w=500)}", monkeypatch)


def test_a_household_s_file_and_a_small_one_have_no_plain_lines(ada: User) -> None:
    (number,) = numbers(ada, 1)
    assert plain_lines(opened(ada, history(number))) == 0
    household = Account.objects.get().household
    batch = open_batch(
        kind="custodian_file",
        filename="one.csv",
        content=history(number, *(["77001122"] * 101)).encode(),
        by=ada.as_actor(),
        household=household,
    )
    assert (batch.counts["create"], plain_lines(batch)) == (204, 0)


def test_a_large_file_is_plain_without_being_told_to(ada: User) -> None:
    made.account(people.household(ada), ada, number="71009999")
    batch = opened(ada, history(*(["71009999"] * 101)))
    assert (batch.counts["create"], plain_lines(batch)) == (202, 202)
    apply_batch(batch=batch, by=ada.as_actor())
    assert Transaction.objects.count() == 202


# a security that a file names by its symbol here and by its CUSIP there
TWICE_NAMED = "Trade Date,Settlement Date,Account Number,Action,Symbol,CUSIP,Description,Quantity,Price,Fees,Amount\n"
CUSIP = "037833100"


@pytest.fixture
def twice_named(ada: User) -> str:
    """An account that holds a hundred shares of a security with a CUSIP; its number."""
    market.security("CCC", {dt.date(2025, 3, 3): "50", LAST: "55"}, cusip=CUSIP)
    (number,) = numbers(ada, 1)
    taken(ada, history(number).replace("AAA", "CCC"))
    return number


def test_sales_under_two_names_of_a_security_are_held_against_what_is_held_together(
    ada: User, monkeypatch: pytest.MonkeyPatch, twice_named: str
) -> None:
    sale = "03/0{d}/2025,03/10/2025,{n},Sell,{name},CCC Fund,-60,50.00,,3000.00\n"
    text = TWICE_NAMED + "".join(sale.format(d=d, n=twice_named, name=n) for d, n in ((6, "CCC,"), (7, f",{CUSIP}")))
    batch = both(ada, text, monkeypatch)
    assert (batch.counts["errors"], plain_lines(batch)) == (1, 0)
    bought = f'03/05/2025,03/10/2025,{twice_named},Buy,,{CUSIP},CCC Fund,20,50.00,,"-1000.00"\n'
    batch = both(ada, text + bought, monkeypatch)
    assert (batch.counts["errors"], plain_lines(batch)) == (0, 3)


def test_sales_in_an_account_of_two_spellings_are_held_against_what_it_holds(
    ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = numbers(ada, 1)
    taken(ada, history(number))
    sale = '03/0{d}/2025,03/10/2025,{n},Sell,AAA,AAA Fund,-60,50.00,,"3000.00"\n'
    text = HEAD + sale.format(d=6, n=number) + sale.format(d=7, n=f"{number[:4]}-{number[4:]}")
    batch = both(ada, text, monkeypatch)
    assert (batch.counts["errors"], plain_lines(batch)) == (1, 0)


def test_a_security_that_only_the_master_knows_by_this_name_needs_a_look(
    ada: User, monkeypatch: pytest.MonkeyPatch, twice_named: str
) -> None:
    """Its symbol was changed: what is before a split of it is not plain."""

    taken(ada, f"{HEAD}03/07/2025,,{twice_named},Split,CCC,CCC Fund,100,,,\n", "split.csv")
    Instrument.objects.filter(symbol="CCC").update(symbol="OLD", cusip="")
    batch = opened(ada, f'{HEAD}03/05/2025,,{twice_named},Buy,CCC,CCC Fund,10,50.00,,"-500.00"\n')
    monkeypatch.setattr(FEW, 0)
    batch = opened(ada, f'{HEAD}03/05/2025,,{twice_named},Buy,CCC,CCC Fund,10,50.00,,"-500.00"\n')
    assert plain_lines(batch) == 0
    with pytest.raises(DomainError, match="later corporate action"):
        apply_batch(batch=batch, by=ada.as_actor())
