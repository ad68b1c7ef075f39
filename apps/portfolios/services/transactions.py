"""Recording what happened in an account, and taking it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from django.core.exceptions import ValidationError

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.market.selectors.securities import securities_named
from apps.portfolios.models import Account, Transaction, TransactionKind
from apps.portfolios.policies import cash_fits, first_shortfall, has_book, units_fit
from apps.portfolios.services.accounts import refusal
from apps.portfolios.services.entries import EntryByHand, TransactionEntry, entry_by_hand
from apps.portfolios.services.instruments import NamedSecurity, instruments_for, known_instruments

UNIT = Decimal("0.00000001")


class AccountWithoutBookError(DomainError):
    """The account is in a state in which nothing can happen in it."""

    code = "account_without_book"


class ShortfallError(DomainError):
    """More would leave than is held."""

    code = "oversold"


class AlreadyReversedError(DomainError):
    """The entry was taken back before, or is itself a reversal."""

    code = "already_reversed"


@service
def record_transaction(*, account: Account, entry: TransactionEntry, by: Actor) -> Transaction:
    """Record one entry. Raises what `record_transactions` raises."""
    return record_transactions(account=account, entries=[entry], by=by)[0]


@service
def record_by_hand(*, account: Account, typed: EntryByHand, symbol: str, by: Actor) -> Transaction:
    """Record what a person typed, with the security named by its symbol.

    Raises InvalidInputError for a symbol that neither the securities master nor the firm's books know, and what
    `entry_by_hand` and `record_transactions` raise.
    """
    instrument = None
    if symbol:
        name = NamedSecurity(symbol=symbol)
        if not known_instruments([name]) and not securities_named([name.of_master]):
            raise InvalidInputError(
                gettext_noop("No security has the symbol %(symbol)s."),
                mend=gettext_noop("Check the symbol; a security of the firm's own comes with a custodian's file."),
                field="symbol",
                symbol=symbol,
            )
        instrument = instruments_for(names=[name], by=by)[name]
    entry = entry_by_hand(replace(typed, instrument=instrument))
    return record_transaction(account=account, entry=entry, by=by)


@service
def record_transactions(*, account: Account, entries: Sequence[TransactionEntry], by: Actor) -> list[Transaction]:
    """Record entries of one account, all or none.

    Raises AccountWithoutBookError where the account's state allows none, ShortfallError when more would leave than is
    held on any day, InvalidInputError for a date to come, a sign that the kind cannot have, a missing security, a key
    that the account has already, or an entry before a split that was computed without it.
    """
    locked = Account.objects.select_for_update().get(pk=account.pk)
    if not has_book(locked.status):
        raise AccountWithoutBookError(
            gettext_noop("Nothing can be recorded in an account that is “%(status)s”."),
            mend=gettext_noop("Move the account on first."),
            status=locked.status,
        )
    ledger = _Ledger(locked)
    rows = [ledger.row(entry, by) for entry in sorted(entries, key=lambda e: (e.trade_date, e.kind != "split"))]
    ledger.check()
    Transaction.objects.bulk_create(rows)
    for row in rows if len(rows) <= 20 else ():
        audit.record("portfolios.record_transaction", by=by, target=row, after=audit.snapshot(row))
    if len(rows) > 20:
        after = {
            "entries": len(rows),
            "first": rows[0].trade_date,
            "last": rows[-1].trade_date,
            "ids": [str(row.public_id) for row in rows],
        }
        audit.record("portfolios.record_transactions", by=by, target=locked, after=after)
    _tell(locked)
    return rows


@service
def reverse_transaction(*, transaction: Transaction, reason: str, by: Actor) -> Transaction:
    """Take one entry back by its opposite on its own day; both stay in the book.

    Raises AlreadyReversedError for an entry that was taken back or is a reversal, ShortfallError when later entries
    need what it brought, InvalidInputError without a reason.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("A reversal needs a reason."), field="reason")
    account = Account.objects.select_for_update().get(pk=transaction.account_id)
    if transaction.reversal_of_id or Transaction.objects.filter(reversal_of=transaction).exists():
        raise AlreadyReversedError(
            gettext_noop("This entry was taken back already."),
            mend=gettext_noop("Record a new entry instead."),
        )
    ledger = _Ledger(account)
    ledger.move(transaction.instrument_id, transaction.trade_date, -transaction.units)
    ledger.check()
    reversal = Transaction(
        account=account,
        kind=TransactionKind.REVERSAL,
        trade_date=transaction.trade_date,
        settle_date=transaction.settle_date,
        instrument=transaction.instrument,
        units=-transaction.units,
        price=transaction.price,
        cash=-transaction.cash,
        fees=-transaction.fees,
        currency=transaction.currency,
        description=reason.strip()[:300],
        reversal_of=transaction,
        recorded_by=by.key,
    )
    reversal.full_clean(exclude=["account"])
    reversal.save()
    audit.record(
        "portfolios.reverse_transaction", by=by, target=reversal, after=audit.snapshot(reversal), reason=reason
    )
    _tell(account)
    return reversal


class _Ledger:
    """The units of an account day by day, while entries are checked against them."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.today = firm_today()
        self.moves: dict[int, list[tuple[dt.date, Decimal]]] = {}
        self.splits: dict[int, dt.date] = {}
        self.touched: set[int] = set()
        self.keys: set[str] = set()
        rows = account.transactions.exclude(instrument=None).values_list("instrument_id", "trade_date", "units")
        for instrument_id, day, units in rows:
            self.moves.setdefault(instrument_id, []).append((day, units))
        splits = account.transactions.standing().filter(kind=TransactionKind.SPLIT).order_by("trade_date")
        for instrument_id, day in splits.values_list("instrument_id", "trade_date"):
            self.splits[instrument_id] = day
        self.keys.update(account.transactions.exclude(external_key="").values_list("external_key", flat=True))

    def move(self, instrument_id: int | None, day: dt.date, units: Decimal) -> None:
        """Add to what is held."""
        if instrument_id is None or not units:
            return
        if day < self.splits.get(instrument_id, day):
            raise InvalidInputError(
                gettext_noop(
                    "The account has a later split of this security, on %(day)s, reckoned without this entry."
                ),
                mend=gettext_noop("Reverse the split, record the entry, and record the split again."),
                field="trade_date",
                day=self.splits[instrument_id],
            )
        self.moves.setdefault(instrument_id, []).append((day, units))
        self.touched.add(instrument_id)

    def held(self, instrument_id: int, day: dt.date) -> Decimal:
        """Return what is held at the close of the day, as far as entered."""
        return sum((units for on, units in self.moves.get(instrument_id, []) if on <= day), Decimal(0))

    def row(self, entry: TransactionEntry, by: Actor) -> Transaction:
        """Check one entry and return its row."""
        self._check_entry(entry)
        units, new, old = entry.units, entry.split_new, entry.split_old
        if entry.kind == TransactionKind.SPLIT and entry.instrument is not None:
            units, new, old = self._split(entry, entry.instrument.pk)
        if not units_fit(entry.kind, units):
            raise _sign(entry, "quantity")
        if not cash_fits(entry.kind, entry.cash):
            raise _sign(entry, "amount")
        instrument_id = entry.instrument.pk if entry.instrument else None
        self.move(instrument_id, entry.trade_date, units)
        if entry.kind == TransactionKind.SPLIT and instrument_id is not None:
            self.splits[instrument_id] = entry.trade_date
        row = Transaction(
            account=self.account,
            kind=entry.kind,
            trade_date=entry.trade_date,
            settle_date=entry.settle_date,
            instrument=entry.instrument,
            units=units,
            price=entry.price,
            cash=entry.cash,
            fees=entry.fees,
            cost=entry.cost,
            acquired_on=entry.acquired_on,
            split_new=new,
            split_old=old,
            currency=entry.currency or self.account.currency,
            description=entry.description[:300],
            external_key=entry.external_key,
            source=entry.source,
            recorded_by=by.key,
        )
        try:
            row.full_clean(exclude=["account", "instrument", "reversal_of"], validate_constraints=False)
        except ValidationError as wrong:
            raise refusal(wrong) from wrong
        return row

    def _check_entry(self, entry: TransactionEntry) -> None:
        if entry.trade_date > self.today:
            raise InvalidInputError(gettext_noop("The trade date lies in the future."), field="trade_date")
        if entry.settle_date is not None and entry.settle_date < entry.trade_date:
            raise InvalidInputError(gettext_noop("An entry cannot settle before it was traded."), field="settle_date")
        if entry.kind == TransactionKind.REVERSAL or entry.kind not in TransactionKind.values:
            raise InvalidInputError(gettext_noop("“%(kind)s” cannot be recorded."), field="kind", kind=entry.kind)
        if (entry.units or entry.kind in {"buy", "sell", "split", "reinvest"}) and entry.instrument is None:
            raise InvalidInputError(gettext_noop("The entry names no security."), field="instrument")
        if entry.external_key:
            if entry.external_key in self.keys:
                raise InvalidInputError(gettext_noop("The account has this entry already."), field="external_key")
            self.keys.add(entry.external_key)

    def _split(self, entry: TransactionEntry, instrument_id: int) -> tuple[Decimal, Decimal, Decimal]:
        """Return units and ratio; a file may give the units alone, a person the ratio alone."""
        held = self.held(instrument_id, entry.trade_date)
        if held <= 0:
            raise InvalidInputError(gettext_noop("Nothing is held of the security that splits."), field="instrument")
        if entry.split_new and entry.split_old:
            # rounded down: a stored fraction must never exceed what the lots come to
            after = (held * entry.split_new / entry.split_old).quantize(UNIT, ROUND_DOWN)
            units = after - held
            return units, entry.split_new, entry.split_old
        return entry.units, held + entry.units, held

    def check(self) -> None:
        """Raise ShortfallError when less than nothing would be held on any day."""
        for instrument_id in self.touched:
            day = first_shortfall(self.moves[instrument_id])
            if day is not None:
                raise ShortfallError(
                    gettext_noop("On %(day)s more of a security would have left the account than it held."),
                    mend=gettext_noop("Record how the missing part came in first, or correct the quantity."),
                    field="quantity",
                    day=day,
                )


def _sign(entry: TransactionEntry, field: str) -> InvalidInputError:
    return InvalidInputError(
        gettext_noop("The %(name)s does not fit an entry of the kind “%(kind)s”."),
        mend=gettext_noop("Correct it, or choose the kind that fits."),
        field=field,
        name=field,
        kind=entry.kind,
    )


def _tell(account: Account) -> None:
    topic = f"household:{account.household.public_id}"
    realtime.publish(topic, "portfolio.changed", account=str(account.public_id))
