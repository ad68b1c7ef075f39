"""Fees that were paid in advance and not earned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from apps.billing.engine.errors import BillingRefusedError
from apps.billing.engine.ledger import at_places, exact_sum, posted_parts
from apps.billing.engine.results import Receipt
from apps.billing.engine.terms import Timing
from apps.kernel.dates import DateSpan
from apps.kernel.errors import gettext_noop
from apps.kernel.money import Money, RoundingRule


@dataclass(frozen=True, slots=True)
class RefundLine:
    """What one account gets back: `exact` = `prepaid` · `unearned_days` / `paid_days`."""

    account_id: str
    prepaid: Decimal
    last_managed_day: date
    unearned_days: int
    paid_days: int
    exact: Decimal
    refund: Money
    clause: str


@dataclass(frozen=True, slots=True)
class HouseholdRefund:
    """The refund of a household, in cents."""

    total: Money
    lines: tuple[RefundLine, ...]


def unearned_days(paid: DateSpan, last_managed_day: date) -> int:
    """Count the paid days after the last managed one."""
    return min(paid.days, max(0, (paid.last - last_managed_day).days))


def unearned_fee(
    prepaid: Money, paid: DateSpan, last_managed_day: date, rounding: RoundingRule = RoundingRule.HALF_UP
) -> Money:
    """Return what is due back of a fee that was paid for the days of `paid`: prepaid · unearned days / paid days.

    It is due on termination by itself, without a request of the client (SEC Division of Examinations, Risk Alert of
    10 November 2021).
    """
    share = Fraction(unearned_days(paid, last_managed_day), paid.days)
    return Money(at_places(Fraction(prepaid.amount) * share), prepaid.currency).rounded(rounding)


def refund_unearned_fees(receipt: Receipt, last_managed_days: Mapping[str, date]) -> HouseholdRefund:
    """Return what accounts that leave get back of a fee that was billed in advance.

    Only the period's own fee is given back, net of its credits; flow adjustments and carried items of the receipt
    settle earlier days. Raises BillingRefusedError for a fee in arrears and for an account that was not billed.
    """
    if receipt.timing is not Timing.ADVANCE:
        raise BillingRefusedError(
            gettext_noop("Only a fee that was paid in advance can be unearned."),
            mend=gettext_noop("Bill the account for its managed days instead."),
        )
    billed = {line.account_id: line for line in receipt.prorations}
    unknown = sorted(set(last_managed_days) - set(billed))
    if unknown:
        raise BillingRefusedError(
            gettext_noop("Account %(account)s was not billed for this period."),
            mend=gettext_noop("Choose the bill that holds the account."),
            account=unknown[0],
        )
    leaving = sorted(last_managed_days)
    prepaid = {
        key: exact_sum([billed[key].amount, *(credit.amount for credit in receipt.credits if credit.account_id == key)])
        for key in leaving
    }
    days = {key: unearned_days(_paid(receipt, key), last_managed_days[key]) for key in leaving}
    exact = [at_places(Fraction(prepaid[key]) * days[key] / billed[key].days) for key in leaving]
    sizes = [Fraction(prepaid[key]) for key in leaving]
    total, cents = posted_parts(exact, sizes, receipt.currency, receipt.rounding)
    lines = tuple(
        RefundLine(
            account_id=key,
            prepaid=prepaid[key],
            last_managed_day=last_managed_days[key],
            unearned_days=days[key],
            paid_days=billed[key].days,
            exact=amount,
            refund=refund,
            clause=billed[key].clause,
        )
        for key, amount, refund in zip(leaving, exact, cents, strict=True)
    )
    return HouseholdRefund(total, lines)


def _paid(receipt: Receipt, account_id: str) -> DateSpan:
    line = next(line for line in receipt.prorations if line.account_id == account_id)
    return DateSpan(line.first_day, line.last_day)
