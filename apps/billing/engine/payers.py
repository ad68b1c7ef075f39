"""Who pays, and who must not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from apps.billing.engine.errors import BillingRefusedError, RetirementPayerError
from apps.billing.engine.inputs import AccountValues, PayerKind
from apps.billing.engine.ledger import amount_in
from apps.billing.engine.results import AccountFee, FeeWarning, PayerCharge, WarningCode
from apps.kernel.errors import gettext_noop
from apps.kernel.money import Money


def check_payers(accounts: Sequence[AccountValues]) -> None:
    """Refuse a payer outside the household, and a retirement account that would pay for another account.

    A retirement account that pays another account's fee makes a prohibited transaction (IRC 4975) or a taxable
    distribution. Raises BillingRefusedError, RetirementPayerError.
    """
    known = {account.account_id: account for account in accounts}
    if len(known) != len(accounts):
        raise BillingRefusedError(
            gettext_noop("An account stands twice in the household."), mend=gettext_noop("List each account once.")
        )
    for account in accounts:
        if account.payer.kind is not PayerKind.ACCOUNT:
            continue
        payer = known.get(account.payer.account_id)
        if payer is None:
            raise BillingRefusedError(
                gettext_noop("Account %(payer)s, which is to pay for %(account)s, is not in the household."),
                mend=gettext_noop("Choose a paying account of the same household, or bill by invoice."),
                payer=account.payer.account_id,
                account=account.account_id,
            )
        if payer.is_retirement and payer.account_id != account.account_id:
            raise RetirementPayerError(
                gettext_noop("Retirement account %(payer)s must not pay the fee of account %(account)s (IRC 4975)."),
                mend=gettext_noop("Let a taxable account pay, or bill by invoice."),
                field="payer",
                payer=payer.account_id,
                account=account.account_id,
            )


def charges_of(fees: Sequence[AccountFee]) -> tuple[PayerCharge, ...]:
    """Add up what is collected from each payer, in the order in which they first appear."""
    sums: dict[tuple[PayerKind, str], Money] = {}
    for fee in fees:
        kind = PayerKind.INVOICE if fee.payer_kind is PayerKind.INVOICE else PayerKind.ACCOUNT
        key = (kind, fee.payer_account_id)
        sums[key] = sums.get(key, Money.zero(fee.fee.currency)) + fee.fee
    return tuple(PayerCharge(kind, account_id, amount) for (kind, account_id), amount in sums.items())


def cash_warnings(charges: Sequence[PayerCharge], accounts: Sequence[AccountValues]) -> list[FeeWarning]:
    """Warn where a paying account lacks the cash: it must be raised before the fee is debited."""
    known = {account.account_id: account for account in accounts}
    found = []
    for charge in charges:
        cash = known[charge.account_id].available_cash if charge.account_id else None
        if cash is not None and Decimal(amount_in(cash, charge.amount.currency)) < charge.amount.amount:
            found.append(
                FeeWarning(
                    WarningCode.CASH_SHORT,
                    gettext_noop("The account has %(cash)s in cash for a fee of %(fee)s."),
                    (("cash", str(cash.amount)), ("fee", str(charge.amount.amount))),
                    charge.account_id,
                )
            )
    return found
