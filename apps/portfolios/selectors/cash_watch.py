"""Accounts that will not have the cash for what they must pay soon."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from apps.clients.models import Household
from apps.portfolios.models import Account, AccountStatus, OpportunityKind
from apps.portfolios.selectors.cash_needs import CashNeedDue, cash_needs
from apps.portfolios.selectors.opportunities import Found
from apps.portfolios.selectors.trading_room import rooms_of

NOTHING = Decimal(0)


def cash_short(households: Sequence[Household], day: dt.date, until: dt.date) -> list[Found]:
    """Return the managed accounts that lack cash for fees and distributions due by a day, in a fixed number of queries.

    Cash is what no open proposal has spoken for and no reserve of the account keeps.
    """
    accounts = Account.objects.filter(household__in=households, status=AccountStatus.ACTIVE).managed()
    listed = {each.pk: each for each in accounts.select_related("household").order_by("pk")}
    needs: dict[int, list[CashNeedDue]] = defaultdict(list)
    for need in cash_needs(listed.values(), day, until):
        if need.currency == need.account.currency:
            needs[need.account.pk].append(need)
    rooms = rooms_of([listed[pk] for pk in needs], day) if needs else {}
    found = []
    for pk, due in needs.items():
        short = sum((each.amount for each in due), NOTHING) - max(rooms[pk].to_spend, NOTHING)
        if short > 0:
            facts = {"needs": [[each.kind, each.reference, each.due_on.isoformat()] for each in due]}
            account = listed[pk]
            kind = OpportunityKind.NEED
            amount = short.quantize(Decimal("0.01"))
            found.append(Found(account.household, account, kind, account.currency, amount=amount, facts=facts))
    return found
