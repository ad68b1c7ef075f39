import pytest

from apps.core.tabular.decoding import decoded, is_zip, line_at
from apps.core.tabular.problems import FileRefusedError


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("São".encode(), "utf-8"),
        ("São".encode("utf-8-sig"), "utf-8"),
        ("São Paulo".encode("utf-16"), "utf-16"),
        ("Sao Paulo".encode("utf-16-be"), "utf-16-be"),
        ("São".encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_found_out(data: bytes, encoding: str) -> None:
    found = decoded(data)
    assert found.text.startswith("S")
    assert (found.encoding, "\ufeff" in found.text) == (encoding, False)


def test_bytes_that_fit_no_encoding_are_refused() -> None:
    with pytest.raises(FileRefusedError, match="not text"):
        decoded(b"abc\x81\x8d")


def test_lines_are_counted_by_all_three_line_ends() -> None:
    assert [line_at("a\r\nb\rc\nd", place) for place in (0, 3, 5, 7)] == [1, 2, 3, 4]
    assert is_zip(b"PK\x03\x04rest")
    assert not is_zip(b"Name,City")
