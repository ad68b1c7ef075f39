"""A client file (CSV or XLSX) read with a mapping: people, households, tax numbers, and a problem for each doubt."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from apps.clients.readers import people
from apps.clients.readers.headings import known_headings, proposed_mapping
from apps.clients.readers.households import grouped, household_key
from apps.clients.readers.places import country_code, has_known_states, state_code
from apps.clients.readers.rows import (
    ClientField,
    ClientFile,
    ClientMapping,
    ClientRow,
    Relationship,
    TaxIdKind,
    TaxIdRow,
)
from apps.core.tabular.problems import CellError, IgnoredReason, IgnoredRow, RowProblem, Severity
from apps.core.tabular.reading import content_digest, read_table
from apps.core.tabular.tables import Cell, Table, TableRow
from apps.core.tabular.values import is_missing, read_decimal, text_of
from apps.kernel.errors import InvalidInputError, gettext_noop

# What a file without these cannot say: who the person is.
_NEEDED_NAMES = (ClientField.LAST_NAME, ClientField.FULL_NAME)
_MAX_TEXT = 200
# Where a row stands says nothing about the person.
_NOT_FACTS = ("row", "key", "fingerprint", "household_key")
_Read = TypeVar("_Read")
# A wrong telephone number or state keeps nobody out: the person is taken over without it.
_DISPENSABLE = frozenset(
    {
        ClientField.PHONE,
        ClientField.MARITAL_STATUS,
        ClientField.POSTAL_CODE,
        ClientField.COUNTRY,
        ClientField.EMPLOYMENT_STATUS,
    }
)


@dataclass(slots=True)
class _Row:
    """One row on its way: its cells by field, what was found wrong."""

    source: TableRow
    mapping: ClientMapping
    header: tuple[str, ...]
    problems: list[RowProblem] = field(default_factory=list)

    def cell(self, name: ClientField) -> Cell:
        """The cell of the field, empty where no column holds it or it says nothing."""
        index = self.mapping.columns.get(name)
        cell = self.source.cells[index] if index is not None else ""
        return "" if is_missing(cell) else cell

    def text(self, name: ClientField) -> str:
        """The cell as text, cut where no field of ours is longer."""
        return text_of(self.cell(name))[:_MAX_TEXT]

    def column(self, name: ClientField) -> str:
        """The heading that holds the field."""
        index = self.mapping.columns.get(name)
        return self.header[index] if index is not None else ""

    def read(self, name: ClientField, reader: Callable[[Cell], _Read], empty: _Read) -> _Read:
        """Read the cell; an unreadable one is a problem, and a warning only where the person can do without."""
        cell = self.cell(name)
        if cell == "":
            return empty
        try:
            return reader(cell)
        except CellError as wrong:
            severity = Severity.WARNING if name in _DISPENSABLE else Severity.ERROR
            self.problems.append(replace(wrong.at(self.source.line, self.column(name)), severity=severity))
            return empty

    def note(self, name: ClientField | None, problem: RowProblem) -> None:
        """Add a problem of the row, at the field's column."""
        self.problems.append(replace(problem, row=self.source.line, column=self.column(name) if name else ""))


def read_client_table(data: bytes, sheet: str = "") -> Table:
    """Read the bytes as the table of a client file, for a mapping to be proposed and shown.

    Raises FileRefusedError when the file as a whole cannot be read.
    """
    return read_table(data, known_headings=known_headings(), sheet=sheet)


def read_clients(
    data: bytes, mapping: ClientMapping | None = None, *, latest_birth: date | None = None, sheet: str = ""
) -> ClientFile:
    """Read a client file with the mapping, or with the one that its headings propose.

    Days of birth after `latest_birth` (the reader has no clock: the caller says today) and more than 125 years before
    it are problems. Raises FileRefusedError when the file cannot be read, InvalidInputError when the mapping names no
    column with names, or a column that the file does not have.
    """
    table = read_client_table(data, sheet)
    used = mapping or proposed_mapping(table)
    _check_mapping(used, table)
    misshapen = {problem.row for problem in table.problems if problem.severity is Severity.ERROR}
    problems: list[RowProblem] = list(table.problems)
    rows: list[ClientRow] = []
    tax_ids: list[TaxIdRow] = []
    refused: list[ClientRow] = []
    for source in table.rows:
        draft = _Row(source, used, table.header)
        person, tax_id = _person(draft, latest_birth)
        problems.extend(draft.problems)
        if source.line in misshapen or any(problem.severity is Severity.ERROR for problem in draft.problems):
            refused.append(person)
            continue
        rows.append(person)
        if tax_id is not None:
            tax_ids.append(TaxIdRow(person.row, person.key, *tax_id))
    kept, ignored, doubts = _without_repeats(rows, tax_ids)
    problems.extend(doubts)
    ignored_lines, notes = _captions(table)
    problems.extend(notes)
    refused.extend(row for row in rows if row.row in {doubt.row for doubt in doubts})
    result = grouped(kept, refused)
    problems.extend(result.problems)
    numbers = {row.row for row in result.rows}
    return ClientFile(
        content_digest(data),
        table,
        used,
        result.rows,
        result.households,
        tuple(tax_id for tax_id in tax_ids if tax_id.row in numbers),
        tuple(sorted(problems, key=lambda problem: problem.row)),
        (*ignored_lines, *ignored),
    )


def _check_mapping(mapping: ClientMapping, table: Table) -> None:
    if not any(name in mapping.columns for name in _NEEDED_NAMES):
        raise InvalidInputError(
            gettext_noop("No column is said to hold people's names."),
            mend=gettext_noop("Choose the column of the last name, or of the full name."),
            field="columns",
        )
    outside = [index for index in mapping.columns.values() if not 0 <= index < len(table.header)]
    if outside:
        raise InvalidInputError(
            gettext_noop("The mapping names column %(column)s, but the file has %(count)s columns."),
            mend=gettext_noop("Choose the columns again."),
            field="columns",
            column=outside[0] + 1,
            count=len(table.header),
        )


def _captions(table: Table) -> tuple[list[IgnoredRow], list[RowProblem]]:
    """A line with one cell only may be a person cut short: below the header it is a problem, not a caption."""
    short = [line for line in table.ignored if line.reason in (IgnoredReason.NOTE, IgnoredReason.TOTAL)]
    problems = [
        RowProblem(
            line.row,
            "",
            "not_a_person",
            gettext_noop("“%(text)s” is no row of a person."),
            gettext_noop("Complete the row, or delete it if it is a note."),
            {"text": line.text[:60]},
        )
        for line in short
    ]
    return [line for line in table.ignored if line not in short], problems


def _person(row: _Row, latest_birth: date | None) -> tuple[ClientRow, tuple[TaxIdKind, str] | None]:
    first, last = row.text(ClientField.FIRST_NAME), row.text(ClientField.LAST_NAME)
    if not last and row.text(ClientField.FULL_NAME):
        first, last = people.split_name(row.text(ClientField.FULL_NAME))
    if not last or not first:
        row.note(ClientField.LAST_NAME if not last else ClientField.FIRST_NAME, _NO_NAME)
    born = row.read(ClientField.BIRTH_DATE, lambda cell: people.read_birth(cell, row.mapping.dates, latest_birth), None)
    country = row.read(ClientField.COUNTRY, _country, row.mapping.country) or row.mapping.country
    tax_id = row.read(ClientField.TAX_ID, lambda cell: people.read_tax_id(text_of(cell)), None)
    household = _household(row, first, last)
    person = ClientRow(
        row=row.source.line,
        key=_person_key(row, first, last, born),
        fingerprint="",
        household_key=household[0],
        household_name=household[1],
        first_name=first,
        last_name=last,
        relationship=row.read(
            ClientField.RELATIONSHIP, lambda cell: people.read_relationship(text_of(cell)), Relationship.OTHER
        ),
        has_relationship=row.cell(ClientField.RELATIONSHIP) != "",
        birth_date=born,
        email=row.read(ClientField.EMAIL, lambda cell: people.read_email(text_of(cell)), ""),
        phone=row.read(ClientField.PHONE, lambda cell: people.read_phone(text_of(cell), country), ""),
        marital_status=row.read(ClientField.MARITAL_STATUS, lambda cell: people.read_marital_status(text_of(cell)), ""),
        address_line_1=row.text(ClientField.ADDRESS_LINE_1),
        address_line_2=row.text(ClientField.ADDRESS_LINE_2),
        city=row.text(ClientField.CITY),
        state=row.read(ClientField.STATE, lambda cell: _state(text_of(cell), country), ""),
        postal_code=row.read(ClientField.POSTAL_CODE, lambda cell: people.read_postal_code(cell, country), ""),
        country=country,
        occupation=row.text(ClientField.OCCUPATION),
        employment_status=row.read(
            ClientField.EMPLOYMENT_STATUS, lambda cell: people.read_employment_status(text_of(cell)), ""
        ),
        annual_income=row.read(ClientField.ANNUAL_INCOME, lambda cell: _income(cell, row.mapping.locale), None),
        external_id=row.text(ClientField.EXTERNAL_ID),
    )
    return replace(person, fingerprint=_fingerprint(person, tax_id)), tax_id


_NO_NAME = RowProblem(
    0,
    "",
    "missing_name",
    gettext_noop("The person has no first name or no last name."),
    gettext_noop("Fill both in."),
)


def _country(cell: Cell) -> str:
    code = country_code(text_of(cell))
    if not code:
        raise CellError(
            "unknown_country",
            gettext_noop("“%(value)s” is no country."),
            mend=gettext_noop("Write its name or its code of two letters."),
            value=text_of(cell)[:40],
        )
    return code


def _state(text: str, country: str) -> str:
    if not has_known_states(country):
        return text[:_MAX_TEXT]
    code = state_code(text, country)
    if not code:
        raise CellError(
            "unknown_state",
            gettext_noop("“%(value)s” is no state of %(country)s."),
            mend=gettext_noop("Write its name or its code, or correct the country."),
            value=text[:40],
            country=country,
        )
    return code


def _income(cell: Cell, locale: str) -> Decimal | None:
    income = read_decimal(cell, locale)
    if income is not None and income < 0:
        raise CellError(
            "negative_income",
            gettext_noop("An income of %(value)s is less than nothing."),
            mend=gettext_noop("Write the gross income of a year, without a sign."),
            value=text_of(cell)[:40],
        )
    return income


def _sha(parts: Iterable[object]) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")).hexdigest()


def _household(row: _Row, first: str, last: str) -> tuple[str, str]:
    """Key and name: the file's own, else the last name at one address, else everybody is one of their own.

    People who only share a last name are not a family.
    """
    named = row.text(ClientField.HOUSEHOLD_NAME)
    if named:
        return household_key(named), named
    street = row.text(ClientField.ADDRESS_LINE_1).casefold()
    if street:
        return f"{last.casefold()}|{street}|{row.text(ClientField.POSTAL_CODE)}", last
    return f"{last.casefold()}|{first.casefold()}|{row.source.line}", f"{last}, {first}"


def _person_key(row: _Row, first: str, last: str, born: date | None) -> str:
    """The file's own number where it has one; else household, names and birth, which a correction seldom touches."""
    external_id = row.text(ClientField.EXTERNAL_ID)
    if external_id:
        return _sha(["id", external_id.casefold()])
    household = household_key(row.text(ClientField.HOUSEHOLD_NAME))
    return _sha(["person", household, first.casefold(), last.casefold(), born or ""])


def _fingerprint(person: ClientRow, tax_id: tuple[TaxIdKind, str] | None) -> str:
    facts = [getattr(person, fact.name) for fact in fields(person) if fact.name not in _NOT_FACTS]
    return _sha([*facts, tax_id or ""])


def _without_repeats(
    rows: list[ClientRow], tax_ids: list[TaxIdRow]
) -> tuple[list[ClientRow], list[IgnoredRow], list[RowProblem]]:
    """Set aside the same person again; a second, different row of the person is a problem, and so is a tax number
    that two people share."""
    first_of: dict[str, ClientRow] = {}
    kept: list[ClientRow] = []
    ignored: list[IgnoredRow] = []
    problems: list[RowProblem] = []
    for row in rows:
        earlier = first_of.setdefault(row.key, row)
        if earlier is row:
            kept.append(row)
        elif earlier.fingerprint == row.fingerprint:
            ignored.append(IgnoredRow(row.row, IgnoredReason.DUPLICATE, f"{row.first_name} {row.last_name}"))
        else:
            problems.append(_conflicting(row, earlier))
    shared = Counter(tax_id.number for tax_id in tax_ids if tax_id.key in first_of)
    owners = {(tax_id.number, tax_id.key) for tax_id in tax_ids}
    doubled = {number for number in shared if len({key for found, key in owners if found == number}) > 1}
    problems.extend(_shared_tax_id(tax_id) for tax_id in tax_ids if tax_id.number in doubled)
    barred = {problem.row for problem in problems}
    return [row for row in kept if row.row not in barred], ignored, problems


def _conflicting(row: ClientRow, earlier: ClientRow) -> RowProblem:
    return RowProblem(
        row.row,
        "",
        "duplicate_person",
        gettext_noop("%(name)s stands in line %(line)s already, with other details."),
        gettext_noop("Keep one of the two rows."),
        {"name": f"{row.first_name} {row.last_name}", "line": earlier.row},
    )


def _shared_tax_id(tax_id: TaxIdRow) -> RowProblem:
    return RowProblem(
        tax_id.row,
        "",
        "shared_tax_id",
        gettext_noop("The tax number %(masked)s is given to two people of the file."),
        gettext_noop("Correct it for the one it does not belong to."),
        {"masked": tax_id.masked},
    )
