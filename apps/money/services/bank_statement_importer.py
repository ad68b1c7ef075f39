"""Bank and card statements (OFX, QFX, MT940, camt) taken in, and taken back."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
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
from apps.core.secrets import number_digest
from apps.core.tabular.problems import RowProblem
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.models import BankAccount, BankAccountKind, BankTransaction
from apps.money.readers.reconciling import demand_reconciled
from apps.money.readers.rows import BankStatement, StatementKind
from apps.money.readers.rows import BankTransaction as Posted
from apps.money.readers.statement_files import read_statement_file
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
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class StatementValue:
    """An entry on its way in and the place of its statement in the file."""

    row: Posted
    statement: int


class BankStatementImporter:
    """Takes in what banks and card issuers let people download."""

    label = _("Bank or card statement (OFX, QFX, MT940, camt.053)")
    # for the file dialog; what the file is, its content says
    accept = ".ofx,.qfx,.sta,.mt940,.940,.942,.swi,.xml,.txt"
    belongs = Belongs.ONE

    def explained(self, language: str) -> None:
        """Explain nothing: others make these files."""

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask which of the household's accounts each statement is of; statements of one account ask once."""
        owned = list(BankAccount.objects.visible_to(file.by).filter(household=file.household_id))
        statements = read_statement_file(file.content).statements
        asked = sorted(set(_places(statements)))
        return tuple(_question(place, statements[place], owned) for place in asked)

    def read(self, file: ImportFile) -> ReadFile:
        """Read the entries; one in another currency than its account cannot be taken in."""
        found = read_statement_file(file.content)
        rows = tuple(
            _row(place, statement, entry)
            for place, statement in enumerate(found.statements)
            for entry in statement.transactions
        )
        problems = (*found.problems, *_account_problems(file, found.statements))
        refused = {
            entry.row: {
                gettext("Posted on"): str(entry.posted_on or ""),
                gettext("Amount"): str(entry.amount or ""),
                gettext("From or to"): entry.name,
            }
            for statement in found.statements
            for entry in statement.refused
        }
        return ReadFile(rows=rows, problems=problems, ignored=found.ignored, lines=refused)

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
        """Add new accounts, post new entries, take over what the bank corrected, note the closing balances.

        Raises StatementDoesNotReconcileError when opening + entries is not the closing balance of a statement.
        """
        found = read_statement_file(file.content)
        demand_reconciled(found)
        made: list[Made] = []
        accounts: dict[int, BankAccount] = {}
        added: list[BankAccount] = []
        places = _places(found.statements)
        by_statement: dict[int, list[PlannedRow]] = defaultdict(list)
        for planned in rows:
            by_statement[planned.row.value.statement].append(planned)
        for number, (place, statement) in enumerate(zip(places, found.statements, strict=True)):
            progress(number / len(places), gettext("Posting entries"))
            due = by_statement[number]
            if not due:
                continue
            if place not in accounts:
                answered = _answered(file, place, statement)
                accounts[place] = answered or _added(file, place, statement)
                added += [] if answered else [accounts[place]]
            made += _posted(accounts[place], due, file.by)
            balance = statement.ledger_balance
            if balance is not None and balance.as_of is not None and _fits(balance.amount):
                note_balance(
                    account=accounts[place], balance=_of_books(balance.amount), as_of=balance.as_of, by=file.by
                )
        return Applied(tuple(made), tuple(added))

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


def _places(statements: Sequence[BankStatement]) -> list[int]:
    """Return, for each statement, the place of the first one of its account: the one that is asked about."""
    first: dict[tuple[object, ...], int] = {}
    places = []
    for place, statement in enumerate(statements):
        account = statement.account
        # statements that name no account may be of several
        known = (account.routing_number, account.number, statement.currency) if account.number else (place,)
        places.append(first.setdefault(known, place))
    return places


def _account_problems(file: ImportFile, statements: Sequence[BankStatement]) -> list[RowProblem]:
    """Refuse statements in another currency than the account that was chosen for them."""
    owned = {
        str(account.public_id): account
        for account in BankAccount.objects.visible_to(file.by).filter(household=file.household_id)
    }
    problems = []
    for place, statement in zip(_places(statements), statements, strict=True):
        account = owned.get(file.answers.get(f"account_{place}", ""))
        if account is not None and statement.currency not in {"", account.currency}:
            problems.append(_in_another_currency(statement.row, statement.currency, account.currency))
        elif account is None and not statement.currency:
            message = gettext_noop("A new account needs a currency, and the statement names none.")
            mend = gettext_noop("Choose an account that is there already.")
            problems.append(RowProblem(statement.row, "", "no_currency", message, mend))
    return problems


def _in_another_currency(line: int, theirs: str, ours: str) -> RowProblem:
    return RowProblem(
        line,
        "CURRENCY",
        "foreign_currency",
        gettext_noop("The entry is in %(theirs)s, its account in %(ours)s."),
        gettext_noop("Download the statement in the account's own currency."),
        {"theirs": theirs, "ours": ours},
    )


def _of_books(amount: Decimal) -> Decimal:
    """Return the amount in two decimals, which the books keep; zeros beyond them are dropped, never a digit."""
    return amount.quantize(_CENT) if _fits(amount) else amount


def _fits(amount: Decimal) -> bool:
    return abs(amount) < _MOST and amount == amount.quantize(_CENT)


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
    problems: list[RowProblem] = []
    if entry.currency != statement.currency:
        problems.append(_in_another_currency(entry.row, entry.currency, statement.currency))
    if not _fits(entry.amount):
        message = gettext_noop("The amount %(amount)s does not fit the books, which keep two decimals.")
        mend = gettext_noop("Ask the bank what it means.")
        problems.append(RowProblem(entry.row, "", "not_in_cents", message, mend, {"amount": entry.amount}))
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
        problems=tuple(problems),
    )


def _changes(entry: BankTransaction, row: ReadRow) -> dict[str, Any]:
    told = row.value.row
    fields = {
        "posted_on": told.posted_on,
        "amount": _of_books(told.amount),
        "payee": told.name[:200],
        "memo": told.memo[:300],
    }
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
        digest = number_digest(NUMBERS, statement.account.number)
        return owned.filter(number_digest=digest).first() if digest else None
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
            p.row.key,
            p.row.value.row.posted_on,
            _of_books(p.row.value.row.amount),
            p.row.value.row.name,
            p.row.value.row.memo,
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
