"""Recording what happened in an account, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from django.db.models import Q

from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.core.services import service
from apps.core.whole_rows import insert_models
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import Account, LotChoice, ManualAsset, Transaction, TransactionKind
from apps.portfolios.policies import RESHAPES, has_book
from apps.portfolios.selectors.books import account_book
from apps.portfolios.selectors.prices import rate_on
from apps.portfolios.services._ledger import AccountLedger, ShortfallError, ledgers_of
from apps.portfolios.services.entries import ONE, EntryByHand, TransactionEntry, entry_by_hand, refuse_slips
from apps.portfolios.services.instruments import instrument_by_symbol

__all__ = [
    "AccountWithoutBookError",
    "AlreadyReversedError",
    "OfAssetError",
    "ShortfallError",
    "record_by_hand",
    "record_in_accounts",
    "record_transaction",
    "record_transactions",
    "refuse_for_asset",
    "reverse_by_hand",
    "reverse_transaction",
]

# more entries than this of one account, or ten times as many of several, are kept on the trail by their ids
_IN_FULL = 20


class AccountWithoutBookError(DomainError):
    """The account is in a state in which nothing can happen in it."""

    code = "account_without_book"


class AlreadyReversedError(DomainError):
    """The entry was taken back before, or is itself a reversal."""

    code = "already_reversed"


class OfAssetError(DomainError):
    """The entries of the account follow from what is recorded of its asset."""

    code = "entry_of_asset"


@service
def record_transaction(*, account: Account, entry: TransactionEntry, by: Actor) -> Transaction:
    """Record one entry. Raises what `record_transactions` raises."""
    return record_transactions(account=account, entries=[entry], by=by)[0]


@service
def record_by_hand(*, account: Account, typed: EntryByHand, symbol: str, by: Actor) -> Transaction:
    """Record what a person typed, with the security named by its symbol.

    Raises InvalidInputError for a symbol that neither the securities master nor the firm's books know, OfAssetError in
    the account of a manual asset, and what `entry_by_hand`, `refuse_slips` and `record_transactions` raise.
    """
    refuse_for_asset(account)
    instrument = instrument_by_symbol(symbol=symbol, field="symbol", by=by) if symbol else None
    rate = rate_on(instrument.currency, account.currency, typed.trade_date) if instrument else ONE
    entry = entry_by_hand(replace(typed, instrument=instrument), rate)
    refuse_slips(entry, account.currency)
    return record_transaction(account=account, entry=entry, by=by)


@service
def record_transactions(*, account: Account, entries: Sequence[TransactionEntry], by: Actor) -> list[Transaction]:
    """Record entries of one account, all or none.

    Raises AccountWithoutBookError where the account's state allows none, ShortfallError when more would leave than is
    held on any day, InvalidInputError for a date to come, a sign that the kind cannot have, a missing security, a key
    that the account has already, or an entry before a split that was computed without it.
    """
    return record_in_accounts(told=[(account, entries)], by=by)[account.pk]


def _as_it_is(_account: Account, refusal: DomainError) -> DomainError:
    return refusal


@service
def record_in_accounts(
    *,
    told: Sequence[tuple[Account, Sequence[TransactionEntry]]],
    by: Actor,
    located: Callable[[Account, DomainError], DomainError] = _as_it_is,
) -> dict[int, list[Transaction]]:
    """Record entries of many accounts (each named once), all or none, and return them by the account's row id.

    Raises what `record_transactions` raises, by way of `located`, which may say where it lies.
    """
    wanted = {account.pk: list(entries) for account, entries in told}
    locked = Account.objects.select_for_update(of=("self",)).select_related("household").filter(pk__in=wanted)
    ledgers = ledgers_of(locked.order_by("pk"), *_met(wanted.values()))
    made: dict[int, list[Transaction]] = {}
    for pk, ledger in ledgers.items():
        try:
            made[pk] = _rows(ledger, wanted[pk], by)
        except DomainError as refusal:
            raise located(ledger.account, refusal) from refusal
    insert_models([row for rows in made.values() for row in rows])
    legs = {pk: ledger.legs(by) for pk, ledger in ledgers.items()}
    insert_models([leg for rows in legs.values() for leg in rows])
    LotChoice.objects.bulk_create(choice for ledger in ledgers.values() for choice in ledger.choices())
    for account in with_actions(ledger.account for ledger in ledgers.values()):
        try:
            demand_book(account)
        except DomainError as refusal:
            raise located(account, refusal) from refusal
    in_full = sum(map(len, made.values())) <= _IN_FULL * 10
    audit.record_all(
        event
        for pk, ledger in ledgers.items()
        for event in _events(ledger, made[pk], legs[pk] if in_full and len(made[pk]) <= _IN_FULL else None, by)
    )
    _tell(*(ledger.account for ledger in ledgers.values()))
    return made


def _met(told: Iterable[Sequence[TransactionEntry]]) -> tuple[set[int], set[str]]:
    """Return the securities and keys that entries speak of."""
    entries = [entry for each in told for entry in each]
    instruments = {i.pk for entry in entries for i in (entry.instrument, entry.into) if i is not None}
    return instruments, {entry.external_key for entry in entries if entry.external_key}


def _rows(ledger: AccountLedger, entries: Sequence[TransactionEntry], by: Actor) -> list[Transaction]:
    status = ledger.account.status
    if not has_book(status):
        raise AccountWithoutBookError(
            gettext_noop("Nothing can be recorded in an account that is “%(status)s”."),
            mend=gettext_noop("Move the account on first."),
            status=status,
        )
    rows = [ledger.row(entry, by) for entry in sorted(entries, key=lambda e: (e.trade_date, e.kind not in RESHAPES))]
    ledger.check()
    return rows


def _events(
    ledger: AccountLedger, rows: Sequence[Transaction], legs: Sequence[Transaction] | None, by: Actor
) -> Iterator[AuditEvent]:
    """Return what the trail keeps: each entry and leg as it is, without legs the ids alone."""
    if legs is None:
        after = {
            "entries": len(rows),
            "first": rows[0].trade_date,
            "last": rows[-1].trade_date,
            "ids": [str(row.public_id) for row in rows],
        }
        yield audit.event("portfolios.record_transactions", by=by, target=ledger.account, after=after)
        return
    for row in (*rows, *legs):
        after = {**audit.snapshot(row), "lots": ledger.named(row)} if ledger.named(row) else audit.snapshot(row)
        yield audit.event("portfolios.record_transaction", by=by, target=row, after=after)


@service
def reverse_by_hand(*, transaction: Transaction, reason: str, by: Actor) -> Transaction:
    """Take back the entry that a person chose. Raises OfAssetError, and what `reverse_transaction` raises."""
    refuse_for_asset(transaction.account)
    return reverse_transaction(transaction=transaction, reason=reason, by=by)


@service
def reverse_transaction(*, transaction: Transaction, reason: str, by: Actor) -> Transaction:
    """Take one entry back by its opposite on its own day; both stay in the book, as do the legs of both.

    Raises AlreadyReversedError for an entry that was taken back or is a reversal, ShortfallError when later entries
    need what it brought, InvalidInputError without a reason or for the leg of a corporate action, and what the book
    refuses without the entry.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("A reversal needs a reason."), field="reason")
    account = Account.objects.select_for_update().get(pk=transaction.account_id)
    if transaction.reversal_of_id or Transaction.objects.filter(reversal_of=transaction).exists():
        raise AlreadyReversedError(
            gettext_noop("This entry was taken back already."),
            mend=gettext_noop("Record a new entry instead."),
        )
    if transaction.kind == TransactionKind.RECEIVED:
        raise InvalidInputError(
            gettext_noop("This is one half of a corporate action."),
            mend=gettext_noop("Take the corporate action back: both halves go with it."),
        )
    both = [transaction, *transaction.legs.all()]
    ledger = ledgers_of([account], {each.instrument_id for each in both if each.instrument_id}, ())[account.pk]
    for each in both:
        ledger.move(each.instrument_id, each.trade_date, -each.units)
    ledger.check()
    reversal, *legs = [_reversal(each, reason.strip()[:300], by) for each in both]
    for each in with_actions([account]):
        demand_book(each)
    for row in (reversal, *legs):
        audit.record("portfolios.reverse_transaction", by=by, target=row, after=audit.snapshot(row), reason=reason)
    _tell(account)
    return reversal


def refuse_for_asset(account: Account) -> None:
    """Refuse entries by hand where they follow from what is recorded of an asset: its value would not go with them."""
    if ManualAsset.objects.filter(account=account).exists():
        raise OfAssetError(
            gettext_noop("The entries of this account follow from what is recorded of its asset."),
            mend=gettext_noop("Record it, or take it back, on the page of the asset."),
        )


def _reversal(transaction: Transaction, reason: str, by: Actor) -> Transaction:
    reversal = Transaction(
        account_id=transaction.account_id,
        kind=TransactionKind.REVERSAL,
        trade_date=transaction.trade_date,
        settle_date=transaction.settle_date,
        instrument=transaction.instrument,
        units=-transaction.units,
        price=transaction.price,
        cash=-transaction.cash,
        fees=-transaction.fees,
        currency=transaction.currency,
        description=reason,
        reversal_of=transaction,
        recorded_by=by.key,
    )
    reversal.full_clean(exclude=["account"])
    reversal.save()
    return reversal


def with_actions(accounts: Iterable[Account]) -> list[Account]:
    """Return those that have corporate actions or named lots: there units alone do not show what the book refuses."""
    by_id = {account.pk: account for account in accounts}
    seen_by_lots = RESHAPES | {TransactionKind.RETURN_OF_CAPITAL}
    named = LotChoice.objects.filter(transaction__account__in=by_id).values("transaction")
    rows = Transaction.objects.filter(account__in=by_id).filter(Q(kind__in=seen_by_lots) | Q(pk__in=named))
    return [by_id[pk] for pk in rows.order_by("account").values_list("account", flat=True).distinct()]


def demand_book(account: Account) -> None:
    """Let the book refuse what it cannot be."""
    last = account.transactions.order_by("-trade_date").values_list("trade_date", flat=True)[0]
    account_book(account, last)


def _tell(*accounts: Account) -> None:
    realtime.publish_all(
        (f"household:{account.household.public_id}", "portfolio.changed", {"account": str(account.public_id)})
        for account in accounts
    )
