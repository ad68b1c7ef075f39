"""What households paid for their accounts from outside of them, account by account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.utils import timezone

from apps.accounts.selectors.firm_days import firm_zone
from apps.billing.models import Payment, PaymentMethod, PaymentState, Unapplied
from apps.kernel.dates import DateSpan
from apps.kernel.money import Money, allocated
from apps.portfolios.ports import PaidFee

ONE_DAY = dt.timedelta(days=1)


def paid_from_outside(account_ids: Collection[int], span: DateSpan) -> list[PaidFee]:
    """Return each account's part of every payment that was not debited at the custodian, to the cent.

    A payment is shared among the lines of its invoice by their amounts.
    """
    rows = (
        Payment.objects.filter(
            state=PaymentState.SUCCEEDED,
            unapplied=Unapplied.NO,
            invoice__lines__account_fee__account__in=account_ids,
            # a day more on both ends: the firm's day is not that of the database
            paid_at__date__range=(span.first - ONE_DAY, span.last + ONE_DAY),
        )
        .exclude(method=PaymentMethod.DEBIT)
        .distinct()
        .select_related("invoice")
        .prefetch_related("invoice__lines__account_fee")
    )
    zone = ZoneInfo(firm_zone())
    wanted = set(account_ids)
    return [
        fee
        for row in rows
        for fee in _parts(row, timezone.localdate(row.paid_at, zone))
        if fee.day in span and fee.account_id in wanted
    ]


def _parts(payment: Payment, day: dt.date) -> list[PaidFee]:
    lines = [line for line in payment.invoice.lines.all() if line.amount > 0]
    if not lines:
        return []
    shares = allocated(Money(payment.amount, payment.currency), [line.amount for line in lines])
    return [
        PaidFee(
            account_id=line.account_fee.account_id,
            day=day,
            amount=share.amount,
            currency=payment.currency,
            reference=payment.invoice.number,
        )
        for line, share in zip(lines, shares, strict=True)
        if line.account_fee is not None and share.amount
    ]
