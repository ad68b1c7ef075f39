"""CSV text as records: its delimiter is found out, each record knows its first line."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from apps.core.tabular.decoding import DecodedText
from apps.core.tabular.problems import FileRefusedError, RowProblem, Severity
from apps.core.tabular.structure import Record, Records
from apps.kernel.errors import gettext_noop

MAX_ROWS = 500_000
MAX_COLUMNS = 1_000
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 200
_DECLARED = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# Appended as a last line: it comes back as a record of its own unless a quotation mark before it was left open.
_SENTINEL = "\x1eend of file\x1e"


def read_records(decoded: DecodedText) -> Records:
    """Split the text into records.

    Raises FileRefusedError when a quotation mark is never closed, a cell is longer than 131,072 characters (the limit
    of the csv module), or there are more than MAX_ROWS records or MAX_COLUMNS columns.
    """
    text = decoded.text.rstrip("\x1a")
    declared = _DECLARED.match(text)
    delimiter = declared[1] if declared else _likely_delimiter(text)
    records = list(_records(text, delimiter))
    if declared:
        # Excel's own first line; it is the file's, so it stays a line of the file.
        records[0] = Record(1, (text[: declared.end()].strip(),))
    _refuse_open_quote(records)
    # each record begins on a line of its own: then no cell holds lines
    swallowed = _swallowed(records, delimiter) if len(records) < records[-1].line else ()
    records.pop()
    problems = (*swallowed, *_cut_off(records)) if text[-1:] not in "\r\n" else swallowed
    return Records("csv", tuple(records), problems, decoded.encoding, delimiter)


def _records(text: str, delimiter: str) -> Iterator[Record]:
    ending = "" if not text or text[-1] in "\r\n" else "\n"
    reader = csv.reader(io.StringIO(f"{text}{ending}{_SENTINEL}", newline=""), delimiter=delimiter)
    count, line = 0, 1
    try:
        for cells in reader:
            count += 1
            if count > MAX_ROWS + 1 or len(cells) > MAX_COLUMNS:
                raise _too_large(line)
            yield Record(line, tuple(cells))
            line = reader.line_num + 1
    except csv.Error as broken:
        raise FileRefusedError(
            gettext_noop("Line %(line)s cannot be read: a cell in it is too long or broken."),
            mend=gettext_noop("Look for a quotation mark that is opened and not closed there."),
            line=line,
        ) from broken


def _too_large(line: int) -> FileRefusedError:
    return FileRefusedError(
        gettext_noop("The file is larger than %(rows)s rows or %(columns)s columns, at line %(line)s."),
        mend=gettext_noop("Export a shorter period or fewer columns."),
        line=line,
        rows=MAX_ROWS,
        columns=MAX_COLUMNS,
    )


def _refuse_open_quote(records: list[Record]) -> None:
    if records[-1].cells != (_SENTINEL,):
        raise FileRefusedError(
            gettext_noop("A quotation mark opened in line %(line)s is never closed, so all below it is one cell."),
            mend=gettext_noop("Close it, or export the file again."),
            line=records[-1].line,
        )


def _swallowed(records: list[Record], delimiter: str) -> tuple[RowProblem, ...]:
    """Find cells that hold whole lines of the table: a quotation mark too much hides rows without an error."""
    problems: list[RowProblem] = []
    for record in records:
        broken = [cell for cell in record.cells if isinstance(cell, str) and ("\n" in cell or "\r" in cell)]
        lines = [line for cell in broken for line in cell.splitlines()[1:]]
        if any(line.count(delimiter) >= max(2, len(record.cells) - 1) for line in lines):
            problems.append(
                RowProblem(
                    record.line,
                    "",
                    "swallowed_lines",
                    gettext_noop("A quotation mark in this line takes %(count)s further lines into one cell."),
                    gettext_noop("Remove the quotation mark that is not closed on its own line."),
                    {"count": len(lines)},
                    Severity.ERROR,
                )
            )
    return tuple(problems)


def _cut_off(records: list[Record]) -> Iterator[RowProblem]:
    """Find a last line, without a line end, that is shorter than the one before: the transfer broke off in it.

    A sentence below the table is one cell.
    """
    if len(records) > 1 and 1 < len(records[-1].cells) < len(records[-2].cells):
        yield RowProblem(
            records[-1].line,
            "",
            "cut_off",
            gettext_noop("The file breaks off in this line: it has no end, and fewer cells than the line before."),
            gettext_noop("Transfer or export the file again."),
        )


def _likely_delimiter(text: str) -> str:
    """The delimiter by which most lines fall into the same number of cells; more cells win a tie."""
    sample = "\n".join(text[: 64 * 1024].splitlines()[:_SAMPLE_LINES])
    scores: dict[str, tuple[float, int]] = {}
    for delimiter in _DELIMITERS:
        try:
            widths = Counter(len(cells) for cells in csv.reader(io.StringIO(sample), delimiter=delimiter) if cells)
        except csv.Error:
            continue
        split = Counter({width: count for width, count in widths.items() if width > 1})
        if split:
            width, count = max(split.items(), key=lambda item: (item[1], item[0]))
            scores[delimiter] = (round(count / widths.total(), 1), width)
    return max(scores, key=lambda delimiter: scores[delimiter]) if scores else ","
