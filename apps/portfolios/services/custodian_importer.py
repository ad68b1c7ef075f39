"""Custodians' positions and transactions taken in, and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from apps.clients.models.plain_rows import PlainRows
from apps.clients.ports import (
    Applied,
    Belongs,
    ImportFile,
    Known,
    PlannedRow,
    Progress,
    Question,
    ReadFile,
    ReadRow,
    TakenPlain,
    UndoRow,
)
from apps.clients.services.dependents import dependents_of
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.portfolios.models import Account, PositionStatement, StatementLine, Transaction
from apps.portfolios.services.custodian_accounts import (
    CUSTODIANS,
    account_question,
    accounts_of,
    custodian_file,
)
from apps.portfolios.services.custodian_checks import known_entries, known_lines, told_actions
from apps.portfolios.services.custodian_confirming import confirm_entries, told_executions
from apps.portfolios.services.custodian_ground import ground_of, lock_accounts
from apps.portfolios.services.custodian_plain_taking import TakingPlain
from apps.portfolios.services.custodian_reading import day_question, is_within, openings_of, read_rows
from apps.portfolios.services.custodian_taking import Taking
from apps.portfolios.services.custodian_terms import questions_of
from apps.portfolios.services.taking_back import (
    entries_since,
    in_the_way,
    put_back_entry,
    restore_line,
    take_back_account,
    take_back_entries,
    take_back_lines,
)

# rows that belong to an account itself
_OWN = {
    "portfolios.AccountOwner",
    "portfolios.Transaction",
    "portfolios.PositionStatement",
    "portfolios.StatementLine",
    "portfolios.ReconciliationBreak",
}


class CustodianFileImporter:
    """Takes in what custodians export: positions or transactions in CSV or XLSX, both in OFX."""

    label = _("Custodian file: positions or transactions")
    accept = ".csv,.xlsx,.ofx,.qfx"
    belongs = Belongs.ONE

    def explained(self, language: str) -> None:
        """Explain nothing: others make these files."""

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask which account each of the file's is, the day of positions without one, what corporate actions lack."""
        found = custodian_file(file)
        owned = list(Account.objects.visible_to(file.by).filter(household=file.household_id).open())
        custodian = CUSTODIANS.get(found.layout, "")
        asked = [account_question(n, account, owned, custodian) for n, account in enumerate(accounts_of(found))]
        day = day_question(found)
        return (*asked, *([day] if day else []), *questions_of(found))

    def read(self, file: ImportFile) -> ReadFile:
        """Read the rows, each with what our ledger has to say about it."""
        return read_rows(file, custodian_file(file))

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:
        """Find what our books have: under the same key, or within the position that opened the account."""
        found = custodian_file(file)
        openings = openings_of(file, found)
        within = {
            row.key: Known(openings[row.value.account], is_changed=False)
            for row in rows
            if row.value.account in openings and is_within(row.value.row, openings[row.value.account])
        }
        there = within | known_entries(file, found) | known_lines(file, found, rows)
        told = told_executions(file, found, [row for row in rows if row.key not in there])
        return told | told_actions(file) | there

    def apply(
        self, file: ImportFile, rows: Sequence[PlannedRow], unchanged: Sequence[PlannedRow], progress: Progress
    ) -> Applied:
        """Open new accounts, record entries account by account, keep statements and reconcile them."""
        confirm_entries(rows=unchanged, source=file.filename, by=file.by)
        return Taking(file, (*rows, *unchanged), {planned.row.key for planned in rows}, progress).apply()

    def dependents(self, made: Sequence[BaseModel], besides: Sequence[BaseModel]) -> list[str]:
        """List later entries that need these, and what else points at the accounts."""
        entries = [record for record in (*made, *besides) if isinstance(record, Transaction)]
        accounts = [record for record in besides if isinstance(record, Account)]
        ids = {entry.pk for entry in entries}
        opened = [r.account for r in besides if isinstance(r, PositionStatement) and r.opened_book]
        later = {account.pk: account for account in (*accounts, *opened)}
        found = [sentence for account in later.values() for sentence in entries_since(account, ids)]
        found += [sentence for sentence in in_the_way(entries) if sentence not in found]
        return found + dependents_of([*entries, *accounts], ignoring=_OWN)

    def undo(self, rows: Sequence[UndoRow], besides: Sequence[BaseModel], by: Actor) -> None:
        """Put back what entries and lines replaced, remove them, then remove what was made for them."""
        lines = [row.target for row in rows if isinstance(row.target, StatementLine) and row.before is None]
        entries = [row.target for row in rows if isinstance(row.target, Transaction)]
        opening = [record for record in besides if isinstance(record, Transaction)]
        for row in rows:
            if isinstance(row.target, StatementLine) and row.before is not None:
                restore_line(line=row.target, before=row.before, by=by)
            elif isinstance(row.target, Transaction) and row.before is not None:
                replaced = Transaction.objects.filter(public_id=row.before["replaced"]).first()
                if replaced is not None:
                    put_back_entry(entry=replaced, by=by)
        take_back_entries(entries=[*entries, *opening], by=by)
        take_back_lines(lines=lines, by=by)
        for account in (record for record in besides if isinstance(record, Account)):
            take_back_account(account=account, by=by)


class FirmFileImporter(CustodianFileImporter):
    """Takes in what custodians export of all accounts of a firm: each is found by its number."""

    label = _("Custodian file of the whole firm")
    belongs = Belongs.NO_HOUSEHOLD

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask for the day of positions that have none, and for what corporate actions lack."""
        found = custodian_file(file)
        day = day_question(found)
        return (*([day] if day else []), *questions_of(found))

    def basis(self, file: ImportFile, plain: PlainRows) -> str:
        """Lock the accounts, and tell what the plan of their lines rests on now."""
        lock_accounts(plain.head)
        return ground_of(file, plain.head)

    def take_plain(self, file: ImportFile, plain: PlainRows, progress: Progress) -> TakenPlain:
        """Take in new lines that nobody has to look at."""
        taking = TakingPlain(file, plain, progress)
        return taking.entries() if plain.head["type"] == Transaction._meta.label else taking.positions()
