"""A household's facts taken in from a list, each through the service of the page, and taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household, Person
from apps.clients.ports import (
    Applied,
    Belongs,
    Explanation,
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
from apps.core.tabular.values import currency_told, read_decimal
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.models import FactOfHousehold
from apps.money.readers.fact_columns import COLUMNS, NEEDS_PERSON, TAKES_PERSON, fact_word
from apps.money.readers.fact_files import FactFile, FactRow, read_facts
from apps.money.readers.fact_words import PORTUGUESE, entry_in, heading_in, spoken
from apps.money.services._named_households import NamedHouseholds
from apps.money.services.facts import FACT_KINDS, add_fact, change_fact, remove_fact

# the fields besides the name that tell two facts of one kind apart; of what a person has once, the name does not
_APART = {"income": ("person",), "grant": ("person", "kind", "granted_on"), "former_spouse": ("person",)}
_ONCE = {"ira_basis": ("person",), "roth_basis": ("person", "kind")}
_CHOICES = ("kind", "category", "change")
# what a doubt says in the words of the file
_NAMED = (("column", heading_in), ("kind", entry_in))
# the field of a fact back to the heading of its column, for problems
_HEADINGS = {kind: {target: heading for heading, (target, _) in columns.items()} for kind, columns in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class FactValue:
    """A line with its household's own person and account, and its fields as the service takes them.

    `kind` is a word of `FACT_KINDS`, `target` the fact there is of it already.
    """

    kind: str
    fields: Mapping[str, Any]
    household: Household
    target: FactOfHousehold | None = None


class FactFileImporter:
    """Takes in a list of facts, CSV or XLSX: an entry a line."""

    label = _("Facts of a household (CSV, XLSX)")
    accept = ".csv,.xlsx"
    belongs = Belongs.ONE_OR_NAMED

    def explained(self, language: str) -> Explanation:
        """Return, for each kind of entry, the columns besides those of every line, and a list to begin with."""
        told = spoken(language)
        columns = tuple((entry_in(told, entry), _columns_of(entry, told)) for entry in COLUMNS)
        return Explanation(f"household-facts{'-pt' if told == PORTUGUESE else ''}.csv", columns)

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask nothing; refuse what is no such list, or does not say whose facts it holds."""
        found = _found(file)
        if file.household_id is None and not found.names_households:
            raise InvalidInputError(
                gettext_noop("The list does not say to which households its lines belong."),
                mend=gettext_noop("Choose the household, or give the list a column Household."),
                field="household",
            )
        return ()

    def read(self, file: ImportFile) -> ReadFile:
        """Read the lines; what cannot be is a problem at its column."""
        found, households, held = _found(file), NamedHouseholds(file), _Held()
        rows, seen = [], set()
        for row in found.rows:
            household, wrong = households.of(row)
            value = None
            if household is not None:
                value, more = _value(row, household, held)
                wrong += more
            key = _key(row.kind, row.name, row.person) if value is None else _key_of(value.kind, value.fields)
            if file.household_id is None:
                key = f"{household.pk if household else row.household.casefold()}:{key}"[:200]
            if key in seen:
                wrong.append(_twice(row))
            seen.add(key)
            rows.append(_read_row(row, key, value, tuple(_as_told(problem, found) for problem in wrong)))
        problems = tuple(_as_told(problem, found) for problem in found.problems)
        return ReadFile(rows=tuple(rows), problems=problems, ignored=found.table.ignored, lines=found.told)

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:
        """Say which facts there are already, typed by hand or taken in before."""
        del file
        return {
            row.key: Known(row.value.target, _differs(row.value.target, row.value.fields))
            for row in rows
            if row.value is not None and row.value.target is not None
        }

    def apply(
        self, file: ImportFile, rows: Sequence[PlannedRow], unchanged: Sequence[PlannedRow], progress: Progress
    ) -> Applied:
        """Add or change each fact by the service of the page."""
        del unchanged
        made = []
        for n, planned in enumerate(rows):
            value: FactValue = planned.row.value
            try:
                made.append(_taken(planned, value, file.by))
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


def _as_told(problem: RowProblem, found: FactFile) -> RowProblem:
    """Name the columns and entries of a doubt as the file itself does."""
    told = {name: write(found.language, str(problem.params[name])) for name, write in _NAMED if name in problem.params}
    return replace(problem, column=heading_in(found.language, problem.column), params={**problem.params, **told})


def _columns_of(entry: str, language: str) -> tuple[str, ...]:
    named = ("person",) if entry in TAKES_PERSON else ("account",) if entry == "saving" else ()
    told = (_explained(entry, heading, language) for heading in COLUMNS[entry] if heading != "as of")
    return (*(heading_in(language, heading) for heading in named), *told)


def _explained(entry: str, heading: str, language: str) -> str:
    """Return a heading with what may stand in its column, where that is a choice of a few words, as pages name them."""
    field = cast("Any", FACT_KINDS[fact_word(entry)]._meta.get_field(COLUMNS[entry][heading][0]))
    words = [str(name if isinstance(value, str) else value) for value, name in field.flatchoices if value]
    named = heading_in(language, heading)
    return f"{named} ({' | '.join(words)})" if words else named


class _Held:
    """The facts that households have, by what tells them apart: a query for each kind and household asked for."""

    def __init__(self) -> None:
        self._known = dict[tuple[int, str], dict[str, FactOfHousehold]]()

    def of(self, household: Household, kind: str, fields: Mapping[str, Any]) -> FactOfHousehold | None:
        """Return the fact that the fields speak of."""
        place = (household.pk, kind)
        if place not in self._known:
            rows = cast("Any", FACT_KINDS[kind])._default_manager.filter(household=household)  # noqa: SLF001
            if "person" in {field.name for field in FACT_KINDS[kind]._meta.fields}:
                rows = rows.select_related("person")
            self._known[place] = {_key_of(kind, _Fields(row)): row for row in rows}
        return self._known[place].get(_key_of(kind, fields))


class _Fields(dict[str, Any]):
    """The fields of a fact that there is, read as they are asked for."""

    def __init__(self, fact: FactOfHousehold) -> None:
        super().__init__()
        self._fact = fact

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field's value."""
        return getattr(self._fact, name, default)


def _key(kind: str, name: str, told: str) -> str:
    text = f"{name.casefold()}\x1f{told.casefold()}"
    return f"{kind}:{hashlib.sha256(text.encode()).hexdigest()}"


def _key_of(kind: str, fields: Mapping[str, Any]) -> str:
    apart = _ONCE.get(kind) or _APART.get(kind, ())
    told = "\x1f".join(_told_apart(fields.get(name)) for name in apart)
    return _key(kind, "" if kind in _ONCE else str(fields.get("name")), told)


def _told_apart(value: Any) -> str:
    """What a value is told apart by: people may share a name."""
    return str(value.pk) if isinstance(value, Person) else str(value)


def _value(row: FactRow, household: Household, held: _Held) -> tuple[FactValue | None, list[RowProblem]]:
    kind = fact_word(row.kind)
    model, problems = FACT_KINDS[kind], list[RowProblem]()
    fields: dict[str, Any] = {"name": row.name, **row.fields}
    for name in _CHOICES:
        if name in row.fields:
            fields[name] = _choice(model, name, str(row.fields[name]))
    if row.person or row.kind in NEEDS_PERSON:
        fields["person"] = _person(row, household, problems)
    if row.account or row.kind == "saving":
        fields["account"] = _account(row, household, problems)
    problems += _in_another_currency(row, household.currency)
    if problems:
        return None, problems
    if kind == "roth_basis":
        fields.setdefault("kind", "ira")
    target = held.of(household, kind, fields)
    fact = model(household=household, currency=household.currency) if target is None else copy(target)
    for name, said in fields.items():
        setattr(fact, name, said)
    try:
        fact.full_clean(exclude=["household"])
    except ValidationError as wrong:
        problems += [_refused(row, fact, name, errors[0]) for name, errors in wrong.error_dict.items()]
    return (None if problems else FactValue(kind, fields, household, target)), problems


def _refused(row: FactRow, fact: FactOfHousehold, name: str, error: ValidationError) -> RowProblem:
    """Say at its column what a fact refuses, and how to mend it where the fact does not say so itself."""
    column = "" if name == "__all__" else _HEADINGS[row.kind].get(name, name)
    if error.code in {"null", "blank", "required"}:
        message, mend = gettext_noop("“%(column)s” is empty."), gettext_noop("Each entry “%(kind)s” needs it.")
        return RowProblem(row.line, column, "invalid", message, mend, {"column": column, "kind": row.kind})
    if error.code == "invalid_choice":
        choices = [str(label) for value, label in cast("Any", fact._meta.get_field(name)).flatchoices if value != ""]
        message, mend = gettext_noop("“%(said)s” is none of the choices."), gettext_noop("Write one of: %(choices)s.")
        params = {"said": row.cells.get(column, ""), "choices": "; ".join(choices)}
        return RowProblem(row.line, column, "invalid", message, mend, params)
    return RowProblem(row.line, column, "invalid", error.messages[0])


def _in_another_currency(row: FactRow, currency: str) -> list[RowProblem]:
    """Say which amounts are told in another currency than the household's: none is converted."""
    found = []
    for heading, text in row.cells.items():
        is_amount = heading in COLUMNS[row.kind] and COLUMNS[row.kind][heading][1] is read_decimal
        told = currency_told(text) if is_amount else ""
        if told and told != currency and not (told == "$" and currency.endswith("D")):
            message = gettext_noop("“%(said)s” is not in %(currency)s, the currency of the household.")
            mend = gettext_noop("Convert it, and write the number alone.")
            params = {"said": text, "currency": currency}
            found.append(RowProblem(row.line, heading, "other_currency", message, mend, params))
    return found


def _choice(model: type[FactOfHousehold], name: str, said: str) -> str:
    """Return the value of a choice that is told by its value or by its name in any language of ours."""
    choices = cast("Any", model._meta.get_field(name)).flatchoices
    for language, _name in settings.LANGUAGES:
        with override(language):
            words = {word: value for value, label in choices for word in (str(label).casefold(), value)}
        if said.casefold() in words:
            return str(words[said.casefold()])
    return said


def _person(row: FactRow, household: Household, problems: list[RowProblem]) -> Person | None:
    people = list(household.people.all())
    said = row.person.casefold()
    found = [each for each in people if said in {str(each).casefold(), each.first_name.casefold()}]
    if row.kind not in TAKES_PERSON:
        message, mend = gettext_noop("This entry belongs to nobody alone."), gettext_noop("Leave the cell empty.")
        problems.append(RowProblem(row.line, "person", "no_person", message, mend))
    elif len(found) != 1:
        message = gettext_noop("“%(said)s” is nobody of this household.")
        mend = gettext_noop("Write one of: %(people)s.")
        if len({str(each) for each in found}) > 1:
            message = gettext_noop("“%(said)s” may be more than one person of this household.")
        elif found:
            message = gettext_noop("More than one person of this household is called “%(said)s”.")
            mend = gettext_noop("Enter what belongs to them on their Money page.")
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
        label=f"{row.household}: {row.name}" if row.household else row.name,
        facts=dict(row.cells),
        value=value,
        problems=problems,
    )


def _differs(fact: FactOfHousehold, fields: Mapping[str, Any]) -> bool:
    return any(getattr(fact, name) != value for name, value in fields.items() if name != "name")


def _taken(planned: PlannedRow, value: FactValue, by: Actor) -> Made:
    if planned.target is None:
        fact = add_fact(kind=value.kind, household=value.household, fields=dict(value.fields), by=by)
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
