"""Custodians' positions and transactions taken in, and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household, ImportBatch, Relationship
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
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import (
    Account,
    AccountStatus,
    Instrument,
    PositionStatement,
    Registration,
    StatementKind,
    StatementLine,
    Transaction,
    TransactionKind,
)
from apps.portfolios.policies import OF_CASH_ALONE
from apps.portfolios.readers.rows import CustodianAccount, PositionRow, TransactionRow
from apps.portfolios.services.accounts import AccountDetails, OwnerShare, open_account
from apps.portfolios.services.custodian_confirming import (
    confirm_entries,
    lots_named,
    note_difference,
    told_executions,
)
from apps.portfolios.services.custodian_reading import (
    CUSTODIANS,
    NEW,
    CustodianValue,
    account_question,
    accounts_of,
    answered_account,
    custodian_file,
    day_question,
    is_within,
    openings_of,
    read_rows,
)
from apps.portfolios.services.entries import NOTHING, TransactionEntry, traded_worth
from apps.portfolios.services.fills import BOOKED
from apps.portfolios.services.instruments import NamedSecurity, instruments_for
from apps.portfolios.services.prices import FilePrice, keep_prices
from apps.portfolios.services.reconciliation import StatedPosition, take_statement
from apps.portfolios.services.taking_back import (
    entries_since,
    in_the_way,
    line_facts,
    put_back_entry,
    restore_line,
    take_back_account,
    take_back_entries,
    take_back_lines,
)
from apps.portfolios.services.transactions import record_transactions, reverse_transaction

HALF = Decimal("0.5")
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
    per_household = True

    def questions(self, file: ImportFile) -> tuple[Question, ...]:
        """Ask which account each of the file's accounts is, and the day of positions that have none."""
        found = custodian_file(file)
        owned = list(Account.objects.visible_to(file.by).filter(household=file.household_id).open())
        custodian = CUSTODIANS.get(found.layout, "")
        asked = [account_question(n, account, owned, custodian) for n, account in enumerate(accounts_of(found))]
        day = day_question(found)
        return (*asked, *([day] if day else []))

    def read(self, file: ImportFile) -> ReadFile:
        """Read the rows, each with what our ledger has to say about it."""
        found = custodian_file(file)
        return read_rows(found, openings_of(file, found))

    def known(self, file: ImportFile, rows: Sequence[ReadRow]) -> Mapping[str, Known]:
        """Find entries that the ledger has: under the same key, or within the position that opened the account."""
        openings = openings_of(file, custodian_file(file))
        within = {
            row.key: Known(openings[row.value.account], is_changed=False)
            for row in rows
            if row.value.account in openings and is_within(row.value.row, openings[row.value.account])
        }
        keys = {row.key for row in rows if isinstance(row.value.row, TransactionRow)}
        entries = Transaction.objects.filter(account__household=file.household_id, external_key__in=keys)
        found = within | {entry.external_key: Known(entry, is_changed=False) for entry in entries}
        told = told_executions(file, custodian_file(file), [row for row in rows if row.key not in found])
        return told | found

    def apply(
        self, file: ImportFile, rows: Sequence[PlannedRow], unchanged: Sequence[PlannedRow], progress: Progress
    ) -> Applied:
        """Open new accounts, record entries account by account, keep statements and reconcile them."""
        confirm_entries(rows=unchanged, source=file.filename, by=file.by)
        return _Taking(file, (*rows, *unchanged), {planned.row.key for planned in rows}, progress).apply()

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
        """Remove entries and lines, put back what they replaced, then remove what was made for them."""
        lines = [row.target for row in rows if isinstance(row.target, StatementLine) and row.before is None]
        entries = [row.target for row in rows if isinstance(row.target, Transaction)]
        opening = [record for record in besides if isinstance(record, Transaction)]
        take_back_entries(entries=[*entries, *opening], by=by)
        for row in rows:
            if isinstance(row.target, StatementLine) and row.before is not None:
                restore_line(line=row.target, before=row.before, by=by)
            elif isinstance(row.target, Transaction) and row.before is not None:
                replaced = Transaction.objects.filter(public_id=row.before["replaced"]).first()
                if replaced is not None:
                    put_back_entry(entry=replaced, by=by)
        take_back_lines(lines=lines, by=by)
        for account in (record for record in besides if isinstance(record, Account)):
            take_back_account(account=account, by=by)


class _Taking:
    """One file on its way into the books."""

    def __init__(self, file: ImportFile, rows: Sequence[PlannedRow], due: set[str], progress: Progress) -> None:
        self.file, self.rows, self.due, self.progress = file, rows, due, progress
        self.found = custodian_file(file)
        self.made: list[Made] = []
        self.besides: list[BaseModel] = []

    def apply(self) -> Applied:
        """Take in what is due."""
        names = {planned.row.value.name for planned in self.rows if planned.row.value.name is not None}
        self.progress(0.1, gettext("Looking up securities"))
        self.instruments = instruments_for(names=names, by=self.file.by)
        groups: dict[int, list[PlannedRow]] = {}
        for planned in self.rows:
            groups.setdefault(planned.row.value.account, []).append(planned)
        for n, (place, group) in enumerate(sorted(groups.items())):
            self.progress(0.2 + 0.7 * n / len(groups), gettext("Recording accounts"))
            if any(planned.row.key in self.due for planned in group):
                self._account(self._resolved(place, group), group)
        return Applied(tuple(self.made), tuple(self.besides))

    def _resolved(self, place: int, group: Sequence[PlannedRow]) -> Account:
        """Return the account that was answered, opened now when it is new and no other import opened it meanwhile."""
        account = answered_account(self.file, self.found, place)
        if account is not None:
            return account
        answer = self.file.answers.get(f"account_{place}", "")
        if not answer.startswith(NEW):
            raise InvalidInputError(
                gettext_noop("Say which account of the household the rows belong to."), field=f"account_{place}"
            )
        return self._opened(accounts_of(self.found)[place], answer.removeprefix(NEW), group)

    def _opened(self, told: CustodianAccount, registration: str, group: Sequence[PlannedRow]) -> Account:
        household = Household.objects.get(pk=self.file.household_id or 0)
        label = str(dict(Registration.choices).get(registration, registration))
        details = AccountDetails(
            name=(told.name or label)[:120],
            registration=registration,
            owners=_owners(household, registration),
            custodian=CUSTODIANS.get(self.found.layout, ""),
            number=told.number,
            currency=group[0].row.value.row.currency or household.currency,
            opened_on=min((day for planned in group if (day := _day(planned.row.value))), default=None),
            status=AccountStatus.ACTIVE,
        )
        account = open_account(household=household, details=details, by=self.file.by)
        self.besides.append(account)
        return account

    def _account(self, account: Account, group: Sequence[PlannedRow]) -> None:
        entries = [p for p in group if isinstance(p.row.value.row, TransactionRow) and p.row.key in self.due]
        try:
            self._entries(account, entries)
        except DomainError as refused:
            raise _located(refused, entries) from refused
        days: dict[dt.date, list[PlannedRow]] = {}
        for planned in group:
            value = planned.row.value.row
            if isinstance(value, PositionRow) and value.as_of is not None:
                days.setdefault(value.as_of, []).append(planned)
        for day, positions in sorted(days.items()):
            if any(planned.row.key in self.due for planned in positions):
                self._statement(account, day, positions)

    def _entries(self, account: Account, planned: Sequence[PlannedRow]) -> None:
        """Record new entries; one that the custodian corrected takes the place of the entry it was."""
        replaced: dict[str, Transaction] = {}
        told: list[TransactionEntry] = []
        for each in planned:
            key = each.row.key
            if isinstance(each.target, Transaction):
                replaced[key] = each.target
                if each.target.external_key.startswith(BOOKED):
                    self._differs(each.target, each.row.value)
                reverse_transaction(
                    transaction=each.target, reason=gettext_noop("Corrected by the custodian."), by=self.file.by
                )
                if not each.target.external_key.startswith(BOOKED):
                    key = f"{key}#{each.row.fingerprint[:12]}"
            told.append(self._with_lots(self._entry(each.row.value, key), each.target))
        recorded = record_transactions(account=account, entries=told, by=self.file.by) if told else []
        by_key = {entry.external_key.partition("#")[0]: entry for entry in recorded}
        for each in planned:
            old = replaced.get(each.row.key)
            before = {"replaced": str(old.public_id)} if old else None
            self.made.append(Made(each.row.key, by_key[each.row.key], before))
        lines = {each.row.key: each.row.line for each in planned}
        self._prices(
            FilePrice(entry.instrument, entry.trade_date, entry.price, lines[key], of_trade=True)
            for key, entry in by_key.items()
            if entry.instrument is not None and entry.price
        )

    def _entry(self, value: CustodianValue, key: str) -> TransactionEntry:
        row = value.row
        if not isinstance(row, TransactionRow):
            raise TypeError("A position is no entry.")
        kind, instrument = row.kind.value, self._instrument(value.name)
        units = NOTHING if kind in OF_CASH_ALONE else row.quantity or NOTHING
        cost = None
        if kind == TransactionKind.REINVEST and not row.amount and row.quantity and row.price:
            cost = traded_worth(instrument, row.quantity, row.price)
        return TransactionEntry(
            kind=kind,
            trade_date=row.trade_date,
            instrument=instrument,
            units=units,
            cash=row.amount or NOTHING,
            price=row.price,
            fees=row.fees,
            cost=cost,
            settle_date=row.settle_date,
            currency=row.currency,
            description=row.description,
            external_key=key,
            source=self.file.filename[:200],
        )

    def _differs(self, entry: Transaction, value: CustodianValue) -> None:
        if isinstance(value.row, TransactionRow):
            note_difference(entry=entry, told=value.row, source=self.file.filename, by=self.file.by)

    def _with_lots(self, entry: TransactionEntry, before: object) -> TransactionEntry:
        """Keep the lots that the replaced entry named, where as many are sold."""
        lots = lots_named(before) if isinstance(before, Transaction) else {}
        if not lots or sum(lots.values()) != -entry.units:
            return entry
        return replace(entry, lots=tuple(LotChoice(lot, quantity) for lot, quantity in lots.items()))

    def _instrument(self, name: NamedSecurity | None) -> Instrument | None:
        return self.instruments[name] if name is not None else None

    def _statement(self, account: Account, day: dt.date, planned: Sequence[PlannedRow]) -> None:
        before = {p.row.key: line_facts(p.target) for p in planned if isinstance(p.target, StatementLine)}
        was_there = account.statements.filter(as_of=day, kind=StatementKind.POSITIONS).exists()
        statement = take_statement(
            account=account,
            as_of=day,
            positions=[self._position(each.row.value, each.row.key) for each in planned],
            source=self.file.filename[:200],
            by=self.file.by,
        )
        if not was_there:
            self.besides.append(statement)
            self.besides += list(account.transactions.all()) if statement.opened_book else []
        lines = {line.key: line for line in statement.lines.select_related("instrument")}
        due = [each for each in planned if each.row.key in self.due]
        self.made += [Made(each.row.key, lines[each.row.key], before.get(each.row.key)) for each in due]
        places = {each.row.key: each.row.line for each in planned}
        self._prices(
            FilePrice(line.instrument, day, line.price, places[key])
            for key, line in lines.items()
            if line.instrument and line.price and key in places
        )

    def _prices(self, prices: Iterable[FilePrice]) -> None:
        """Keep what the file says of prices; what contradicts the firm's own waits for a second person."""
        batch = ImportBatch.objects.select_related("household").get(pk=self.file.batch_id or 0)
        keep_prices(prices=prices, source=self.file.filename[:200], by=self.file.by, batch=batch)

    def _position(self, value: CustodianValue, key: str) -> StatedPosition:
        row = value.row
        if not isinstance(row, PositionRow):
            raise TypeError("An entry is no position.")
        return StatedPosition(
            instrument=None if row.is_cash else self._instrument(value.name),
            quantity=NOTHING if row.is_cash else row.quantity or NOTHING,
            price=row.price,
            market_value=row.market_value,
            cost_basis=row.cost_basis,
            currency=row.currency,
            key=key,
        )


def _day(value: CustodianValue) -> dt.date | None:
    return value.row.trade_date if isinstance(value.row, TransactionRow) else value.row.as_of


def _owners(household: Household, registration: str) -> tuple[OwnerShare, ...]:
    """The head owns it, a joint account by halves with the partner: what a file does not say, and can be changed."""
    people = {person.relationship: person for person in household.people.all()}
    head, partner = people.get(Relationship.HEAD), people.get(Relationship.PARTNER)
    if registration == Registration.JOINT and head and partner:
        return (OwnerShare(head, HALF), OwnerShare(partner, HALF))
    return (OwnerShare(head),) if head else ()


def _located(refused: DomainError, planned: Sequence[PlannedRow]) -> InvalidInputError:
    """Say between which lines of the file the refusal lies."""
    lines = sorted(each.row.line for each in planned)
    return InvalidInputError(
        gettext_noop("Lines %(first)s to %(last)s: %(reason)s"),
        mend=gettext_noop("Mend the rows in the file and bring it again."),
        first=lines[0] if lines else 0,
        last=lines[-1] if lines else 0,
        reason=str(refused),
    )
