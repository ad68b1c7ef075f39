"""Bank and card statements (OFX, QFX) taken in, and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
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
from apps.core.secrets import number_digest
from apps.core.tabular.problems import RowProblem
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.models import BankAccount, BankAccountKind, BankTransaction
from apps.money.readers.bank_statement import read_bank_statements
from apps.money.readers.rows import BankStatement, StatementKind
from apps.money.readers.rows import BankTransaction as Posted
from apps.money.services.bank_accounts import (
    NUMBERS,
    BankDetails,
    PostedEntry,
    add_bank_account,
    change_entry,
    note_balance,
    post_entries,
    take_back_bank_account,
    take_back_entries,
)

NEW = "new:"


@dataclass(frozen=True, slots=True)
class StatementValue:
    """An entry on its way in and the place of its statement in the file."""

    row: Posted
    statement: int


class BankStatementImporter:
    """Takes in what banks and card issuers let people download."""

    label = _("Bank or card statement")
    accept = ".ofx,.qfx"
    per_household = True

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask which of the household's accounts each statement is of."""
        owned = list(BankAccount.objects.visible_to(file.by).filter(household=file.household_id))
        statements = read_bank_statements(file.content).statements
        return tuple(_question(place, statement, owned) for place, statement in enumerate(statements))

    def read(self, file: ImportFile) -> ReadFile:
        """Read the entries; one in another currency than its account cannot be taken in."""
        found = read_bank_statements(file.content)
        rows = tuple(
            _row(place, statement, entry)
            for place, statement in enumerate(found.statements)
            for entry in statement.transactions
        )
        refused = {
            entry.row: {
                gettext("Posted on"): str(entry.posted_on or ""),
                gettext("Amount"): str(entry.amount or ""),
                gettext("From or to"): entry.name,
            }
            for statement in found.statements
            for entry in statement.refused
        }
        return ReadFile(rows=rows, problems=found.problems, ignored=found.ignored, lines=refused)

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:
        """Find entries that the household's accounts have under the same key."""
        entries = BankTransaction.objects.filter(
            account__household=file.household_id, key__in=[row.key for row in rows]
        )
        by_key = {row.key: row for row in rows}
        return {entry.key: Known(entry, is_changed=bool(_changes(entry, by_key[entry.key]))) for entry in entries}

    def apply(
        self,
        file: ImportFile,
        rows: Sequence[PlannedRow],
        unchanged: Sequence[PlannedRow],  # noqa: ARG002 - the port's signature
        progress: Progress,
    ) -> Applied:
        """Add new accounts, post new entries, take over what the bank corrected, note the closing balances."""
        made: list[Made] = []
        besides: list[BaseModel] = []
        statements = read_bank_statements(file.content).statements
        for place, statement in enumerate(statements):
            progress(place / len(statements), gettext("Posting entries"))
            due = [planned for planned in rows if planned.row.value.statement == place]
            if not due:
                continue
            account = _answered(file, place, statement)
            if account is None:
                account = _added(file, place, statement)
                besides.append(account)
            made += _posted(account, due, file.by)
            balance = statement.ledger_balance
            if balance is not None and balance.as_of is not None:
                note_balance(account=account, balance=balance.amount, as_of=balance.as_of, by=file.by)
        return Applied(tuple(made), tuple(besides))

    def dependents(self, made: Sequence[BaseModel], besides: Sequence[BaseModel]) -> list[str]:
        """List what points at the entries and accounts, and entries that came to the accounts since."""
        entries = [record.pk for record in made if isinstance(record, BankTransaction)]
        accounts = [record for record in besides if isinstance(record, BankAccount)]
        later = BankTransaction.objects.filter(account__in=accounts).exclude(pk__in=entries).select_related("account")
        found = [f"{entry.account}: {entry}" for entry in later[:50]]
        return found + dependents_of([*made, *besides], ignoring={"money.BankTransaction"})

    def undo(self, rows: Sequence[UndoRow], besides: Sequence[BaseModel], by: Actor) -> None:
        """Remove the entries, restore those that were corrected, then remove the accounts."""
        entries = [row.target for row in rows if isinstance(row.target, BankTransaction) and row.before is None]
        take_back_entries(entries=entries, by=by)
        for row in rows:
            if isinstance(row.target, BankTransaction) and row.before is not None:
                change_entry(entry=row.target, fields=_fields_of(row.before), by=by)
        for record in besides:
            if isinstance(record, BankAccount):
                take_back_bank_account(account=record, by=by)


def _question(place: int, statement: BankStatement, owned: Sequence[BankAccount]) -> Question:
    digest = number_digest(NUMBERS, statement.account.number)
    match = next((account for account in owned if digest and account.number_digest == digest), None)
    known = [(str(account.public_id), str(account)) for account in owned]
    new = [(f"{NEW}{value}", gettext("New: %(kind)s") % {"kind": label}) for value, label in BankAccountKind.choices]
    return Question(
        name=f"account_{place}",
        label=gettext("Account %(number)s") % {"number": statement.account.masked},
        options=(*known, *new),
        value=str(match.public_id) if match else f"{NEW}{_kind_of(statement)}",
        confidence=1.0 if match else 0.8,
    )


def _kind_of(statement: BankStatement) -> str:
    if statement.kind is StatementKind.CREDIT_CARD:
        return BankAccountKind.CREDIT_CARD
    words = {"CHECKING": BankAccountKind.CHECKING, "SAVINGS": BankAccountKind.SAVINGS}
    return words.get(statement.account.kind.upper(), BankAccountKind.OTHER)


def _row(place: int, statement: BankStatement, entry: Posted) -> ReadRow:
    foreign: tuple[RowProblem, ...] = ()
    if entry.currency != statement.currency:
        foreign = (
            RowProblem(
                entry.row,
                "CURRENCY",
                "foreign_currency",
                gettext_noop("The entry is in %(theirs)s, its account in %(ours)s."),
                gettext_noop("Download the statement in the account's own currency."),
                {"theirs": entry.currency, "ours": statement.currency},
            ),
        )
    return ReadRow(
        line=entry.row,
        key=entry.key,
        fingerprint=entry.digest[:64],
        label=entry.name,
        facts={
            "account": statement.account.masked,
            "posted_on": entry.posted_on.isoformat(),
            "amount": str(entry.amount),
            "payee": entry.name,
            "memo": entry.memo,
        },
        value=StatementValue(entry, place),
        problems=foreign,
    )


def _changes(entry: BankTransaction, row: ReadRow) -> dict[str, Any]:
    told = row.value.row
    fields = {"posted_on": told.posted_on, "amount": told.amount, "payee": told.name[:200], "memo": told.memo[:300]}
    return {name: value for name, value in fields.items() if getattr(entry, name) != value}


def _fields_of(before: Mapping[str, Any]) -> dict[str, Any]:
    exact: dict[str, Any] = dict(before)
    if "posted_on" in exact:
        exact["posted_on"] = dt.date.fromisoformat(exact["posted_on"])
    if "amount" in exact:
        exact["amount"] = Decimal(exact["amount"])
    return exact


def _answered(file: ImportFile, place: int, statement: BankStatement) -> BankAccount | None:
    """Return the account that was answered, or that a new one turns out to be; None for one to add."""
    owned = BankAccount.objects.visible_to(file.by).filter(household=file.household_id)
    answer = file.answers.get(f"account_{place}", "")
    if answer.startswith(NEW):
        return owned.filter(number_digest=number_digest(NUMBERS, statement.account.number)).first()
    account = owned.filter(public_id=answer).first() if answer else None
    if account is None:
        raise InvalidInputError(
            gettext_noop("Say which account of the household the statement is of."), field=f"account_{place}"
        )
    return account


def _added(file: ImportFile, place: int, statement: BankStatement) -> BankAccount:
    kind = file.answers[f"account_{place}"].removeprefix(NEW)
    details = BankDetails(
        name=str(dict(BankAccountKind.choices).get(kind, kind)),
        kind=kind,
        number=statement.account.number,
        currency=statement.currency,
    )
    household = Household.objects.get(pk=file.household_id or 0)
    return add_bank_account(household=household, details=details, by=file.by)


def _posted(account: BankAccount, due: Sequence[PlannedRow], by: Actor) -> list[Made]:
    new = [planned for planned in due if planned.target is None]
    entries = [
        PostedEntry(
            p.row.key, p.row.value.row.posted_on, p.row.value.row.amount, p.row.value.row.name, p.row.value.row.memo
        )
        for p in new
    ]
    by_key = {entry.key: entry for entry in post_entries(account=account, entries=entries, by=by)}
    made = [Made(planned.row.key, by_key[planned.row.key]) for planned in new]
    for planned in due:
        if isinstance(planned.target, BankTransaction):
            changes = _changes(planned.target, planned.row)
            before = {name: _plain(getattr(planned.target, name)) for name in changes}
            changed = change_entry(entry=planned.target, fields=changes, by=by)
            made.append(Made(planned.row.key, changed, before))
    return made


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)
