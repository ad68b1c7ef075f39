"""What compliance is told of a proposal: what it comes to, whom it concerns, and how the risk of the whole moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from apps.clients.models import Person
from apps.compliance.engine.checkpoints import OrderFacts
from apps.compliance.models import CheckpointRules, ConsentRule
from apps.market.models import AssetClass
from apps.portfolios.models import Account, Mandate, ProposedTrade, TradeProposal, TradeState
from apps.portfolios.selectors.trading_limits import account_rates, demand_rates
from apps.portfolios.selectors.valuations import holdings_at

NOTHING = Decimal(0)
_GONE = (TradeState.DECLINED, TradeState.WITHDRAWN, TradeState.EXPIRED)
EQUITY = {AssetClass.US_EQUITY, AssetClass.US_SMALL_EQUITY, AssetClass.INTERNATIONAL_EQUITY}


@dataclass(frozen=True, slots=True)
class TradeFacts:
    """What a proposal comes to in the household's currency; shares are of its managed accounts (0 to 1).

    `of_day` are the orders of all that was proposed for the household on the same day and may still come or came.
    """

    of_day: OrderFacts
    equity_before: Decimal
    equity_after: Decimal


def trade_facts(proposal: TradeProposal, day: dt.date) -> TradeFacts:
    """Return what the proposal comes to on the day. Raises RateMissingError where an account cannot be counted."""
    lines = list(proposal.lines.select_related("instrument", "account"))
    accounts = list(Account.objects.filter(household=proposal.household_id).managed().open())
    rates = account_rates([*accounts, *(line.account for line in lines)], proposal.household.currency, day)
    stocks, total = NOTHING, NOTHING
    held = holdings_at(accounts, day)
    demand_rates(accounts, held, rates)
    for pk, at in held.items():
        rate = rates.get(pk, NOTHING)  # without one it is empty
        total += at.total * rate
        stocks += sum((h.value or NOTHING for h in at.holdings if h.asset_class in EQUITY), NOTHING) * rate
    bought = [line for line in lines if line.instrument.asset_class in EQUITY]
    moved = sum((-line.signed_amount * rates[line.account_id] for line in bought), NOTHING)
    others = ProposedTrade.objects.filter(
        proposal__household=proposal.household, proposal__proposed_on=proposal.proposed_on
    )
    others = others.exclude(proposal=proposal).exclude(proposal__state__in=_GONE).select_related("account")
    together = [*lines, *others]
    gross = sum((line.estimated_amount * rates.get(line.account_id, NOTHING) for line in together), NOTHING)
    return TradeFacts(
        OrderFacts(gross, gross / total if total > 0 else Decimal(1), len(together)),
        _share(stocks, total),
        _share(stocks + moved, total),
    )


def _share(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole).quantize(Decimal("0.000001")) if whole > 0 else NOTHING


def owners_of(proposal: TradeProposal) -> list[Person]:
    """Return the people who own the accounts of the proposal."""
    people = Person.objects.filter(owned_accounts__account__proposed_trades__proposal=proposal)
    return list(people.distinct().order_by("pk"))


def accounts_unheard(proposal: TradeProposal, heard: Collection[str]) -> list[Account]:
    """Return the accounts of the proposal of which no owner is among the keys: one owner speaks for an account."""
    accounts = Account.objects.filter(proposed_trades__proposal=proposal).distinct().order_by("pk")
    return unheard(accounts.prefetch_related("owners__person__user"), heard)


def unheard(accounts: Iterable[Account], heard: Collection[str]) -> list[Account]:
    """Return those of the accounts, whose owners were fetched, of which no owner is among the keys."""
    return [
        account
        for account in accounts
        if not any(o.person.user is not None and o.person.user.as_actor().key in heard for o in account.owners.all())
    ]


def client_decides(proposal: TradeProposal, rules: CheckpointRules, day: dt.date) -> bool:
    """Say whether the client has to approve: by the firm's rule, or by a mandate of the accounts on the day."""
    if rules.consent == ConsentRule.ALWAYS:
        return True
    accounts = {None, *proposal.lines.values_list("account_id", flat=True)}
    mandates = Mandate.objects.on(day).filter(household=proposal.household_id, client_approves=True)
    return any(each.account_id in accounts for each in mandates)
