from decimal import Decimal

from apps.core.tabular.problems import Severity
from apps.portfolios.readers.custodian_csv import Keys, RowReader, custodian_table, is_note, misshapen_lines, source_of
from apps.portfolios.readers.layouts import Column, transactions_layout
from apps.portfolios.readers.rows import CustodianAccount

DATA = b"""Transactions for account Joint XXXX-4321
Date,Action,Symbol,Quantity,Commission,Fees,Amount,Currency
03/20/2026,Buy,VTI,2,-1.00,0.50,-10,USD
03/20/2026,Buy,VTI,2,,,-10,DOLLARS
"""


def reader(line: int) -> RowReader:
    table = custodian_table(DATA)
    source = source_of(table, transactions_layout(table), None, "History_for_Account_X81234567.csv")
    return RowReader(source, next(row for row in table.rows if row.line == line))


def test_fees_add_up_without_their_signs() -> None:
    assert reader(3).fees() == Decimal("1.50")
    assert reader(4).fees() == 0


def test_a_caption_names_the_account_before_the_file_does() -> None:
    first = reader(3)
    assert first.source.account_of(first.row) == CustodianAccount("XXXX-4321", "Joint")
    assert first.source.file_account == CustodianAccount("X81234567")


def test_an_unknown_currency_is_an_error_at_its_column() -> None:
    second = reader(4)
    assert second.currency() == "DOLLARS"
    assert [(problem.column, problem.severity) for problem in second.problems] == [("Currency", Severity.ERROR)]
    assert second.is_refused


def test_a_doubt_does_not_refuse_the_row() -> None:
    first = reader(3)
    first.doubt(Column.AMOUNT, "odd", "Odd.", "Look.")
    assert not first.is_refused
    assert first.problems[0].column == "Amount"


def test_equal_facts_are_numbered_and_equal_numbers_are_equal() -> None:
    keys, again = Keys(), Keys()
    first, second = keys.key(["a", Decimal("5.00")]), keys.key(["A ", Decimal(5)])
    assert first != second
    assert [again.key(["a", Decimal(5)]), again.key(["a", Decimal(5)])] == [first, second]


def test_notes_and_misshapen_rows_are_recognised() -> None:
    table = custodian_table(b"Date,Action,Amount\nA note.,,\n03/20/2026,Buy,1,5\n")
    assert [is_note(row) for row in table.rows] == [True, False]
    assert misshapen_lines(table) == {3}
