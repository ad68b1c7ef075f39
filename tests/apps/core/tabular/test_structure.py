from apps.core.tabular.problems import IgnoredReason
from apps.core.tabular.structure import Record, Records, heading_key, shaped


def records(*rows: tuple[str, ...]) -> Records:
    return Records("csv", tuple(Record(line, row) for line, row in enumerate(rows, start=1)))


def test_headings_are_compared_without_case_and_punctuation() -> None:
    assert heading_key(" E-Mail Address: ") == "e mail address"
    assert heading_key("Data de Nascimento") == "data de nascimento"
    assert heading_key("Price ($)") == heading_key("price")


def test_no_headings_no_table() -> None:
    assert shaped(records(("1", "2"), ("3", "4"))) is None


def test_rows_between_two_headers_belong_to_the_first() -> None:
    table = shaped(
        records(
            ("Code", "Name", "Net"),
            ("A", "Fund", "3.00"),
            ("Total", "", "3.00"),
            ("Code", "Name", "Symbol", "Amount"),
            ("B", "Share", "BBB", "4.00"),
        ),
        known_headings=["name", "symbol", "amount"],
    )
    assert table is not None
    assert table.header_line == 1
    assert [row.line for row in table.rows] == [2, 4, 5]
    assert [(row.line, row.cells) for row in table.totals] == [(3, ("Total", "", "3.00"))]
    assert [line.reason for line in table.ignored] == [IgnoredReason.TOTAL]


def test_rows_are_as_wide_as_the_header() -> None:
    table = shaped(records(("Name", "City", ""), ("Ann",), ("Bob", "Boston", "")))
    assert table is not None
    assert table.header == ("Name", "City")
    assert [row.cells for row in table.rows] == [("Bob", "Boston")]
    assert [(line.row, line.reason) for line in table.ignored] == [(2, IgnoredReason.NOTE)]
