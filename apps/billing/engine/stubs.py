"""Bills for accounts that came after their period was billed in advance."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from apps.billing.engine.errors import BillingRefusedError
from apps.billing.engine.inputs import AccountValues, Exclusion, ExclusionReason, HouseholdBilling, ValueUse
from apps.billing.engine.terms import Limit, ScheduleKind, Scope
from apps.kernel.errors import gettext_noop

_BILLED = Exclusion(ExclusionReason.BILLED_ELSEWHERE, uses=frozenset({ValueUse.BILLING}))


def stub_billing(billing: HouseholdBilling, account_ids: Collection[str]) -> HouseholdBilling:
    """Return the bill of the named accounts alone, from their funding day, at the household's breakpoint.

    The other accounts count for the breakpoint and are not billed again. What the household has paid for the period as
    a whole is left out: its minimum and maximum, credits, carried items and flows.

    Raises BillingRefusedError when an account is not in the household, was not funded in the period, or the fee is
    fixed for the household and covers it already.
    """
    funded = {account.account_id: account.funded_on for account in billing.accounts}
    for account_id in sorted(account_ids):
        day = funded.get(account_id)
        if day is None or day not in billing.period.span:
            raise BillingRefusedError(
                gettext_noop("Account %(account)s was not funded in the period."),
                mend=gettext_noop("Bill it with its household."),
                account=account_id,
            )
    terms = billing.terms
    if terms.kind is ScheduleKind.FIXED and terms.breakpoint_scope is Scope.HOUSEHOLD:
        raise BillingRefusedError(
            gettext_noop("The fixed fee of the household covers its new accounts."),
            mend=gettext_noop("Bill nothing for the stub."),
        )
    return replace(
        billing,
        accounts=tuple(_for_stub(account, account_ids) for account in billing.accounts),
        terms=replace(
            terms,
            minimum=_of_account(terms.minimum),
            maximum=_of_account(terms.maximum),
            flow_rule=None,
        ),
        credits=(),
        carried=(),
    )


def _for_stub(account: AccountValues, account_ids: Collection[str]) -> AccountValues:
    if account.account_id in account_ids:
        return account
    return replace(account, exclusions=(*account.exclusions, _BILLED))


def _of_account(limit: Limit | None) -> Limit | None:
    return limit if limit is not None and limit.scope is Scope.ACCOUNT else None
