from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.tabular import decoding
from apps.core.tabular.problems import FileRefusedError, IgnoredReason
from apps.core.tabular.reading import content_digest, read_table
from apps.core.tabular.tables import Table
from tests.depth import examples


def lines_accounted_for(table: Table) -> list[int]:
    """Every line that begins a record, as the table lists it."""
    return sorted([table.header_line, *(row.line for row in table.rows), *(row.row for row in table.ignored)])


def test_preamble_header_rows_and_totals_are_told_apart_with_their_lines() -> None:
    table = read_table(
        b'"Positions for account X as of 03/31/2026"\r\n\r\n"Symbol","Quantity","Value",\r\n'
        b'"AAA","1","$5.00",\r\n"Total","--","$5.00",\r\n"Intelligent XXXX-1"\r\n"Symbol","Quantity","Value",\r\n'
    )
    assert (table.header, table.header_line) == (("Symbol", "Quantity", "Value"), 3)
    assert [(row.line, row.cells) for row in table.rows] == [(4, ("AAA", "1", "$5.00"))]
    assert [(row.row, row.reason) for row in table.ignored] == [
        (1, IgnoredReason.PREAMBLE),
        (2, IgnoredReason.PREAMBLE),
        (5, IgnoredReason.TOTAL),
        (6, IgnoredReason.NOTE),
        (7, IgnoredReason.REPEATED_HEADER),
    ]


def test_a_security_called_total_is_a_row() -> None:
    table = read_table(b"Name,Kind,Value\nTotal Energies SE,Share,5\nTotal,,5\n")
    assert [row.cells[0] for row in table.rows] == ["Total Energies SE"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_every_delimiter_and_encoding_gives_the_same_table(delimiter: str, encoding: str) -> None:
    lines = [["Name", "City", "Since"], ["Zoë Núñez", "São Paulo", "2020-01-02"], ["Ann Lee", "Austin", "2021-05-06"]]
    data = "\n".join(delimiter.join(line) for line in lines).encode(encoding)
    table = read_table(data)
    assert table.header == ("Name", "City", "Since")
    assert [row.cells for row in table.rows] == [tuple(line) for line in lines[1:]]
    assert (table.delimiter, table.kind) == (delimiter, "csv")


def test_decimal_commas_do_not_make_the_comma_the_delimiter() -> None:
    table = read_table(b"Nome;Renda\nAna;1.234,56\nRui;2.000,00\n")
    assert table.header == ("Nome", "Renda")


def test_the_separator_line_of_excel_is_obeyed_and_accounted_for() -> None:
    table = read_table(b"sep=;\r\nName;Note\r\nAnn;a,b,c\r\n")
    assert table.header_line == 2
    assert table.rows[0].cells == ("Ann", "a,b,c")
    assert table.ignored[0].text == "sep=;"


def test_cells_over_several_lines_keep_the_line_numbers_right() -> None:
    table = read_table(b'Name,Address\nAnn,"1 Main St\nAustin"\nBob,2 Elm St\n')
    assert [(row.line, row.cells[1]) for row in table.rows] == [(2, "1 Main St\nAustin"), (4, "2 Elm St")]
    assert table.problems == ()


def test_the_known_headings_choose_the_header_among_captions() -> None:
    data = b"Report,Harbor Advisors,All offices\nFirst name,Last name,City\nAnn,Lee,Austin\n"
    assert read_table(data, known_headings=["first name", "LAST NAME"]).header_line == 2


def test_a_quotation_mark_left_open_is_refused_with_its_line() -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_table(b'Name,City\nAnn,Austin\nBob,"Boston\nCid,Chicago\n')
    assert refused.value.line == 3
    assert "line 3" in str(refused.value)


def test_a_quotation_mark_that_swallows_lines_is_a_problem_and_not_silence() -> None:
    table = read_table(b'Name,City,Since\nAnn,"Austin,2020\nBob,Boston,2021\nCid,"Chicago,2022\nDee,Denver,2023\n')
    assert [(problem.row, problem.code) for problem in table.problems if problem.code == "swallowed_lines"] == [
        (2, "swallowed_lines")
    ]


def test_rows_of_another_width_are_shown_with_a_problem() -> None:
    table = read_table(b"A name,B name,C name,D name\n1,2,3,4\n1,2,3,4,5\n1,2\n")
    assert [(problem.row, problem.code) for problem in table.problems] == [(3, "too_many_cells"), (4, "too_few_cells")]
    assert [row.line for row in table.rows] == [2, 3, 4]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"\x00\x00\x00\x00", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\xef\xbb\xbf  <!-- x --><HTML>", "web page"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "XLS"),
        (b"Name,City\nAnn,Aus\x00tin\n", "line 2"),
        (b"PK\x03\x04 cut off", "damaged"),
        (b"1,2\n3,4\n", "headings"),
    ],
)
def test_what_is_no_table_is_refused_with_the_reason_and_the_mend(data: bytes, words: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        read_table(data)
    assert words in str(refused.value)
    assert refused.value.mend
    assert (refused.value.code, refused.value.status) == ("file_refused", 422)


def test_more_than_fifty_megabytes_are_refused() -> None:
    with pytest.raises(FileRefusedError, match="50 MB are read at most"):
        read_table(b"a,b\n" * (decoding.MAX_BYTES // 4 + 1))


def test_the_digest_knows_the_same_file() -> None:
    assert content_digest(b"a") == content_digest(b"a") != content_digest(b"b")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        table = read_table(data)
    except FileRefusedError:
        return
    assert lines_accounted_for(table) == sorted(set(lines_accounted_for(table)))


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters='",;|\t\u2028\u2029\x85'),
    max_size=8,
)


@settings(max_examples=examples(60))
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12))
def test_every_line_is_header_row_or_ignored(body: list[list[str]]) -> None:
    text = "\n".join(["Symbol,Name,Value", *(",".join(cells) for cells in body)])
    table = read_table(text.encode(), known_headings=["symbol", "name", "value"])
    assert lines_accounted_for(table) == list(range(1, len(body) + 2))


def test_amounts_are_not_taken_for_headings() -> None:
    table = read_table(b"Account,Value\nBrokerage,5\n")
    assert table.rows[0].cells == ("Brokerage", "5")
    assert Decimal(str(table.rows[0].cells[1])) == 5
