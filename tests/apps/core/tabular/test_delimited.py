import pytest

from apps.core.tabular import delimited
from apps.core.tabular.decoding import DecodedText
from apps.core.tabular.delimited import read_records
from apps.core.tabular.problems import FileRefusedError


def test_records_know_the_line_they_begin_in() -> None:
    records = read_records(DecodedText('a,b\r"x\r\ny",z\n\nlast,one', "utf-8")).records
    assert [(record.line, record.cells) for record in records] == [
        (1, ("a", "b")),
        (2, ("x\r\ny", "z")),
        (4, ()),
        (5, ("last", "one")),
    ]


def test_the_mark_of_old_systems_at_the_end_is_no_record() -> None:
    assert len(read_records(DecodedText("a,b\n1,2\n\x1a", "cp1252")).records) == 2


def test_too_many_rows_columns_or_letters_are_refused_with_the_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_ROWS", 3)
    with pytest.raises(FileRefusedError) as refused:
        read_records(DecodedText("a,b\n" * 5, "utf-8"))
    assert refused.value.line == 5
    with pytest.raises(FileRefusedError, match="columns, at line 2"):
        read_records(DecodedText("a,b\n" + "x," * 1_001, "utf-8"))
    with pytest.raises(FileRefusedError, match="Line 2 cannot be read"):
        read_records(DecodedText("a,b\n" + "x" * 140_000, "utf-8"))
