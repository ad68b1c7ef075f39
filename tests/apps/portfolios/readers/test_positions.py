from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.tabular.problems import FileRefusedError, IgnoredReason, Severity
from apps.core.tabular.writing import written_csv
from apps.portfolios.readers.custodian_csv import FileStyle
from apps.portfolios.readers.positions import read_positions
from apps.portfolios.readers.rows import CustodianFile
from tests.apps.core.tabular.workbooks import workbook
from tests.depth import examples

SCHWAB = """"Positions for All-Accounts as of 06:04 PM ET, 03/31/2026"

"Brokerage XXXX-1234"
"Symbol","Description","Quantity","Price","Market Value","Day Change $","Cost Basis","% Of Account",
"VTI","VANGUARD TOTAL STOCK MKT ETF","100","$250.10","$25,010.00","$12.00","$18,000.00","83%",
"Cash & Cash Investments","--","--","--","$5,000.00","$0.00","--","17%",
"Account Total","--","--","--","$30,010.00","$12.00","$18,000.00","--",

"Joint XXXX-4321"
"Symbol","Description","Quantity","Price","Market Value","Day Change $","Cost Basis","% Of Account",
"BND","VANGUARD TOTAL BOND","(10)","$72.50","($725.00)","--","--","100%",
"Account Total","--","--","--","($725.00)","--","--","--",
"""
FIDELITY = """Account Number,Account Name,Symbol,Description,Quantity,Last Price,Current Value,Cost Basis Total,Type
X81234567,Individual,SPAXX**,HELD IN MONEY MARKET,,,$1500.25,n/a,Cash,
X81234567,Individual,AAPL,APPLE INC,10,$200.50,$2005.00,$1000.00,Margin,
X81234567,Individual,Pending Activity,,,,$-20.00,,,

"The data and information in this spreadsheet is provided to you solely for your use, and not for distribution."

"Date downloaded 03/31/2026 5:02 PM ET"
"""
PERSHING = """Account Number|CUSIP|Security Description|Quantity|Price|Market Value|As of Date|Currency
9AB123456|037833100|APPLE INC|10.5|200.50|2105.25|20260331|USD
9AB123456|912796Z77|US TREASURY BILL|1000|99.2|992.00|20260331|USD
"""


def assert_all_lines_accounted_for(found: CustodianFile) -> None:
    assert found.table is not None
    lines = {row.line for row in found.table.rows} | {line.row for line in found.table.ignored}
    told = {row.row for row in found.positions} | {problem.row for problem in found.problems}
    assert lines <= told | {line.row for line in found.ignored}


def test_schwab_positions_of_two_accounts_are_read_with_totals_checked() -> None:
    found = read_positions(SCHWAB.encode("utf-8-sig"))
    assert (found.layout, found.problems) == ("schwab", ())
    vti, cash, bond = found.positions
    assert (vti.row, vti.account.number, vti.account.name) == (5, "XXXX-1234", "Brokerage")
    assert vti.security is not None
    assert (vti.security.symbol, vti.quantity, vti.price) == ("VTI", Decimal(100), Decimal("250.10"))
    assert (vti.market_value, vti.cost_basis, vti.as_of) == (Decimal(25010), Decimal(18000), date(2026, 3, 31))
    assert (cash.is_cash, cash.security, cash.quantity, cash.market_value) == (True, None, None, Decimal(5000))
    assert (bond.account.masked, bond.quantity, bond.market_value) == ("•••4321", Decimal(-10), Decimal(-725))
    assert [total.amount for total in found.stated_totals] == [Decimal(30010), Decimal(-725)]
    assert_all_lines_accounted_for(found)


def test_fidelity_positions_keep_the_core_fund_as_cash_and_set_pending_aside() -> None:
    found = read_positions(FIDELITY.encode())
    assert (found.layout, found.problems) == ("fidelity", ())
    core, apple = found.positions
    assert (core.is_cash, core.security and core.security.symbol, core.market_value) == (
        True,
        "SPAXX",
        Decimal("1500.25"),
    )
    assert (apple.account.number, apple.market_value, apple.as_of) == ("X81234567", Decimal(2005), date(2026, 3, 31))
    reasons = {line.row: line.reason for line in found.ignored}
    assert (reasons[4], reasons[6]) == (IgnoredReason.PENDING, IgnoredReason.NOTE)
    assert_all_lines_accounted_for(found)


def test_pershing_positions_are_named_by_cusip() -> None:
    found = read_positions(PERSHING.encode())
    assert (found.layout, found.problems) == ("pershing", ())
    assert [row.security and row.security.cusip for row in found.positions] == ["037833100", "912796Z77"]
    assert found.positions[0].as_of == date(2026, 3, 31)


def test_a_workbook_and_a_brazilian_file_are_read_alike() -> None:
    rows = [("Symbol", "Quantity", "Price", "Market Value"), ("VTI", 10, 250.1, 2501.0)]
    assert read_positions(workbook(("S", rows))).positions[0].market_value == Decimal(2501)
    data = b"Symbol;Quantity;Price;Market Value\nPETR4;1.000;38,50;38.500,00\n"
    [row] = read_positions(data, style=FileStyle(locale="pt_BR", currency="BRL")).positions
    assert (row.quantity, row.market_value, row.currency) == (Decimal(1000), Decimal(38500), "BRL")


def test_a_total_that_the_rows_do_not_make_is_an_error_of_its_line() -> None:
    found = read_positions(SCHWAB.replace("$30,010.00", "$31,010.00").encode())
    [problem] = found.problems
    assert (problem.row, problem.code, problem.severity) == (7, "total_differs", Severity.ERROR)
    assert "31010" in str(problem)
    assert "30010" in str(problem)


@pytest.mark.parametrize(
    ("old", "new", "column", "code"),
    [
        ("$25,010.00", "25.010,00", "Market Value", "not_a_number"),
        ('"VTI","VANGUARD TOTAL STOCK MKT ETF"', '"",""', "Symbol", "missing_security"),
        ('"$250.10","$25,010.00"', '"--","--"', "Market Value", "missing_value"),
        ('"100"', '"a hundred"', "Quantity", "not_a_number"),
    ],
)
def test_a_wrong_cell_keeps_its_row_out(old: str, new: str, column: str, code: str) -> None:
    assert old in SCHWAB
    found = read_positions(SCHWAB.replace(old, new, 1).encode())
    wrong = [problem for problem in found.problems if problem.row == 5]
    assert [(problem.column, problem.code, problem.severity) for problem in wrong] == [(column, code, Severity.ERROR)]
    assert 5 not in {row.row for row in found.positions}
    assert_all_lines_accounted_for(found)


def test_a_value_that_is_not_given_is_computed_with_a_warning() -> None:
    [row] = (found := read_positions(b"Symbol,Quantity,Price,Market Value\nVTI,10,250.10,--\n")).positions
    assert row.market_value == Decimal(2501)
    assert [(problem.code, problem.severity) for problem in found.problems] == [("computed_value", Severity.WARNING)]


def test_the_same_file_gives_the_same_keys_and_two_lots_keep_apart() -> None:
    data = b"Symbol,Quantity,Market Value\nVTI,10,2501\nVTI,5,1250\n"
    keys = [row.key for row in read_positions(data).positions]
    assert len(set(keys)) == 2
    assert keys == [row.key for row in read_positions(data).positions]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<html>Sign in</html>", "web page"),
        (b"Date,Action,Symbol,Quantity,Price,Fees & Comm,Amount\n03/31/2026,Buy,VTI,1,5,,-5\n", "history"),
        (b"Open Date,Holding Period\n03/31/2026,Short Term\n", "no column for symbol, market_value"),
        (SCHWAB.encode()[:-30].replace(b'"--","--","--",\n', b'"--'), "quotation mark"),
    ],
)
def test_what_is_no_list_of_positions_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_positions(data)
    assert words in str(refused.value)
    assert refused.value.mend


CELL = st.sampled_from(
    ["", "--", "VTI", "037833100", "$1,000.00", "(5)", "x", "Cash & Cash Investments", "Total", "1e5", "N/A"]
)


@settings(max_examples=examples(80), deadline=None)
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=10))
def test_every_line_of_any_table_is_a_row_a_problem_or_ignored(body: list[list[str]]) -> None:
    found = read_positions(written_csv(["Symbol", "Description", "Quantity", "Price", "Market Value"], body))
    assert_all_lines_accounted_for(found)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(FileRefusedError):
        read_positions(data)
