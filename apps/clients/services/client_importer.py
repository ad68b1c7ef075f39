"""Client lists (CSV, XLSX) as an importer: rows become people, gathered into households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.policies import Permission, Role
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, ImportBatch, ImportState, Person
from apps.clients.ports import (
    Applied,
    Belongs,
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
from apps.clients.readers.clients_file import read_client_table, read_clients
from apps.clients.readers.headings import proposed_columns
from apps.clients.readers.rows import ClientField, ClientFile, ClientMapping, ClientRow
from apps.clients.services._client_fields import changed_fields, household_fields, person_fields, plain, shown_facts
from apps.clients.services._taking_back import restore_person, take_back_household, take_back_person
from apps.clients.services.dependents import dependents_of
from apps.clients.services.households import add_person, onboard_household, update_household
from apps.clients.services.people import update_person
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.tabular.values import DateOrder, DateStyle
from apps.kernel.errors import InvalidInputError, gettext_noop

# nothing: the column is left out
_LEFT_OUT = ""


@dataclass(frozen=True, slots=True)
class ClientValue:
    """What a row says: the person, and the tax number that is never shown."""

    person: ClientRow
    tax_number: str


class ClientListImporter:
    """Takes client lists in. The columns, the way of writing dates and numbers, and the advisor are asked."""

    label = _("Client list")
    accept = ".csv,.xlsx,.txt"
    belongs = Belongs.NO_HOUSEHOLD

    def explained(self, language: str) -> None:
        """Explain nothing: others make these files."""

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask for each column what it holds; then how the file writes, and who advises new households."""
        guesses = proposed_columns(read_client_table(file.content))
        fields = ((_LEFT_OUT, gettext("Leave out")), *((str(f), FIELD_LABELS[f]) for f in ClientField))
        columns = tuple(
            Question(
                name=f"column_{guess.index}",
                label=guess.header or gettext("Column %(number)s") % {"number": guess.index + 1},
                options=tuple((value, str(label)) for value, label in fields),
                value=str(guess.field) if guess.field else _LEFT_OUT,
                samples=guess.samples if guess.field is not ClientField.TAX_ID else (),
                confidence=guess.confidence,
            )
            for guess in guesses
        )
        return (*columns, *_manners(), _advisor_question(file.by))

    def read(self, file: ImportFile) -> ReadFile:
        """Read people; lines that became none are shown by their cells, a tax number masked."""
        mapping = _mapping(file.answers)
        found = read_clients(file.content, mapping, latest_birth=firm_today())
        numbers = {tax_id.key: tax_id.number for tax_id in found.tax_ids}
        rows = tuple(
            ReadRow(
                line=row.row,
                key=row.key,
                fingerprint=row.fingerprint,
                label=f"{row.first_name} {row.last_name}",
                facts=shown_facts(row, numbers.get(row.key, "")),
                value=ClientValue(row, numbers.get(row.key, "")),
            )
            for row in found.rows
        )
        return ReadFile(rows=rows, problems=found.problems, ignored=found.ignored, lines=_cells(found, mapping))

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:
        """Find people whom no import made: by their number in another system, else by names and birth date."""
        values = [row.value.person for row in rows]
        same = Q(external_id__in={value.external_id for value in values if value.external_id})
        same |= Q(
            date_of_birth__in={value.birth_date for value in values if value.birth_date},
            last_name__in={value.last_name for value in values},
        )
        by_number: dict[str, Person] = {}
        by_name: dict[tuple[object, ...], Person] = {}
        for there in Person.objects.visible_to(file.by).filter(same).select_related("household"):
            by_number.setdefault(there.external_id, there)
            by_name.setdefault(_name_of(there.first_name, there.last_name, there.date_of_birth), there)
        found = {}
        for row in rows:
            value: ClientRow = row.value.person
            person: Person | None = by_number.get(value.external_id) if value.external_id else None
            if person is None and value.birth_date:
                person = by_name.get(_name_of(value.first_name, value.last_name, value.birth_date))
            if person is not None:
                changes = changed_fields(person, person_fields(value, row.value.tax_number))
                found[row.key] = Known(person, is_changed=bool(changes))
        return found

    def apply(
        self, file: ImportFile, rows: Sequence[PlannedRow], unchanged: Sequence[PlannedRow], progress: Progress
    ) -> Applied:
        """Onboard new households, add people to known ones, change the rest."""
        made: list[Made] = []
        besides: list[BaseModel] = []
        groups = _by_household(rows)
        members = _known_members([*rows, *unchanged])
        advisor = _advisor(file)
        for n, (key, group) in enumerate(groups.items()):
            new = [planned for planned in group if planned.target is None]
            made += [_change(planned, file.by) for planned in group if planned.target is not None]
            if new and key in members:
                made += [_add(members[key], planned, file.by) for planned in new]
            elif new:
                household, created = _onboard(new, advisor, file.by)
                besides.append(household)
                made += created
            if n % 10 == 0:
                progress(n / len(groups), gettext("Taking households in"))
        return Applied(tuple(made), tuple(besides))

    def dependents(self, made: Sequence[BaseModel], besides: Sequence[BaseModel]) -> list[str]:
        """List what points at the people and households, people who joined since, and files not taken in yet.

        A file that was taken in stands for itself: what it made points at the household, or was taken back.
        """
        found = dependents_of([*made, *besides], ignoring={"clients.Person", "clients.ImportBatch"})
        waiting = ImportBatch.objects.filter(
            household__in=[record.pk for record in besides],
            state__in=[ImportState.UPLOADED, ImportState.CHECKED, ImportState.APPLYING],
        )
        found += [
            gettext("%(household)s: the file “%(file)s”, which was not taken in yet")
            % {"household": batch.household, "file": batch.filename}
            for batch in waiting.select_related("household")
        ]
        ids = [record.pk for record in made if isinstance(record, Person)]
        joined = Person.objects.filter(household__in=[record.pk for record in besides]).exclude(pk__in=ids)
        return found + [f"{person.household}: {person}" for person in joined.select_related("household")]

    def undo(self, rows: Sequence[UndoRow], besides: Sequence[BaseModel], by: Actor) -> None:
        """Remove who was added, restore who was changed, then remove the households that this left empty."""
        for row in rows:
            if isinstance(row.target, Person) and row.before is not None:
                restore_person(person=row.target, before=row.before, by=by)
            elif isinstance(row.target, Person):
                take_back_person(person=row.target, by=by)
        for household in besides:
            if isinstance(household, Household):
                take_back_household(household=household, by=by)


FIELD_LABELS = {
    ClientField.HOUSEHOLD_NAME: _("Household"),
    ClientField.FULL_NAME: _("Full name"),
    ClientField.FIRST_NAME: _("First name"),
    ClientField.LAST_NAME: _("Last name"),
    ClientField.RELATIONSHIP: _("In the household"),
    ClientField.BIRTH_DATE: _("Date of birth"),
    ClientField.EMAIL: _("E-mail"),
    ClientField.PHONE: _("Phone"),
    ClientField.MARITAL_STATUS: _("Marital status"),
    ClientField.ADDRESS_LINE_1: _("Street address"),
    ClientField.ADDRESS_LINE_2: _("Street address, second line"),
    ClientField.CITY: _("City"),
    ClientField.STATE: _("State"),
    ClientField.POSTAL_CODE: _("Postal code"),
    ClientField.COUNTRY: _("Country"),
    ClientField.TAX_ID: _("Tax number"),
    ClientField.OCCUPATION: _("Occupation"),
    ClientField.EMPLOYMENT_STATUS: _("Employment"),
    ClientField.ANNUAL_INCOME: _("Income a year"),
    ClientField.EXTERNAL_ID: _("Number in another system"),
}


def _manners() -> tuple[Question, ...]:
    numbers = (("en_US", "1,234.56"), ("pt_BR", "1.234,56"))
    dates = (
        (str(DateOrder.MONTH_FIRST), gettext("month first: 3/31/2026")),
        (str(DateOrder.DAY_FIRST), gettext("day first: 31/3/2026")),
    )
    countries = (("US", gettext("United States")), ("BR", gettext("Brazil")), ("CA", gettext("Canada")))
    return (
        Question("locale", gettext("Numbers are written"), numbers, "en_US"),
        Question("dates", gettext("Dates are written"), dates, str(DateOrder.MONTH_FIRST)),
        Question("country", gettext("Country, where the file names none"), countries, "US"),
    )


def _advisor_question(by: Actor) -> Question:
    """Ask who advises new households; who may not assign to others can only choose themselves."""
    people = User.objects.active().filter(role__in=[Role.PRINCIPAL, Role.ADVISOR])
    if not by.can(Permission.ASSIGN_HOUSEHOLDS):
        people = people.filter(pk=by.user_id or 0)
    options = tuple((str(user.public_id), str(user)) for user in people)
    own = next((str(user.public_id) for user in people if user.pk == by.user_id), options[0][0] if options else "")
    return Question("advisor", gettext("New households are advised by"), options, own)


def _mapping(answers: Mapping[str, str]) -> ClientMapping:
    columns: dict[ClientField, int] = {}
    for name, value in answers.items():
        if not name.startswith("column_") or value == _LEFT_OUT:
            continue
        field = ClientField(value)
        if field in columns:
            raise InvalidInputError(
                gettext_noop("Two columns are said to hold the same thing."),
                mend=gettext_noop("Leave one of them out."),
                field=name,
            )
        columns[field] = int(name.removeprefix("column_"))
    return ClientMapping(
        columns=columns,
        locale=answers.get("locale", "en_US"),
        dates=DateStyle(order=DateOrder(answers.get("dates", DateOrder.MONTH_FIRST))),
        country=answers.get("country", "US"),
    )


def _cells(found: ClientFile, mapping: ClientMapping) -> dict[int, dict[str, str]]:
    hidden = mapping.columns.get(ClientField.TAX_ID)
    return {
        row.line: {
            head: "•••" if index == hidden and cell else str(cell)[:100]
            for index, (head, cell) in enumerate(zip(found.table.header, row.cells, strict=False))
        }
        for row in found.table.rows
    }


def _name_of(first_name: str, last_name: str, born: object) -> tuple[object, ...]:
    return first_name.casefold(), last_name.casefold(), born


def _by_household(rows: Sequence[PlannedRow]) -> dict[str, list[PlannedRow]]:
    groups: dict[str, list[PlannedRow]] = {}
    for planned in rows:
        groups.setdefault(planned.row.value.person.household_key, []).append(planned)
    return groups


def _known_members(rows: Sequence[PlannedRow]) -> dict[str, Household]:
    """Return, by the file's key, households of which somebody is known already: new people join them."""
    return {
        planned.row.value.person.household_key: planned.target.household
        for planned in rows
        if isinstance(planned.target, Person)
    }


def _advisor(file: ImportFile) -> User:
    chosen = (
        User.objects.active().filter(public_id=file.answers["advisor"]).first() if file.answers.get("advisor") else None
    )
    if chosen is None or not chosen.is_of_staff:
        raise InvalidInputError(
            gettext_noop("Say who advises the new households."),
            mend=gettext_noop("Choose an advisor."),
            field="advisor",
        )
    return chosen


def _at_line(planned: PlannedRow, wrong: InvalidInputError) -> InvalidInputError:
    return InvalidInputError(
        gettext_noop("Line %(line)s, %(name)s: %(reason)s"),
        mend=gettext_noop("Mend the row in the file and bring it again."),
        field=wrong.field,
        line=planned.row.line,
        name=planned.row.label,
        reason=str(wrong),
    )


def _onboard(group: Sequence[PlannedRow], advisor: User, by: Actor) -> tuple[Household, list[Made]]:
    head: ClientRow = group[0].row.value.person
    people = [_fields(planned) for planned in group]
    try:
        household = onboard_household(
            name=head.household_name or head.last_name,
            advisor=advisor,
            people=people,
            details=household_fields(head),
            by=by,
        )
    except InvalidInputError as wrong:
        raise _at_line(group[0], wrong) from wrong
    # onboarding adds people in the order given
    created = household.people.order_by("id")
    return household, [Made(planned.row.key, person) for planned, person in zip(group, created, strict=True)]


def _add(household: Household, planned: PlannedRow, by: Actor) -> Made:
    try:
        return Made(planned.row.key, add_person(household=household, fields=_fields(planned), by=by))
    except InvalidInputError as wrong:
        raise _at_line(planned, wrong) from wrong


def _fields(planned: PlannedRow) -> dict[str, Any]:
    return person_fields(planned.row.value.person, planned.row.value.tax_number)


def _change(planned: PlannedRow, by: Actor) -> Made:
    person = planned.target
    if not isinstance(person, Person):
        raise TypeError(f"A client list cannot change a {type(person).__name__}.")
    changes = changed_fields(person, _fields(planned))
    address = changed_fields(person.household, household_fields(planned.row.value.person))
    before = {
        "person": {name: getattr(person, name) for name in changes},
        "household": {name: getattr(person.household, name) for name in address},
    }
    try:
        changed = update_person(person=person, fields=changes, by=by) if changes else person
        if address and person.relationship == "head":
            update_household(household=person.household, fields=address, by=by)
        else:
            before["household"] = {}
    except InvalidInputError as wrong:
        raise _at_line(planned, wrong) from wrong
    return Made(planned.row.key, changed, before=plain(before))
