"""What accounts say of risk, household by household, for compliance."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from apps.clients.models import Household
from apps.portfolios.models import Account
from apps.portfolios.selectors.trade_facts import EQUITY, NOTHING
from apps.portfolios.selectors.trading_limits import account_rates, without_rate
from apps.portfolios.selectors.valuations import holdings_at

PLACES = Decimal("0.0001")


def shares_of_equity(households: Sequence[Household], on: dt.date) -> dict[int, dict[str, Decimal]]:
    """Return the share of stocks in each household's managed accounts at the close of the day, as `equity_share`.

    A household that holds nothing, or something without a price or a rate of exchange, is left out.
    """
    accounts = list(Account.objects.filter(household__in=households).managed().open())
    held = holdings_at(accounts, on)
    by_household: dict[int, list[Account]] = defaultdict(list)
    for account in accounts:
        by_household[account.household_id].append(account)
    rates: dict[str, dict[int, Decimal]] = {}
    found = {}
    for household in households:
        own = by_household[household.pk]
        if household.currency not in rates:
            rates[household.currency] = account_rates(accounts, household.currency, on)
        known = rates[household.currency]
        if any(held[account.pk].unpriced for account in own) or without_rate(own, held, known):
            continue
        total, stocks = NOTHING, NOTHING
        for account in own:
            at, rate = held[account.pk], known.get(account.pk, NOTHING)
            total += at.total * rate
            stocks += sum((h.value or NOTHING for h in at.holdings if h.asset_class in EQUITY), NOTHING) * rate
        if total > 0:
            found[household.pk] = {"equity_share": (stocks / total).quantize(PLACES)}
    return found
