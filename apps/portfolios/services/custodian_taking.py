"""A custodian's file on its way into the books."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils.translation import gettext

from apps.clients.models import Household, ImportBatch, Relationship
from apps.clients.ports import Applied, ImportFile, Made, PlannedRow, Progress
from apps.core.models import BaseModel
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import (
    Account,
    AccountStatus,
    Instrument,
    Registration,
    StatementLine,
    Transaction,
    TransactionKind,
)
from apps.portfolios.policies import OF_CASH_ALONE
from apps.portfolios.readers.rows import CustodianAccount, PositionRow, TransactionRow
from apps.portfolios.services.accounts import AccountDetails, OwnerShare, open_account
from apps.portfolios.services.custodian_accounts import (
    CUSTODIANS,
    NEW,
    accounts_of,
    answered_account,
    custodian_file,
)
from apps.portfolios.services.custodian_actions import SettledAction
from apps.portfolios.services.custodian_confirming import lots_named, note_difference
from apps.portfolios.services.custodian_reading import CustodianValue
from apps.portfolios.services.entries import NOTHING, TransactionEntry, traded_worth
from apps.portfolios.services.fills import BOOKED
from apps.portfolios.services.instruments import NamedSecurity, instruments_for
from apps.portfolios.services.prices import FilePrice, keep_prices
from apps.portfolios.services.statements import StatedDay, StatedPosition, TakenStatement, take_statements
from apps.portfolios.services.taking_back import line_facts
from apps.portfolios.services.transactions import record_in_accounts, reverse_transaction

HALF = Decimal("0.5")
Group = list[PlannedRow]


class Taking:
    """One file and what it becomes: entries of all its accounts first, then its statements, then its prices."""

    def __init__(self, file: ImportFile, rows: Sequence[PlannedRow], due: set[str], progress: Progress) -> None:
        self.file, self.rows, self.due, self.progress = file, rows, due, progress
        self.found = custodian_file(file)
        self.made: list[Made] = []
        self.besides: list[BaseModel] = []
        self.prices: list[FilePrice] = []

    def apply(self) -> Applied:
        """Take in what is due."""
        names = {name for planned in self.rows for name in _names(planned.row.value)}
        self.progress(0.1, gettext("Looking up securities"))
        self.instruments = instruments_for(names=names, by=self.file.by)
        by_place: dict[int, Group] = {}
        for planned in self.rows:
            by_place.setdefault(planned.row.value.account, []).append(planned)
        self.progress(0.2, gettext("Recording accounts"))
        accounts: dict[int, Account] = {}
        groups: dict[int, Group] = {}
        for place, group in sorted(by_place.items()):
            if any(planned.row.key in self.due for planned in group):
                account = self._resolved(place, group)
                # two numbers of the file may be one account, written with dashes and without
                accounts[account.pk] = account
                groups.setdefault(account.pk, []).extend(group)
        self._entries(accounts, groups)
        self.progress(0.6, gettext("Comparing positions"))
        self._statements(accounts, groups)
        batch = ImportBatch.objects.select_related("household").get(pk=self.file.batch_id or 0)
        keep_prices(prices=self.prices, source=self.file.filename[:200], by=self.file.by, batch=batch)
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

    def _entries(self, accounts: dict[int, Account], groups: dict[int, Group]) -> None:
        """Record new entries; one that the custodian corrected takes the place of the entry it was."""
        due = {
            pk: [p for p in group if isinstance(p.row.value.row, TransactionRow) and p.row.key in self.due]
            for pk, group in groups.items()
        }
        keys: dict[str, str] = {}
        told: list[tuple[Account, list[TransactionEntry]]] = []
        for pk, group in due.items():
            try:
                entries = [entry for each in group for entry in self._told(each, keys)]
            except DomainError as refused:
                raise _located(refused, group) from refused
            if entries:
                told.append((accounts[pk], entries))
        recorded = record_in_accounts(
            told=told, by=self.file.by, located=lambda account, refused: _located(refused, due[account.pk])
        )
        for pk, group in due.items():
            by_key = {entry.external_key: entry for entry in recorded.get(pk, ())}
            self.besides += [entry for key, entry in by_key.items() if key.endswith("/left")]
            for each in group:
                entry = by_key[keys[each.row.key]]
                before = {"replaced": str(each.target.public_id)} if isinstance(each.target, Transaction) else None
                self.made.append(Made(each.row.key, entry, before))
                self._priced(entry.instrument, entry.trade_date, entry.price, each, of_trade=True)

    def _told(self, each: PlannedRow, keys: dict[str, str]) -> list[TransactionEntry]:
        """Return the entry of a row, once the entry that it corrects is taken back; `keys` says under which key.

        A fraction that an action should have left comes before its payment, as a split: shares without cost.
        """
        key = each.row.key
        if isinstance(each.target, Transaction):
            if each.target.external_key.startswith(BOOKED):
                self._differs(each.target, each.row.value)
            reverse_transaction(
                transaction=each.target, reason=gettext_noop("Corrected by the custodian."), by=self.file.by
            )
            if not each.target.external_key.startswith(BOOKED):
                key = f"{key}#{each.row.fingerprint[:12]}"
        keys[each.row.key] = key
        entry = self._with_lots(self._entry(each.row.value, key), each.target)
        left = each.row.value.action.left if each.row.value.action else NOTHING
        if not left:
            return [entry]
        kept = replace(entry, kind=TransactionKind.SPLIT, units=left, cash=NOTHING, external_key=f"{key}/left")
        return [kept, entry]

    def _entry(self, value: CustodianValue, key: str) -> TransactionEntry:
        row = value.row
        if not isinstance(row, TransactionRow):
            raise TypeError("A position is no entry.")
        kind, instrument = row.kind.value, None if value.action else self._instrument(value.name)
        units = NOTHING if kind in OF_CASH_ALONE else row.quantity or NOTHING
        cost = row.cost
        if kind == TransactionKind.REINVEST and cost is None and not row.amount and row.quantity and row.price:
            cost = traded_worth(instrument, row.quantity, row.price)
        entry = TransactionEntry(
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
        return entry if value.action is None else self._as_settled(entry, value.action)

    def _as_settled(self, entry: TransactionEntry, action: SettledAction) -> TransactionEntry:
        return replace(
            entry,
            kind=action.kind,
            instrument=self._instrument(action.name),
            into=self._instrument(action.into),
            units=action.units,
            cash=action.cash,
            price=None,
            fair_old=action.fair_old,
            fair_new=action.fair_new,
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

    def _statements(self, accounts: dict[int, Account], groups: dict[int, Group]) -> None:
        """Keep what the file states of each account and day where a line of it is new or changed."""
        days: dict[tuple[int, dt.date], Group] = {}
        for pk, group in groups.items():
            for planned in group:
                value = planned.row.value.row
                if isinstance(value, PositionRow) and value.as_of is not None:
                    days.setdefault((pk, value.as_of), []).append(planned)
        due = {at: group for at, group in days.items() if any(planned.row.key in self.due for planned in group)}
        before = {
            p.row.key: line_facts(p.target)
            for group in due.values()
            for p in group
            if isinstance(p.target, StatementLine) and p.row.key in self.due
        }
        stated = [
            StatedDay(accounts[pk], day, [self._position(each.row.value, each.row.key) for each in group])
            for (pk, day), group in due.items()
        ]
        by_account: dict[int, Group] = {pk: [] for pk, _ in due}
        for (pk, _), group in due.items():
            by_account[pk] += group
        taken = take_statements(
            stated=stated,
            source=self.file.filename[:200],
            by=self.file.by,
            located=lambda account, refused: _located(refused, by_account[account.pk]),
        )
        for each in taken:
            self._kept(each, due[each.told.account.pk, each.told.as_of], before)
        opened = [each.told.account.pk for each in taken if each.opens]
        self.besides += list(Transaction.objects.filter(account__in=opened)) if opened else []

    def _kept(self, taken: TakenStatement, group: Group, before: dict[str, dict[str, str | None]]) -> None:
        if taken.is_new:
            self.besides.append(taken.statement)
        for each in group:
            line = taken.lines[each.row.key]
            if each.row.key in self.due:
                self.made.append(Made(each.row.key, line, before.get(each.row.key)))
            self._priced(line.instrument, taken.told.as_of, line.price, each)

    def _priced(
        self,
        instrument: Instrument | None,
        day: dt.date,
        price: Decimal | None,
        each: PlannedRow,
        *,
        of_trade: bool = False,
    ) -> None:
        """Keep in mind what the file says of a price; what contradicts the firm's own waits for a second person."""
        if instrument is not None and instrument.master_id is None and price and price > 0:
            self.prices.append(FilePrice(instrument, day, price, each.row.line, of_trade=of_trade))

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


def _names(value: CustodianValue) -> Iterator[NamedSecurity]:
    named = (value.action.name, value.action.into) if value.action else (value.name,)
    yield from (name for name in named if name is not None)


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
    return located(refused, [each.row.line for each in planned])


def located(refused: DomainError, lines: Sequence[int]) -> InvalidInputError:
    """Say between which lines of the file the refusal lies."""
    return InvalidInputError(
        gettext_noop("Lines %(first)s to %(last)s: %(reason)s"),
        mend=gettext_noop("Mend the rows in the file and bring it again."),
        first=min(lines, default=0),
        last=max(lines, default=0),
        reason=str(refused),
    )
