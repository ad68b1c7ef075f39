"""Opportunities: opened and closed by the nightly looks, acted upon by people, with what came of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from apps.clients.models import Household
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.portfolios.models import (
    OPEN_TRADE_STATES,
    Opportunity,
    OpportunityKind,
    OpportunityOutcome,
    RebalanceRun,
    RunMode,
    TradeProposal,
    WatchRules,
)
from apps.portfolios.selectors.opportunities import Found
from apps.portfolios.selectors.watch_rules import watch_rules
from apps.portfolios.services._checks import checked

Key = tuple[int, int | None, str, str]
# what trades of a run of each mode are an answer to
_OFF = {OpportunityKind.DRIFT, OpportunityKind.INVEST, OpportunityKind.RAISE, OpportunityKind.RESTRICTION}
ANSWERS: dict[str, set[OpportunityKind]] = {
    RunMode.FULL: _OFF | {OpportunityKind.NEED},
    RunMode.TO_BAND: _OFF | {OpportunityKind.NEED},
    RunMode.INVEST_CASH: {OpportunityKind.INVEST},
    RunMode.BUY_ONLY: {OpportunityKind.INVEST},
    RunMode.RAISE_CASH: {OpportunityKind.RAISE, OpportunityKind.NEED},
    RunMode.HARVEST: {OpportunityKind.HARVEST},
}


@dataclass(frozen=True, slots=True)
class WatchTerms:
    """From which loss on a harvest is worth looking at, and how far ahead one looks for cash."""

    harvest_amount: Decimal
    harvest_share: Decimal
    needs_within_days: int


@service
def set_watch_rules(*, terms: WatchTerms, by: Actor) -> WatchRules:
    """Set what the nightly look calls an opportunity from now on.

    Raises InvalidInputError for a number that cannot be.
    """
    before = audit.snapshot(watch_rules())
    row = WatchRules(**asdict(terms), set_by=by.label[:200])
    checked(row)
    row.save()
    audit.record("portfolios.set_watch_rules", by=by, target=row, before=before, after=audit.snapshot(row))
    return row


def take_up(
    households: Sequence[Household], kinds: Collection[str], found: Iterable[Found], day: dt.date, by: Actor
) -> int:
    """Open what was found of some kinds, renew what still holds, close what is gone; return how many changed.

    What was acted upon is not opened again while its trades may still come. Within the transaction of a service that
    has locked the households.
    """
    mine = Opportunity.objects.filter(household__in=households, kind__in=kinds)
    open_now = {_key(row.household_id, row.account_id, row.kind, row.key): row for row in mine.open()}
    on_the_way = mine.filter(outcome=OpportunityOutcome.ACTED, proposal__state__in=OPEN_TRADE_STATES)
    answered = {_key(row.household_id, row.account_id, row.kind, row.key) for row in on_the_way}
    n = 0
    for each in found:
        key = _key(each.household.pk, each.account.pk if each.account else None, each.kind, each.key)
        row = open_now.pop(key, None)
        if row is not None:
            row.amount, row.facts, row.seen_on = each.amount, dict(each.facts), day
            row.save(update_fields=["amount", "facts", "seen_on", "updated_at"])
        elif key not in answered:
            _open(each, day, by)
            n += 1
    for row in open_now.values():
        _close(row, day, OpportunityOutcome.GONE, None, by)
    return n + len(open_now)


def close_answered(run: RebalanceRun, proposal: TradeProposal, by: Actor) -> int:
    """Close the opportunities that the trades of a run are an answer to, with the proposal as their record."""
    pools = run.inputs["pools"]
    accounts = {int(pk) for pool in pools for pk in pool["account_ids"]}
    open_ones = Opportunity.objects.open().filter(household=run.household, kind__in=ANSWERS.get(run.mode, set()))
    # a run of one account alone says nothing of the household's own target
    of_household = any(pool["pool_id"] == "" for pool in pools) or run.mode == RunMode.HARVEST
    rows = [
        row
        for row in open_ones.select_for_update()
        if (of_household if row.account_id is None else row.account_id in accounts)
    ]
    for row in rows:
        _close(row, proposal.proposed_on, OpportunityOutcome.ACTED, proposal, by)
    return len(rows)


def _key(household_id: int, account_id: int | None, kind: str, key: str) -> Key:
    return household_id, account_id, str(kind), key


def _open(found: Found, day: dt.date, by: Actor) -> None:
    row = Opportunity(
        household=found.household,
        account=found.account,
        kind=found.kind,
        key=found.key,
        amount=found.amount,
        currency=found.currency,
        facts=dict(found.facts),
        opened_on=day,
        seen_on=day,
    )
    row.save()
    audit.record("portfolios.open_opportunity", by=by, target=row, after=audit.snapshot(row))
    tell_opportunity(row)


def _close(
    row: Opportunity, day: dt.date, outcome: OpportunityOutcome, proposal: TradeProposal | None, by: Actor
) -> None:
    row.closed_on, row.outcome, row.proposal = max(day, row.opened_on), outcome, proposal
    row.save(update_fields=["closed_on", "outcome", "proposal", "updated_at"])
    after = {"closed_on": row.closed_on, "outcome": str(outcome)}
    if proposal is not None:
        after["proposal"] = str(proposal.public_id)
    audit.record("portfolios.close_opportunity", by=by, target=row, before={"closed_on": None}, after=after)
    tell_opportunity(row)


def tell_opportunity(row: Opportunity) -> None:
    """Have the pages of the household ask again."""
    realtime.publish(f"household:{row.household.public_id}", "portfolio.changed", opportunity=str(row.public_id))
