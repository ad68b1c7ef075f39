"""Tables written as CSV that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

# A spreadsheet takes a cell that begins so for a formula, quoted or not (OWASP, "CSV Injection"). The full-width
# forms count as well: East Asian versions of Excel fold them.
_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*%?")


def neutralised(value: object) -> str:
    """The cell as text that no spreadsheet runs: an apostrophe goes before what would begin a formula.

    Numbers stay as they are, negative ones too. Reading the file back gives the apostrophe with the text.
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    text = str(value)
    if isinstance(value, (int, float)) or _NUMBER.fullmatch(text):
        return text
    return f"'{text}" if text.lstrip(" ").startswith(_TRIGGERS) or text.startswith(_TRIGGERS) else text


def written_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write UTF-8 with a byte-order mark, without which Excel takes it for Windows-1252, and CRLF (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([neutralised(name) for name in header])
    writer.writerows([neutralised(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
