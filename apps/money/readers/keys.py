"""Digests that tell entries apart, and the keys of formats whose statements carry balances (MT940, camt).

There every booked entry counts: an equal one beside it is a second entry, as the balances prove, and none is dropped
as a duplicate. So the key is of all that identifies the entry, and equal ones of a file are numbered.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from apps.money.readers.rows import BankStatement, BankTransaction


def digest_of(*parts: object) -> str:
    """SHA-256 of the parts."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode("utf-8", "surrogatepass")).hexdigest()


def plain(amount: Decimal) -> str:
    """The same text for 5, 5.0 and 5.00: banks change the zeros between downloads."""
    return f"{amount.normalize():f}"


def with_keys(statements: Sequence[BankStatement]) -> tuple[BankStatement, ...]:
    """Give every entry its key, the same in every file of the account whatever stands around it.

    An entry with the bank's own reference is known by it, its day and amount, so that the bank may mend its text; one
    without is known by its text as well.
    """
    seen: Counter[tuple[object, ...]] = Counter()
    keyed: list[BankStatement] = []
    for statement in statements:
        account = f"{statement.account.routing_number}/{statement.account.number}/{statement.currency}"
        entries = []
        for entry in statement.transactions:
            parts = (account, *_identity(entry))
            seen[parts] += 1
            digest = digest_of(entry.name, entry.memo, entry.kind, entry.value_on)
            entries.append(replace(entry, key=digest_of(*parts, seen[parts]), digest=digest))
        keyed.append(replace(statement, transactions=tuple(entries)))
    return tuple(keyed)


def _identity(entry: BankTransaction) -> tuple[object, ...]:
    known = (entry.posted_on, plain(entry.amount), entry.currency, entry.fitid)
    return known if entry.fitid else (*known, entry.reference, entry.name, entry.memo)
