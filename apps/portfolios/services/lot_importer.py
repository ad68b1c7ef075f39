"""Custodians' tax lots taken in, and taken back: they change no entry, they are held against our own."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

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
from apps.clients.services.dependents import dependents_of
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.tabular.problems import RowProblem
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.portfolios.models import Account, StatementKind, StatementLine
from apps.portfolios.readers.rows import LotRow
from apps.portfolios.services.custodian_accounts import (
    CUSTODIANS,
    accounts_of,
    answered_account,
    known_account_question,
)
from apps.portfolios.services.custodian_reading import day_question, lots_file
from apps.portfolios.services.instruments import NamedSecurity, instruments_for, named
from apps.portfolios.services.lot_statements import AccountLot, take_lot_statement
from apps.portfolios.services.taking_back import take_back_lines

_OWN = {"portfolios.ReconciliationBreak", "portfolios.StatementLine"}


@dataclass(frozen=True, slots=True)
class LotValue:
    """A lot on its way in, and the place of its account among those of the file."""

    row: LotRow
    account: int
    name: NamedSecurity


class LotFileImporter:
    """Takes in what custodians export of tax lots, CSV or XLSX."""

    label = _("Custodian file: tax lots and their cost")
    accept = ".csv,.xlsx"
    belongs = Belongs.ONE

    def explained(self, language: str) -> None:
        """Explain nothing: others make these files."""

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask which account each of the file's accounts is, and the day of lots that have none."""
        found = lots_file(file)
        owned = list(Account.objects.visible_to(file.by).filter(household=file.household_id).open())
        if not owned:
            raise InvalidInputError(
                gettext_noop("The household has no account that these lots could be of."),
                mend=gettext_noop("Bring its positions or transactions first."),
                field="file",
            )
        custodian = CUSTODIANS.get(found.layout, "")
        asked = [known_account_question(n, told, owned, custodian) for n, told in enumerate(accounts_of(found))]
        day = day_question(found)
        return (*asked, *([day] if day else []))

    def read(self, file: ImportFile) -> ReadFile:
        """Read the lots."""
        found = lots_file(file)
        places = {account.number: place for place, account in enumerate(accounts_of(found))}
        rows = tuple(_row(LotValue(row, places[row.account.number], named(row.security))) for row in found.lots)
        return ReadFile(rows=rows, problems=found.problems, ignored=found.ignored)

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:  # noqa: ARG002 - the port's
        """No lot is known but by its import."""
        return {}

    def apply(
        self, file: ImportFile, rows: Sequence[PlannedRow], unchanged: Sequence[PlannedRow], progress: Progress
    ) -> Applied:
        """Keep the lists, one for an account and day, and hold our lots against each."""
        found = lots_file(file)
        planned = [*rows, *unchanged]
        instruments = instruments_for(names={each.row.value.name for each in planned}, by=file.by)
        groups: dict[tuple[int, dt.date], list[PlannedRow]] = defaultdict(list)
        for each in planned:
            groups[each.row.value.account, each.row.value.row.as_of].append(each)
        due, made, besides = {each.row.key for each in rows}, [], []
        for n, ((place, day), group) in enumerate(sorted(groups.items())):
            progress(n / len(groups), gettext("Comparing lots"))
            if not any(each.row.key in due for each in group):
                continue
            account = answered_account(file, found, place)
            if account is None:
                raise InvalidInputError(
                    gettext_noop("Say which account of the household the rows belong to."), field=f"account_{place}"
                )
            was_there = account.statements.filter(as_of=day, kind=StatementKind.LOTS).exists()
            lots = [_lot(each.row.value, instruments, each.row.key) for each in group]
            statement = take_lot_statement(
                account=account, as_of=day, lots=lots, source=file.filename[:200], by=file.by
            )
            lines = {line.key: line for line in statement.lines.all()}
            made += [Made(each.row.key, lines[each.row.key], None) for each in group if each.row.key in due]
            besides += [] if was_there else [statement]
        return Applied(tuple(made), tuple(besides))

    def dependents(self, made: Sequence[BaseModel], besides: Sequence[BaseModel]) -> list[str]:
        """List what points at the lines: entries that took lots over stay, since they are entries of their own."""
        return dependents_of([*made, *besides], ignoring=_OWN)

    def undo(self, rows: Sequence[UndoRow], besides: Sequence[BaseModel], by: Actor) -> None:  # noqa: ARG002
        """Remove the lines; a list without lines goes as well, with its breaks."""
        take_back_lines(lines=[row.target for row in rows if isinstance(row.target, StatementLine)], by=by)


def _row(value: LotValue) -> ReadRow:
    row = value.row
    told = {"as_of": row.as_of, "acquired_on": row.acquired_on, "quantity": row.quantity, "cost_basis": row.cost}
    facts = {name: str(fact) for name, fact in told.items() if fact is not None}
    text = "\x1f".join(f"{name}={fact}" for name, fact in sorted(facts.items()))
    what = row.security.symbol or row.security.cusip or row.security.description
    return ReadRow(
        line=row.row,
        key=row.key,
        fingerprint=hashlib.sha256(text.encode()).hexdigest(),
        label=f"{row.account.masked} {what}".strip(),
        facts=facts,
        value=value,
        problems=() if row.as_of is not None else (_undated(row),),
    )


def _undated(row: LotRow) -> RowProblem:
    return RowProblem(
        row.row,
        "as_of",
        "missing_day",
        gettext_noop("The file does not say of which day the lots are."),
        gettext_noop("Answer the question about the day above."),
    )


def _lot(value: LotValue, instruments: Mapping[NamedSecurity, Any], key: str) -> AccountLot:
    row = value.row
    return AccountLot(instruments[value.name], row.acquired_on, row.quantity, row.cost, row.currency, key)
