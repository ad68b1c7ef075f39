"""Bank accounts and their posted entries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from apps.clients.models import Household
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.secrets import encrypted, number_digest
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.money.engine.categories import category_of
from apps.money.models import BankAccount, BankTransaction
from apps.money.services.categories import category_rules

# what digests of account numbers are kept for
NUMBERS = "money.account_number"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """What is known of a bank account when it is added. `number` is in clear here and nowhere else."""

    name: str
    kind: str
    institution: str = ""
    number: str = field(default="", repr=False)
    currency: str = "USD"
    balance: Decimal | None = None
    balance_as_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """One entry of a statement. `key` is the same for the same entry in every file of the account."""

    key: str
    posted_on: dt.date
    amount: Decimal
    payee: str
    memo: str = ""


@service
def add_bank_account(*, household: Household, details: BankDetails, by: Actor) -> BankAccount:
    """Add a bank or card account. Raises InvalidInputError for a wrong field or a number that is there already."""
    number = details.number.strip()
    account = BankAccount(
        household=household,
        name=details.name,
        kind=details.kind,
        institution=details.institution,
        number=encrypted(number),
        last_four="".join(c for c in number if c.isalnum())[-4:],
        number_digest=number_digest(NUMBERS, number),
        currency=details.currency,
        balance=details.balance,
        balance_as_of=details.balance_as_of,
    )
    try:
        account.full_clean()
    except ValidationError as wrong:
        name, messages = next(iter(wrong.message_dict.items()))
        raise InvalidInputError(messages[0], field="" if name == "__all__" else name) from wrong
    account.save()
    audit.record("money.add_bank_account", by=by, target=account, after=audit.snapshot(account))
    _tell(household)
    return account


@service
def note_balance(*, account: BankAccount, balance: Decimal, as_of: dt.date, by: Actor) -> BankAccount:
    """Keep what the bank said the account held on a day; an older word than the one known changes nothing."""
    locked = BankAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    known_on = locked.balance_as_of
    if known_on is not None and (known_on > as_of or (known_on == as_of and locked.balance == balance)):
        return locked
    before = audit.snapshot(locked)
    locked.balance, locked.balance_as_of = balance, as_of
    locked.full_clean(exclude=["household"])
    locked.save(update_fields=["balance", "balance_as_of", "updated_at"])
    audit.record("money.note_balance", by=by, target=locked, before=before, after=audit.snapshot(locked))
    _tell(locked.household)
    return locked


@service
def post_entries(*, account: BankAccount, entries: Sequence[PostedEntry], by: Actor) -> list[BankTransaction]:
    """Post entries of a statement with a guess of what each was for; those that are there already are left alone.

    Returns the entries posted now. Raises ValidationError for a value that the books cannot hold.
    """
    BankAccount.objects.select_for_update(of=("self",)).get(pk=account.pk)
    wanted = {entry.key: entry for entry in entries}
    known = set(account.entries.filter(key__in=wanted).values_list("key", flat=True))
    rules = category_rules()
    rows = []
    for entry in (entry for key, entry in wanted.items() if key not in known):
        row = BankTransaction(
            account=account,
            key=entry.key,
            posted_on=entry.posted_on,
            amount=entry.amount,
            payee=entry.payee[:200],
            memo=entry.memo[:300],
            category=category_of(f"{entry.payee} {entry.memo}", entry.amount, rules),
        )
        row.full_clean(exclude=["account"], validate_unique=False, validate_constraints=False)
        rows.append(row)
    posted = BankTransaction.objects.bulk_create(rows)
    if posted:
        first, last = _days(posted)
        audit.record(
            "money.post_entries",
            by=by,
            target=account,
            after={"entries": len(posted), "first": first, "last": last},
        )
        _tell(account.household)
    return posted


@service
def change_entry(*, entry: BankTransaction, fields: dict[str, Any], by: Actor) -> BankTransaction:
    """Take over what the bank corrected in an entry (day, amount, payee, memo).

    Raises InvalidInputError for another field.
    """
    unknown = set(fields) - {"posted_on", "amount", "payee", "memo"}
    if unknown:
        raise InvalidInputError(
            gettext_noop("“%(name)s” of an entry cannot be changed this way."), field=min(unknown), name=min(unknown)
        )
    locked = BankTransaction.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    before = audit.snapshot(locked)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*fields, "updated_at"])
    audit.record("money.change_entry", by=by, target=locked, before=before, after=audit.snapshot(locked))
    _tell(locked.account.household)
    return locked


@service
def take_back_entries(*, entries: Sequence[BankTransaction], by: Actor) -> None:
    """Remove entries that an import posted; the trail keeps how many of which days."""
    by_account: dict[int, list[BankTransaction]] = {}
    for entry in entries:
        by_account.setdefault(entry.account_id, []).append(entry)
    for account in BankAccount.objects.filter(pk__in=by_account).select_related("household"):
        rows = by_account[account.pk]
        first, last = _days(rows)
        before = {"entries": len(rows), "first": first, "last": last}
        audit.record("money.take_back_entries", by=by, target=account, before=before)
        _tell(account.household)
    BankTransaction.objects.filter(pk__in=[entry.pk for entry in entries]).delete()


@service
def take_back_bank_account(*, account: BankAccount, by: Actor) -> None:
    """Remove an account that an import added and that has no entries of anybody else's."""
    audit.record("money.take_back_bank_account", by=by, target=account, before=audit.snapshot(account))
    account.delete()


def _days(rows: Sequence[BankTransaction]) -> tuple[dt.date, dt.date]:
    return min(row.posted_on for row in rows), max(row.posted_on for row in rows)


def _tell(household: Household) -> None:
    realtime.publish(f"household:{household.public_id}", "money.changed", household=str(household.public_id))
