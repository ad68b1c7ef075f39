"""People gathered into households, each with one head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from apps.clients.readers.rows import ClientRow, HouseholdRow, Relationship
from apps.core.tabular.problems import RowProblem, Severity
from apps.kernel.errors import gettext_noop

_ORDER = {kind: place for place, kind in enumerate(Relationship)}


@dataclass(frozen=True, slots=True)
class Grouping:
    """The rows with their relationships settled, their households, and the doubts."""

    rows: tuple[ClientRow, ...]
    households: tuple[HouseholdRow, ...]
    problems: tuple[RowProblem, ...]


def household_key(name: str) -> str:
    """The name without case, doubled blanks and the words that some exports add: "The Lee Family" is "lee"."""
    words = name.casefold().replace(",", " ").split()
    kept = [word for word in words if word not in ("the", "family", "household", "família", "familia")]
    return " ".join(kept or words)


def grouped(rows: Iterable[ClientRow], refused: Iterable[ClientRow] = ()) -> Grouping:
    """Gather the rows by household, in the order of the file.

    Where the file does not say who heads a household, the first of those it says nothing about does. A household
    without a head, or with two, is a problem of all its rows and none of it is kept. When the head may be among the
    `refused` rows, the others wait for it.
    """
    broken = {row.household_key: row.row for row in refused}
    gathered: dict[str, list[ClientRow]] = {}
    for row in rows:
        gathered.setdefault(row.household_key, []).append(row)
    kept: list[ClientRow] = []
    households: list[HouseholdRow] = []
    problems: list[RowProblem] = []
    for key, found in gathered.items():
        members, doubts = _settled(found, broken.get(key))
        problems.extend(doubts)
        if any(problem.severity is Severity.ERROR for problem in doubts):
            continue
        ordered = tuple(sorted(members, key=lambda member: (_ORDER[member.relationship], member.row)))
        kept.extend(ordered)
        households.append(HouseholdRow(key, ordered[0].household_name, ordered))
    return Grouping(tuple(sorted(kept, key=lambda row: row.row)), tuple(households), tuple(problems))


def _settled(members: list[ClientRow], broken_line: int | None) -> tuple[list[ClientRow], list[RowProblem]]:
    heads = [member for member in members if member.relationship is Relationship.HEAD]
    silent = [member for member in members if not member.has_relationship]
    if not heads and broken_line is not None:
        return members, [_waiting(member, broken_line) for member in members]
    if not heads and silent:
        head = silent[0]
        settled = [replace(member, relationship=Relationship.HEAD) if member is head else member for member in members]
        doubtful = len(members) > 1
        return settled, [_assumed_head(head)] if doubtful else []
    if not heads:
        return members, [_headless(member) for member in members]
    if len(heads) > 1:
        return members, [_two_heads(member, heads[0]) for member in members]
    return members, [_assumed_other(member) for member in silent]


def _assumed_head(row: ClientRow) -> RowProblem:
    return RowProblem(
        row.row,
        "",
        "assumed_head",
        gettext_noop("The file does not say who heads the household %(household)s; %(name)s is taken."),
        gettext_noop("Add a column with the relationship, or change it after the import."),
        {"household": row.household_name, "name": f"{row.first_name} {row.last_name}"},
        Severity.WARNING,
    )


def _assumed_other(row: ClientRow) -> RowProblem:
    return RowProblem(
        row.row,
        "",
        "no_relationship",
        gettext_noop("The file does not say what %(name)s is in the household."),
        gettext_noop("Write partner, child, dependant or other."),
        {"name": f"{row.first_name} {row.last_name}"},
        Severity.WARNING,
    )


def _waiting(row: ClientRow, line: int) -> RowProblem:
    return RowProblem(
        row.row,
        "",
        "household_incomplete",
        gettext_noop("The household %(household)s waits for line %(line)s, which cannot be taken over."),
        gettext_noop("Correct that line first."),
        {"household": row.household_name, "line": line},
    )


def _headless(row: ClientRow) -> RowProblem:
    return RowProblem(
        row.row,
        "",
        "household_without_head",
        gettext_noop("The household %(household)s has no head."),
        gettext_noop("Write head as the relationship of one of its people."),
        {"household": row.household_name},
    )


def _two_heads(row: ClientRow, first: ClientRow) -> RowProblem:
    return RowProblem(
        row.row,
        "",
        "household_with_two_heads",
        gettext_noop("The household %(household)s has more than one head; line %(line)s names the first."),
        gettext_noop("Make the others partner or other, or give them a household of their own."),
        {"household": row.household_name, "line": first.row},
    )
