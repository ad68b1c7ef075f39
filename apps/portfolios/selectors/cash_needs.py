"""Cash that accounts will have to pay soon: fees that billing knows of, distributions that the law requires."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext

from apps.core.templatetags.formats import date_text
from apps.portfolios.engine.rebalancing.inputs import NeedKind
from apps.portfolios.models import Account
from apps.portfolios.ports import cash_due
from apps.portfolios.selectors.distributions import distributions_due

# how far ahead one looks where nobody said otherwise
SOON = dt.timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CashNeedDue:
    """So much leaves an account by a day; `reference` is the invoice, or the year of a distribution."""

    account: Account
    kind: NeedKind
    amount: Decimal
    currency: str
    due_on: dt.date
    reference: str


def cash_needs(accounts: Iterable[Account], day: dt.date, until: dt.date) -> list[CashNeedDue]:
    """Return what the accounts have to pay by a day, the earliest first."""
    listed = {account.pk: account for account in accounts}
    found = [
        CashNeedDue(listed[each.account_id], NeedKind.FEE, each.amount, each.currency, each.due_on, each.reference)
        for each in cash_due.due(set(listed), until)
    ]
    found += [
        CashNeedDue(
            each.account,
            NeedKind.DISTRIBUTION,
            each.amount,
            each.account.currency,
            each.required.due_on,
            str(each.required.year),
        )
        for each in distributions_due(listed.values(), day, until)
    ]
    return sorted(found, key=lambda each: (each.due_on, each.account.pk, each.kind))


def need_text(kind: str, reference: str, due_on: dt.date | None) -> str:
    """Say why cash must be there."""
    told = {"reference": reference, "day": date_text(due_on) if due_on else ""}
    words = {
        NeedKind.RESERVE: gettext("Reserve of the client"),
        NeedKind.RAISE: gettext("To be raised by this run"),
        NeedKind.FEE: gettext("Advisory fee of invoice %(reference)s, debited by %(day)s"),
        NeedKind.DISTRIBUTION: gettext("Required distribution for %(reference)s, to be taken by %(day)s"),
    }
    return words[NeedKind(kind)] % told
