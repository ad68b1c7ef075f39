from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from apps.core.tabular.reading import read_table
from apps.core.tabular.writing import neutralised, written_csv


def test_what_would_run_as_a_formula_becomes_text() -> None:
    for formula in ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|x", "%x"):
        assert neutralised(formula) == f"'{formula}"


def test_numbers_and_plain_text_stay() -> None:
    assert [neutralised(value) for value in ("-12.50", Decimal("-3.10"), -4, "Ann", None, "a=b", "1,234")] == [
        "-12.50",
        "-3.10",
        "-4",
        "Ann",
        "",
        "a=b",
        "1,234",
    ]


@given(st.text(max_size=40))
def test_no_cell_begins_a_formula(text: str) -> None:
    cell = neutralised(text)
    assert not cell.startswith(("=", "@", "\t", "\r", "＝"))


def test_what_is_written_is_read_back() -> None:
    data = written_csv(["Name", "Note"], [["Ann, Lee", 'says "hi"'], ["Bob", "two\nlines"]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert [row.cells for row in read_table(data).rows] == [("Ann, Lee", 'says "hi"'), ("Bob", "two\nlines")]
