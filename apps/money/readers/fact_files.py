"""A list of a household's facts: a line for each income, debt, policy, grant, phase of spending …"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.core.tabular.problems import CellError, FileRefusedError, RowProblem
from apps.core.tabular.reading import read_table
from apps.core.tabular.tables import Cell, Table, TableRow
from apps.core.tabular.values import is_missing, text_of
from apps.kernel.errors import gettext_noop
from apps.money.readers.fact_columns import ALWAYS, COLUMNS, HEADINGS
from apps.money.readers.fact_words import (
    PORTUGUESE,
    READ_IN_PORTUGUESE,
    entry_in,
    entry_of,
    heading_in,
    heading_of,
    headings_told,
    language_of,
)

# without an amount a list may tell of grants and of Roth accounts only
_NEEDED = ("entry", "name", "as of")


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line: the kind of fact, its name, whose it is and into which account, and its fields by their names.

    `household` is the name or number of the household that the line belongs to, empty where the file does not say.
    """

    line: int
    kind: str
    name: str
    person: str
    account: str
    fields: Mapping[str, Any]
    cells: Mapping[str, str] = field(default_factory=dict)
    household: str = ""


@dataclass(frozen=True, slots=True)
class FactFile:
    """What a file says: its rows, and its doubts; a line with a doubt is no row. `told` are the cells of every line.

    Rows and doubts call columns as English lists do; `language` is how the file itself does. `names_households` says
    that it has a column for them.
    """

    rows: tuple[FactRow, ...]
    problems: tuple[RowProblem, ...]
    table: Table
    told: Mapping[int, Mapping[str, str]]
    language: str
    names_households: bool


def read_facts(data: bytes) -> FactFile:
    """Read the lines. Raises FileRefusedError for what is no table, or lacks a column that each line needs."""
    table = read_table(data, known_headings=headings_told(HEADINGS))
    places = {heading_of(heading): place for place, heading in enumerate(table.header)}
    language = language_of(table.header)
    missing = [heading for heading in _NEEDED if heading not in places]
    if missing:
        raise FileRefusedError(
            gettext_noop("The file has no column “%(column)s”."),
            mend=gettext_noop("Each line needs the columns entry, name and as of."),
            line=table.header_line,
            column=heading_in(language, missing[0]),
        )
    rows, problems = [], [*table.problems, *_strange_columns(table)]
    for row in table.rows:
        read, wrong = _row(row, places, language)
        problems += wrong
        rows += [read] if read is not None and not wrong else []
    told = {row.line: _cells(row, places) for row in table.rows}
    return FactFile(tuple(rows), tuple(problems), table, told, language, "household" in places)


def _row(row: TableRow, places: Mapping[str, int], language: str) -> tuple[FactRow | None, list[RowProblem]]:
    def cell(heading: str) -> Cell:
        return row.cells[places[heading]] if heading in places else ""

    kind = entry_of(" ".join(text_of(cell("entry")).replace("_", " ").casefold().split()))
    name = text_of(cell("name")).strip()
    if kind not in COLUMNS:
        message, mend = gettext_noop("“%(said)s” is no kind of entry."), gettext_noop("Write one of: %(kinds)s.")
        params = {"said": kind, "kinds": ", ".join(entry_in(language, entry) for entry in COLUMNS)}
        return None, [RowProblem(row.line, "entry", "unknown_entry", message, mend, params)]
    if not name:
        message, mend = gettext_noop("The entry has no name."), gettext_noop("Give it one.")
        return None, [RowProblem(row.line, "name", "missing_name", message, mend)]
    fields, problems = {}, []
    for heading, (target, read) in COLUMNS[kind].items():
        if is_missing(cell(heading)):
            continue
        try:
            reading = READ_IN_PORTUGUESE.get(read, read) if language == PORTUGUESE else read
            fields[target] = reading(cell(heading))
        except CellError as wrong:
            problems.append(wrong.at(row.line, heading))
    cells = _cells(row, places)
    strange = [heading for heading in cells if heading not in {*COLUMNS[kind], *ALWAYS}]
    problems += [_not_of_kind(row.line, heading, kind) for heading in strange]
    who, where = text_of(cell("person")).strip(), text_of(cell("account")).strip()
    return FactRow(row.line, kind, name, who, where, fields, cells, text_of(cell("household")).strip()), problems


def _strange_columns(table: Table) -> list[RowProblem]:
    """Name the columns of which nothing is read though they say something: what is written there would be lost."""
    message, mend = gettext_noop("No column is called “%(column)s”."), gettext_noop("Correct its name, or remove it.")
    return [
        RowProblem(table.header_line, heading, "unknown_column", message, mend, {"column": heading})
        for place, heading in enumerate(table.header)
        if heading_of(heading) not in HEADINGS and any(not is_missing(row.cells[place]) for row in table.rows)
    ]


def _cells(row: TableRow, places: Mapping[str, int]) -> dict[str, str]:
    there = {heading: row.cells[places[heading]] for heading in HEADINGS if heading in places}
    return {heading: text_of(cell) for heading, cell in there.items() if not is_missing(cell)}


def _not_of_kind(line: int, heading: str, kind: str) -> RowProblem:
    message = gettext_noop("An entry of the kind “%(kind)s” has no “%(column)s”.")
    return RowProblem(
        line, heading, "not_of_kind", message, gettext_noop("Leave the cell empty."), {"kind": kind, "column": heading}
    )
