"""What was paid into accounts, month by month, as their ledgers say."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from apps.portfolios.models import Account, Transaction, TransactionKind


def paid_in(accounts: Iterable[Account], since: dt.date) -> dict[tuple[int, dt.date], Decimal]:
    """Return the cash that came in by account and first day of month, from a day on (one query).

    Deposits and cash transferred in count, in the account's currency; what was taken back does not. A month without an
    entry is not in it.
    """
    rows = Transaction.objects.standing().filter(
        account__in=list(accounts),
        kind__in=[TransactionKind.DEPOSIT, TransactionKind.TRANSFER_IN],
        trade_date__gte=since,
        cash__gt=0,
    )
    found: dict[tuple[int, dt.date], Decimal] = defaultdict(Decimal)
    for row in rows.select_related("account"):
        if row.currency == row.account.currency:
            found[row.account_id, row.trade_date.replace(day=1)] += row.cash
    return dict(found)
