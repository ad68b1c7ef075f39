"""Fees that will be debited from accounts: what is open of invoices that the custodian collects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection as Ids
from decimal import Decimal

from apps.billing.models import Collection, Invoice
from apps.kernel.money import Money, allocated
from apps.portfolios.ports import DueCash


def fees_due(account_ids: Ids[int], until: dt.date) -> list[DueCash]:
    """Return what each of the accounts will pay of invoices that are due by a day, or were before.

    What is still open of an invoice is shared among its lines by their amounts, and asked of the account that pays.
    """
    rows = (
        Invoice.objects.open()
        .filter(due_on__lte=until)
        .exclude(collection=Collection.INVOICE)
        .filter(household__accounts__in=account_ids)
        .distinct()
        .prefetch_related("lines__account_fee")
        .order_by("due_on", "pk")
    )
    found: list[DueCash] = []
    for invoice in rows:
        lines = [line for line in invoice.lines.all() if line.amount > 0 and line.account_fee is not None]
        if not lines or not invoice.due:
            continue
        shares = allocated(Money(invoice.due, invoice.currency).rounded(), [line.amount for line in lines])
        asked: dict[int, Decimal] = {}
        for line, share in zip(lines, shares, strict=True):
            fee = line.account_fee
            if fee is not None:
                payer = fee.paying_account_id or fee.account_id
                asked[payer] = asked.get(payer, Decimal(0)) + share.amount
        found += [
            DueCash(pk, amount, invoice.currency, invoice.due_on, invoice.number)
            for pk, amount in asked.items()
            if pk in account_ids and amount
        ]
    return found
