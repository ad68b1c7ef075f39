from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.tabular.problems import FileRefusedError, IgnoredReason, Severity
from apps.core.tabular.writing import written_csv
from apps.portfolios.readers.rows import CustodianFile, TransactionKind
from apps.portfolios.readers.transactions import read_transactions
from tests.depth import examples

SCHWAB = """"Transactions  for account Joint XXXX-4321 as of 03/31/2026 18:01:20 ET"
"Date","Action","Symbol","Description","Quantity","Price","Fees & Comm","Amount",
"03/30/2026","Sell","VTI","VANGUARD TOTAL STOCK","19.5","$74.23","$0.01","$1447.48",
"03/27/2026 as of 03/26/2026","Stock Split","NVDA","NVIDIA CORP","90","","","",
"03/20/2026","Buy","VTI","VANGUARD TOTAL STOCK","20","$72.56","","-$1451.20",
"03/16/2026","Credit Interest","","SCHWAB1 INT 02/15-03/15","","","","$2.94",
"03/16/2026","NRA Tax Adj","","SCHWAB1 INT 02/15-03/15","","","","$-0.88",
"03/02/2026","MoneyLink Transfer","","Tfr BANK","","","","$10000.00",
Transactions Total,"","","","","","",$9998.34
"""
FIDELITY = """


Run Date,Action,Symbol,Security Description,Security Type,Quantity,Price ($),Commission ($),Fees ($),Amount ($),Settled
03/24/2026, YOU BOUGHT APPLE INC (AAPL) (Cash),AAPL, APPLE INC,Cash,10,200.50,4.95,0.05,-2010,03/25/2026
03/20/2026, DIVIDEND RECEIVED VANGUARD TAX EXEMPT BD (VTEB) (Cash),VTEB, VANGUARD,Cash,,,,,36.88,
03/20/2026, REINVESTMENT VANGUARD TAX EXEMPT BD (VTEB) (Cash),VTEB, VANGUARD,Cash,0.7345,50.21,,,-36.88,
03/02/2026, TRANSFERRED TO VS X8YYYY (Cash),  , No Description,Cash,,,,,-200,

The data is provided to you solely for your use.,,,,,,,,,,
"""
PERSHING = """Account Number,Trade Date,Settlement Date,Activity Type,CUSIP,Description,Quantity,Price,Net Amount,Ccy
9AB123456,20260330,20260331,SELL,037833100,APPLE INC,5,200,1000.00,USD
9AB123456,20260330,20260331,BUY,037833100,APPLE INC,5,200,1000.00,USD
"""


def assert_all_lines_accounted_for(found: CustodianFile) -> None:
    assert found.table is not None
    lines = {row.line for row in found.table.rows} | {line.row for line in found.table.ignored}
    told = {row.row for row in found.transactions} | {problem.row for problem in found.problems}
    assert lines <= told | {line.row for line in found.ignored}


def test_schwab_transactions_are_read_with_the_total_checked() -> None:
    found = read_transactions(SCHWAB.encode())
    assert (found.layout, found.problems) == ("schwab", ())
    sale, split, buy, interest, tax, transfer = found.transactions
    assert (sale.kind, sale.quantity, sale.fees, sale.amount) == (
        TransactionKind.SELL,
        Decimal("-19.5"),
        Decimal("0.01"),
        Decimal("1447.48"),
    )
    assert (split.trade_date, split.quantity, split.amount) == (date(2026, 3, 26), Decimal(90), None)
    assert (buy.account.number, buy.row, buy.trade_date, buy.currency) == ("XXXX-4321", 5, date(2026, 3, 20), "USD")
    assert [row.kind for row in (interest, tax, transfer)] == [
        TransactionKind.INTEREST,
        TransactionKind.FEE,
        TransactionKind.DEPOSIT,
    ]
    assert interest.security is None
    assert_all_lines_accounted_for(found)


def test_fidelity_transactions_are_read_and_the_disclaimer_set_aside() -> None:
    found = read_transactions(FIDELITY.encode(), filename="History_for_Account_X81234567.csv")
    assert (found.layout, found.problems) == ("fidelity", ())
    buy, dividend, reinvest, transfer = found.transactions
    assert (buy.account.number, buy.settle_date, buy.fees) == ("X81234567", date(2026, 3, 25), Decimal(5))
    assert [row.kind for row in (dividend, reinvest, transfer)] == [
        TransactionKind.DIVIDEND,
        TransactionKind.REINVEST,
        TransactionKind.WITHDRAWAL,
    ]
    assert found.ignored[-1].reason is IgnoredReason.NOTE
    assert_all_lines_accounted_for(found)


def test_a_file_without_signs_gets_them_from_the_kinds() -> None:
    sale, buy = read_transactions(PERSHING.encode()).transactions
    assert [sale.amount, buy.amount, sale.quantity, buy.quantity] == [1000, -1000, -5, 5]
    assert (sale.security and sale.security.cusip, sale.settle_date) == ("037833100", date(2026, 3, 31))


def test_a_total_that_the_rows_do_not_make_is_an_error_of_its_line() -> None:
    found = read_transactions(SCHWAB.replace("$9998.34", "$9000.00").encode())
    assert [(problem.row, problem.code) for problem in found.problems] == [(9, "total_differs")]


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("03/20/2026", "02/30/2026", "Date", "not_a_date"),
        ('"03/20/2026"', '""', "Date", "missing_date"),
        ('"Buy"', '"Lapse"', "Action", "unknown_action"),
        ('"20","$72.56"', '"twenty","$72.56"', "Quantity", "not_a_number"),
        ('"VTI","VANGUARD TOTAL STOCK","20"', '"","VANGUARD TOTAL STOCK","20"', "Symbol", "missing_security"),
        ('"$72.56",""', '"$72.56","free"', "Fees & Comm", "not_a_number"),
    ],
)
def test_a_wrong_cell_keeps_its_row_out(old: str, new: str, column: str, code: str) -> None:
    assert old in SCHWAB
    found = read_transactions(SCHWAB.replace(old, new, 1).encode())
    wrong = [problem for problem in found.problems if problem.row == 5]
    assert [(problem.column, problem.code, problem.severity) for problem in wrong] == [(column, code, Severity.ERROR)]
    assert 5 not in {row.row for row in found.transactions}
    assert_all_lines_accounted_for(found)


def test_doubts_are_warnings_beside_rows_that_stay() -> None:
    odd = SCHWAB.replace("-$1451.20", "-$1551.20").replace("$9998.34", "$9898.34").replace("Stock Split", "Expired")
    found = read_transactions(odd.encode())
    assert [(problem.row, problem.code, problem.severity) for problem in found.problems] == [
        (4, "needs_review", Severity.WARNING),
        (5, "trade_does_not_add_up", Severity.WARNING),
    ]
    assert len(found.transactions) == 6


def test_the_same_entry_has_the_same_key_in_an_overlapping_file() -> None:
    whole = read_transactions(SCHWAB.encode()).transactions
    part = "\n".join(line for line in SCHWAB.splitlines() if '"Sell"' not in line and "Total," not in line)
    overlapping = read_transactions(part.replace("$72.56", "$72.5600").encode()).transactions
    assert {row.key for row in overlapping} == {row.key for row in whole[1:]}


def test_two_equal_purchases_of_a_day_are_two() -> None:
    line = "03/20/2026,Buy,VTI,20,72.56,-1451.20\n"
    found = read_transactions(("Date,Action,Symbol,Quantity,Price,Amount\n" + 2 * line).encode())
    assert len({row.key for row in found.transactions}) == 2


def test_a_quotation_mark_that_takes_in_the_next_line_keeps_both_out() -> None:
    found = read_transactions(SCHWAB.encode().replace(b'"-$1451.20"', b'"-$1451.20'))
    assert (5, "too_many_cells") in {(problem.row, problem.code) for problem in found.problems}
    assert not {5, 6} & {row.row for row in found.transactions}


def test_a_row_with_a_comma_too_much_is_not_read_from_the_wrong_columns() -> None:
    found = read_transactions(b"Date,Action,Symbol,Quantity,Price,Amount\n03/20/2026,Buy,VTI,1,5,1,451.20\n")
    assert found.transactions == ()
    assert "too_many_cells" in {problem.code for problem in found.problems}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<!doctype html><p>Session expired", "web page"),
        (b"Symbol,Quantity,Market Value\nVTI,1,5\n", "no column for trade_date, action"),
        (SCHWAB.encode().replace(b'"$10000.00",', b'"$10000.00'), "quotation mark"),
    ],
)
def test_what_is_no_history_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_transactions(data)
    assert words in str(refused.value)


CELL = st.sampled_from(
    ["", "--", "VTI", "Buy", "Sell", "Merger", "$1,000.00", "-5", "x", "03/20/2026", "Total", "2026-02-30"]
)


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=10))
def test_every_line_of_any_table_is_a_row_a_problem_or_ignored(body: list[list[str]]) -> None:
    found = read_transactions(written_csv(["Date", "Action", "Symbol", "Quantity", "Price", "Amount"], body))
    assert_all_lines_accounted_for(found)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(FileRefusedError):
        read_transactions(data)
