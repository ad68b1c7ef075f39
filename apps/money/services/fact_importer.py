"""A household's facts taken in from a list, each through the service of the page, and taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household, Person
from apps.clients.ports import (
    Applied,
    ImportFile,
    Known,
    Made,
    PlannedRow,
    Progress,
    Question,
    ReadFile,
    ReadRow,
    UndoRow,
)
from apps.clients.services.dependents import dependents_of
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.tabular.problems import RowProblem
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.models import FactOfHousehold
from apps.money.readers.fact_files import COLUMNS, FactFile, FactRow, read_facts
from apps.money.services.facts import FACT_KINDS, add_fact, change_fact, remove_fact

_PERSONS = frozenset({"income", "insurance", "windfall"})
# the field of a fact back to the heading of its column, for problems
_HEADINGS = {kind: {target: heading for heading, (target, _) in columns.items()} for kind, columns in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class FactValue:
    """A line with its household's own person and account, and its fields as the service takes them."""

    kind: str
    fields: Mapping[str, Any]


class FactFileImporter:
    """Takes in a list of facts, CSV or XLSX: an entry a line."""

    label = _("Money: incomes, expenses, savings, debts, property, insurance")
    accept = ".csv,.xlsx"
    per_household = True

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask nothing; refuse what is no such list."""
        _found(file)
        return ()

    def read(self, file: ImportFile) -> ReadFile:
        """Read the lines; what cannot be is a problem at its column."""
        found, household = _found(file), _household(file)
        rows, seen, problems = [], set(), list(found.problems)
        for row in found.rows:
            key = _key(row)
            value, wrong = _value(row, household)
            if key in seen:
                wrong.append(_twice(row))
            seen.add(key)
            rows.append(_read_row(row, key, value, tuple(wrong)))
        lines = {row.line: dict(row.cells) for row in found.rows}
        return ReadFile(rows=tuple(rows), problems=tuple(problems), ignored=found.table.ignored, lines=lines)

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:
        """Find facts of the same kind, name and person that were typed by hand."""
        household, known = _household(file), {}
        wanted = {row.key: row for row in rows if row.value is not None}
        for kind in {row.value.kind for row in wanted.values()}:
            for fact in cast("Any", FACT_KINDS[kind])._default_manager.filter(household=household):  # noqa: SLF001
                row = wanted.get(_key_of(kind, fact.name, str(getattr(fact, "person", None) or "")))
                if row is not None:
                    known[row.key] = Known(fact, _differs(fact, row.value.fields))
        return known

    def apply(
        self, file: ImportFile, rows: Sequence[PlannedRow], unchanged: Sequence[PlannedRow], progress: Progress
    ) -> Applied:
        """Add or change each fact by the service of the page."""
        del unchanged
        household, made = _household(file), []
        for n, planned in enumerate(rows):
            value: FactValue = planned.row.value
            try:
                made.append(_taken(planned, value, household, file.by))
            except InvalidInputError as wrong:
                wrong.params["line"] = planned.row.line
                raise
            progress((n + 1) / len(rows), gettext("Taking entries in"))
        return Applied(tuple(made))

    def dependents(self, made: Sequence[BaseModel], besides: Sequence[BaseModel]) -> list[str]:
        """List what points at the facts: the sale of a thing that pays a debt off, rent of a property."""
        return dependents_of([*made, *besides])

    def undo(self, rows: Sequence[UndoRow], besides: Sequence[BaseModel], by: Actor) -> None:  # noqa: ARG002
        """Remove what was added, and give back what was changed."""
        for row in rows:
            fact = cast("FactOfHousehold", row.target)
            if row.before is None:
                remove_fact(fact=fact, by=by)
            elif row.before:
                change_fact(fact=fact, fields=_restored(fact, row.before), by=by)


def _found(file: ImportFile) -> FactFile:
    if "facts" not in file.known:
        file.known["facts"] = read_facts(file.content)
    return cast("FactFile", file.known["facts"])


def _household(file: ImportFile) -> Household:
    if "household" not in file.known:
        rows = Household.objects.visible_to(file.by).prefetch_related("people", "accounts")
        file.known["household"] = rows.get(pk=file.household_id or 0)
    return cast("Household", file.known["household"])


def _key(row: FactRow) -> str:
    return _key_of(row.kind, row.name, row.person)


def _key_of(kind: str, name: str, person: str) -> str:
    told = f"{name.casefold()}\x1f{person.casefold() if kind == 'income' else ''}"
    return f"{kind}:{hashlib.sha256(told.encode()).hexdigest()}"


def _value(row: FactRow, household: Household) -> tuple[FactValue | None, list[RowProblem]]:
    model = FACT_KINDS[row.kind]
    problems: list[RowProblem] = []
    fields: dict[str, Any] = {"name": row.name, **row.fields}
    for name in ("kind", "category"):
        if name in row.fields:
            fields[name] = _choice(model, name, str(row.fields[name]))
    if row.person or row.kind == "income":
        fields["person"] = _person(row, household, problems)
    if row.account or row.kind == "saving":
        fields["account"] = _account(row, household, problems)
    if problems:
        return None, problems
    try:
        model(household=household, currency=household.currency, **fields).full_clean(exclude=["household"])
    except ValidationError as wrong:
        problems += [
            RowProblem(row.line, _HEADINGS[row.kind].get(name, "" if name == "__all__" else name), "invalid", texts[0])
            for name, texts in wrong.message_dict.items()
        ]
    return (None if problems else FactValue(row.kind, fields)), problems


def _choice(model: type[FactOfHousehold], name: str, said: str) -> str:
    """Return the value of a choice that is told by its value or by its name in any language of ours."""
    choices = cast("Any", model._meta.get_field(name)).flatchoices
    return next((value for value, label in choices if said.casefold() in {value, str(label).casefold()}), said)


def _person(row: FactRow, household: Household, problems: list[RowProblem]) -> Person | None:
    people = list(household.people.all())
    said = row.person.casefold()
    found = [each for each in people if said in {str(each).casefold(), each.first_name.casefold()}]
    if row.kind not in _PERSONS:
        message, mend = gettext_noop("This entry belongs to nobody alone."), gettext_noop("Leave the cell empty.")
        problems.append(RowProblem(row.line, "person", "no_person", message, mend))
    elif len(found) != 1:
        message = gettext_noop("“%(said)s” is nobody of this household.")
        mend = gettext_noop("Write one of: %(people)s.")
        params = {"said": row.person, "people": ", ".join(str(each) for each in people)}
        problems.append(RowProblem(row.line, "person", "unknown_person", message, mend, params))
    return found[0] if len(found) == 1 else None


def _account(row: FactRow, household: Household, problems: list[RowProblem]) -> Any:
    accounts = list(household.accounts.all())
    found = [each for each in accounts if row.account.casefold() == each.name.casefold()]
    if row.kind != "saving":
        message, mend = gettext_noop("Only savings go into an account."), gettext_noop("Leave the cell empty.")
        problems.append(RowProblem(row.line, "account", "no_account", message, mend))
    elif len(found) != 1:
        message = gettext_noop("“%(said)s” is no account of this household.")
        mend = gettext_noop("Write one of: %(accounts)s.")
        params = {"said": row.account, "accounts": ", ".join(each.name for each in accounts) or "—"}
        problems.append(RowProblem(row.line, "account", "unknown_account", message, mend, params))
    return found[0] if len(found) == 1 else None


def _twice(row: FactRow) -> RowProblem:
    message = gettext_noop("An entry of this kind and name is told by an earlier line.")
    return RowProblem(
        row.line, "name", "told_twice", message, gettext_noop("Give it another name, or remove the line.")
    )


def _read_row(row: FactRow, key: str, value: FactValue | None, problems: tuple[RowProblem, ...]) -> ReadRow:
    text = "\x1f".join(f"{name}={fact}" for name, fact in sorted(row.cells.items()))
    return ReadRow(
        line=row.line,
        key=key,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        label=row.name,
        facts=dict(row.cells),
        value=value,
        problems=problems,
    )


def _differs(fact: FactOfHousehold, fields: Mapping[str, Any]) -> bool:
    return any(getattr(fact, name) != value for name, value in fields.items() if name != "name")


def _taken(planned: PlannedRow, value: FactValue, household: Household, by: Actor) -> Made:
    if planned.target is None:
        fact = add_fact(kind=value.kind, household=household, fields=dict(value.fields), by=by)
        return Made(planned.row.key, fact)
    target = cast("FactOfHousehold", planned.target)
    before = {name: _plain(getattr(target, name)) for name in value.fields}
    return Made(planned.row.key, change_fact(fact=target, fields=dict(value.fields), by=by), before)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.pk
    return str(value) if isinstance(value, Decimal | dt.date) else value


def _restored(fact: FactOfHousehold, before: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in before.items():
        field = cast("Any", fact._meta.get_field(name))
        if field.is_relation:
            rows = field.related_model._default_manager  # noqa: SLF001
            fields[name] = None if value is None else rows.get(pk=value)
        else:
            fields[name] = field.to_python(value)
    return fields
