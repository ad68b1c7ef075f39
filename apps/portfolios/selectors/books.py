"""An account's book at any day, as known at any moment: positions with lots, cash, realised gains."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from apps.portfolios.engine.positions import Book, book_at
from apps.portfolios.models import Account, Transaction
from apps.portfolios.selectors._mapping import book_entries
from apps.portfolios.selectors.lot_rules import book_policies, book_policy


def account_book(account: Account, as_of: dt.date, known_at: dt.datetime | None = None) -> Book:
    """Return the book at the close of the day; with `known_at` as it stood at that moment, mistakes included.

    Lots leave as the account's standing orders say, or as they were named for the sale. Securities are named by the
    instrument's row id. Raises BookRefusedError and its like where the ledger contradicts itself, which the checks of
    recording keep out.
    """
    rows = account.transactions.select_related("reversal_of").prefetch_related("lot_choices")
    rows = rows.order_by("trade_date", "id")
    if known_at is not None:
        rows = rows.known_at(known_at)
    return book_at(book_entries(rows), as_of, book_policy(account, known_at))


def account_books(accounts: Sequence[Account], rows: Iterable[Transaction], as_of: dt.date) -> dict[int, Book]:
    """Return the books of several accounts out of their entries, in the order of their days.

    The rows come with their reversals' targets and lot choices, the accounts with their standing orders.
    """
    by_account: dict[int, list[Transaction]] = {account.pk: [] for account in accounts}
    for row in rows:
        by_account[row.account_id].append(row)
    policies = book_policies(accounts)
    return {pk: book_at(book_entries(own), as_of, policies[pk]) for pk, own in by_account.items()}
