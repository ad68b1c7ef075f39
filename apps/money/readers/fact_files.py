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

# without an amount a list may tell of grants and of Roth accounts only
_NEEDED = ("entry", "name", "as of")


@dataclass(frozen=True, slots=True)
class FactRow:
    """One line: the kind of fact, its name, whose it is and into which account, and its fields by their names."""

    line: int
    kind: str
    name: str
    person: str
    account: str
    fields: Mapping[str, Any]
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactFile:
    """What a file says: its rows, and its doubts; a line with a doubt is no row. `told` are the cells of every line."""

    rows: tuple[FactRow, ...]
    problems: tuple[RowProblem, ...]
    table: Table
    told: Mapping[int, Mapping[str, str]]


def read_facts(data: bytes) -> FactFile:
    """Read the lines. Raises FileRefusedError for what is no table, or lacks a column that each line needs."""
    table = read_table(data, known_headings=HEADINGS)
    places = {heading.strip().casefold(): place for place, heading in enumerate(table.header)}
    missing = [heading for heading in _NEEDED if heading not in places]
    if missing:
        raise FileRefusedError(
            gettext_noop("The file has no column “%(column)s”."),
            mend=gettext_noop("Each line needs the columns entry, name and as of."),
            line=table.header_line,
            column=missing[0],
        )
    rows, problems = [], list(table.problems)
    for row in table.rows:
        read, wrong = _row(row, places)
        problems += wrong
        rows += [read] if read is not None and not wrong else []
    return FactFile(tuple(rows), tuple(problems), table, {row.line: _cells(row, places) for row in table.rows})


def _row(row: TableRow, places: Mapping[str, int]) -> tuple[FactRow | None, list[RowProblem]]:
    def cell(heading: str) -> Cell:
        return row.cells[places[heading]] if heading in places else ""

    kind = " ".join(text_of(cell("entry")).replace("_", " ").casefold().split())
    name = text_of(cell("name")).strip()
    if kind not in COLUMNS:
        message, mend = gettext_noop("“%(said)s” is no kind of entry."), gettext_noop("Write one of: %(kinds)s.")
        params = {"said": kind, "kinds": ", ".join(COLUMNS)}
        return None, [RowProblem(row.line, "entry", "unknown_entry", message, mend, params)]
    if not name:
        message, mend = gettext_noop("The entry has no name."), gettext_noop("Give it one.")
        return None, [RowProblem(row.line, "name", "missing_name", message, mend)]
    fields, problems = {}, []
    for heading, (target, read) in COLUMNS[kind].items():
        if is_missing(cell(heading)):
            continue
        try:
            fields[target] = read(cell(heading))
        except CellError as wrong:
            problems.append(wrong.at(row.line, heading))
    cells = _cells(row, places)
    strange = [heading for heading in cells if heading not in {*COLUMNS[kind], *ALWAYS}]
    problems += [_not_of_kind(row.line, heading, kind) for heading in strange]
    who, where = text_of(cell("person")).strip(), text_of(cell("account")).strip()
    return FactRow(row.line, kind, name, who, where, fields, cells), problems


def _cells(row: TableRow, places: Mapping[str, int]) -> dict[str, str]:
    there = {heading: row.cells[places[heading]] for heading in HEADINGS if heading in places}
    return {heading: text_of(cell) for heading, cell in there.items() if not is_missing(cell)}


def _not_of_kind(line: int, heading: str, kind: str) -> RowProblem:
    message = gettext_noop("An entry of the kind “%(kind)s” has no “%(column)s”.")
    return RowProblem(
        line, heading, "not_of_kind", message, gettext_noop("Leave the cell empty."), {"kind": kind, "column": heading}
    )
