"""Records of a file told apart: preamble, header, rows, repeated headers, totals, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.tables import Cell, Table, TableRow
from apps.core.tabular.values import is_missing, read_date, read_decimal, read_percent, text_of
from apps.kernel.errors import gettext_noop

# Headers stand near the top; a preamble longer than this is none.
_HEADER_WITHIN = 60
_TOTAL = re.compile(
    r"(?:(?:account|grand|sub|transactions?|portfolio|household|report|overall)[\s-]*)?totals?\b", re.IGNORECASE
)
_WORDS = re.compile(r"[^0-9a-z\u00c0-\u024f]+")


# the cells of one record as they stand, and the line it begins in: most become rows of the table as they are
Record = TableRow


@dataclass(frozen=True, slots=True)
class Records:
    """All records of a file, before anything is known about them."""

    kind: str
    records: tuple[Record, ...]
    problems: tuple[RowProblem, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()


def heading_key(heading: str) -> str:
    """A heading without case, punctuation and doubled blanks: "E-mail " and "e mail" are the same column."""
    return _WORDS.sub(" ", heading.casefold()).strip()


def shaped(records: Records, known_headings: Iterable[str] = ()) -> Table | None:
    """Find the header and sort the records below it; None where no record looks like one."""
    place = _header_place(records.records, {heading_key(heading) for heading in known_headings})
    if place is None:
        return None
    header_record = records.records[place]
    header = tuple(text_of(cell) for cell in _trimmed(header_record.cells))
    ignored = [_set_aside(record, IgnoredReason.PREAMBLE) for record in records.records[:place]]
    rows: list[TableRow] = []
    totals: list[TableRow] = []
    problems, width = list(records.problems), len(header)
    telling = _TellingStarts(header)
    for record in records.records[place + 1 :]:
        if len(record.cells) == width and not telling[record.cells[0]]:
            rows.append(record)
            continue
        reason = _reason_to_ignore(record, header)
        if reason is not None:
            ignored.append(_set_aside(record, reason))
            if reason is IgnoredReason.TOTAL:
                totals.append(_fitted(record, len(header)))
            continue
        rows.append(_fitted(record, len(header)))
        problems.extend(_shape_problems(record, header))
    return Table(
        records.kind,
        header,
        header_record.line,
        tuple(rows),
        tuple(ignored),
        tuple(problems),
        records.encoding,
        records.delimiter,
        records.sheet,
        records.other_sheets,
        tuple(totals),
    )


class _TellingStarts(dict[Cell, bool]):
    """Whether a first cell leaves it open that its record, as wide as the header, is a row; asked once for a text."""

    def __init__(self, header: tuple[str, ...]) -> None:
        self.header = header

    def __missing__(self, cell: Cell) -> bool:
        text = text_of(cell)
        found = not text or text in self.header or _TOTAL.match(text) is not None
        if isinstance(cell, str):
            self[cell] = found
        return found


def _trimmed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Without empty cells at the end: many exports end each line with a comma."""
    width = len(cells)
    while width and cells[width - 1] == "":
        width -= 1
    return cells[:width]


def _filled(cells: Iterable[Cell]) -> list[Cell]:
    return [cell for cell in cells if text_of(cell)]


def _is_value(cell: Cell) -> bool:
    """Whether the cell is an amount, a percentage, a day or a mark for none: what data rows hold and headings don't."""
    if not isinstance(cell, str) or is_missing(cell):
        return True
    for read in (read_decimal, read_percent, read_date):
        try:
            read(cell)
        except CellError:
            continue
        return True
    return False


def _header_place(records: Sequence[Record], known: set[str]) -> int | None:
    near = records[:_HEADER_WITHIN]
    widths = [len(_filled(record.cells)) for record in records[: 4 * _HEADER_WITHIN]]
    wide = [width for width in widths if width > 1]
    needed = 0.6 * median(wide) if wide else 1
    places = [place for place, record in enumerate(near) if _could_be_header(record, widths[place], needed)]
    if not places:
        return None
    if known:
        hits = {place: _known_count(near[place], known) for place in places}
        best = max(places, key=lambda place: (hits[place], -place))
        # A second table further down may know more names, but rows between the two are rows of the first.
        earlier = (place for place in places if place < best and hits[place] and _has_data(near[place + 1 : best]))
        return next(earlier, best) if hits[best] else places[0]
    return places[0]


def _has_data(records: Sequence[Record]) -> bool:
    filled = (_filled(record.cells) for record in records)
    return any(len(cells) > 1 and any(_is_value(cell) for cell in cells) for cells in filled)


def _could_be_header(record: Record, width: int, needed: float) -> bool:
    filled = _filled(record.cells)
    names = [text_of(cell).casefold() for cell in filled]
    repeated = len(names) - len(set(names))
    return bool(filled) and width >= needed and not any(_is_value(cell) for cell in filled) and repeated <= width // 4


def _known_count(record: Record, known: set[str]) -> int:
    return sum(heading_key(text_of(cell)) in known for cell in record.cells)


def _reason_to_ignore(record: Record, header: tuple[str, ...]) -> IgnoredReason | None:
    # the first cell tells most rows from all of these: files have a hundred thousand of them
    first = next((text for cell in record.cells if (text := text_of(cell))), "")
    if not first:
        return IgnoredReason.BLANK
    if first in header and tuple(text_of(cell) for cell in _trimmed(record.cells)) == header:
        return IgnoredReason.REPEATED_HEADER
    if _TOTAL.match(first):
        filled = _filled(record.cells)
        if len(filled) > 1 and all(_is_value(cell) for cell in filled[1:]):
            return IgnoredReason.TOTAL
    # A line of one cell in a wider table is a caption ("Posted Transactions") or a footnote.
    if len(record.cells) < len(header) and len(header) > 1 and len(_filled(record.cells)) == 1:
        return IgnoredReason.NOTE
    return None


def _set_aside(record: Record, reason: IgnoredReason) -> IgnoredRow:
    return IgnoredRow(record.line, reason, " | ".join(text_of(cell) for cell in record.cells if text_of(cell)))


def _fitted(record: Record, width: int) -> TableRow:
    cells = record.cells[:width]
    return TableRow(record.line, cells + ("",) * (width - len(cells)))


def _shape_problems(record: Record, header: tuple[str, ...]) -> Iterable[RowProblem]:
    cells = _trimmed(record.cells)
    if len(cells) > len(header):
        yield RowProblem(
            record.line,
            "",
            "too_many_cells",
            gettext_noop("The row has %(count)s cells where the header has %(width)s."),
            gettext_noop("Put quotation marks around a cell that holds the delimiter itself."),
            {"count": len(cells), "width": len(header)},
        )
    elif len(record.cells) < len(header) - 1:
        yield RowProblem(
            record.line,
            "",
            "too_few_cells",
            gettext_noop("The row has %(count)s cells where the header has %(width)s; the others are taken as empty."),
            gettext_noop("Look whether the line is cut off."),
            {"count": len(record.cells), "width": len(header)},
            Severity.WARNING,
        )
