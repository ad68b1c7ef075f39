"""Entering an announced corporate action in the accounts that hold the security."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.market.models import CorporateAction
from apps.portfolios.models import Account, Instrument, Transaction
from apps.portfolios.selectors.market_actions import ActionLine, Holder, action_line, key_of
from apps.portfolios.services.corporate_actions import with_fair_values
from apps.portfolios.services.entries import NOTHING, TransactionEntry
from apps.portfolios.services.instruments import NamedSecurity, instruments_for
from apps.portfolios.services.transactions import record_transaction

CENT = Decimal("0.01")


@dataclass(slots=True)
class EnteredAction:
    """In which accounts the action was entered, and by account why it was not."""

    entered: list[Transaction] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@service
def enter_market_action(*, line: ActionLine, by: Actor) -> EnteredAction:
    """Enter an announced action in each account that is open for it; an account that refuses it keeps no other back.

    What is entered already is left alone, also since the line was read. Raises InvalidInputError when nothing is open.
    """
    holders = _still_open(line, by)
    if not holders:
        raise InvalidInputError(gettext_noop("Every account has this corporate action already."))
    into = _into(line.action, by)
    result = EnteredAction()
    for holder in holders:
        try:
            entry = _entry(line.action, holder, into)
            result.entered.append(record_transaction(account=holder.account, entry=entry, by=by))
        except DomainError as refused:
            result.refused.append((holder.account.name, shown(refused).sentence))
    return result


def _still_open(line: ActionLine, by: Actor) -> list[Holder]:
    """Ask again with the accounts locked: somebody else may have entered the action since the line was read."""
    rows = Account.objects.select_for_update().filter(pk__in=[holder.account.pk for holder in line.open])
    locked = set(rows.order_by("pk").values_list("pk", flat=True))
    return [holder for holder in action_line(by, line.action.public_id).open if holder.account.pk in locked]


def _into(action: CorporateAction, by: Actor) -> Instrument | None:
    if action.into is None:
        return None
    name = NamedSecurity(symbol=action.into.symbol)
    return instruments_for(names=[name], by=by)[name]


def _entry(action: CorporateAction, holder: Holder, into: Instrument | None) -> TransactionEntry:
    key = key_of(action)
    before = Transaction.objects.filter(account=holder.account, external_key__startswith=key).count()
    cash = (holder.held * action.cash_per_share).quantize(CENT) if action.cash_per_share else NOTHING
    entry = TransactionEntry(
        kind=action.kind,
        trade_date=action.day,
        instrument=holder.instrument,
        into=into,
        cash=cash,
        split_new=action.new_shares,
        split_old=action.old_shares,
        fair_old=action.fair_old,
        fair_new=action.fair_new,
        currency=action.security.currency,
        # taken back and entered again, it needs a key of its own
        external_key=f"{key}#{before}" if before else key,
        source=action.source,
    )
    return with_fair_values(entry)
