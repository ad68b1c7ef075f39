"""Announced corporate actions of what the firm's accounts hold, and where they are still to be entered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.market.models import CorporateAction
from apps.portfolios.models import Account, Instrument, Transaction
from apps.portfolios.policies import has_book

# further back nobody looks for what a file may have brought under another name
LOOK_BACK = dt.timedelta(days=400)
# a custodian's file may date the action by its pay day
NEAR = dt.timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that held the security when the day began."""

    account: Account
    instrument: Instrument
    held: Decimal


@dataclass(frozen=True, slots=True)
class ActionLine:
    """An action with the accounts in which it is to be entered, and how many have it."""

    action: CorporateAction
    open: tuple[Holder, ...]
    n_done: int


def key_of(action: CorporateAction) -> str:
    """Return what names the action in the ledger of an account."""
    return f"market-action:{action.public_id}"


def action_lines(actor: Actor, today: dt.date) -> list[ActionLine]:
    """Return the actions of the last months that concern accounts the actor may see, those with open ones first."""
    recent = CorporateAction.objects.filter(is_cancelled=False, day__lte=today, day__gte=today - LOOK_BACK)
    lines = _lines(actor, list(recent.select_related("security", "into")))
    return sorted(lines, key=lambda line: (not line.open, -line.action.day.toordinal()))


def action_line(actor: Actor, public_id: uuid.UUID | str) -> ActionLine:
    """Return one of them. Raises NotFoundError where there is none, or no account that it concerns."""
    found = CorporateAction.objects.filter(public_id=public_id, is_cancelled=False).select_related("security", "into")
    lines = _lines(actor, list(found))
    if not lines:
        raise NotFoundError(gettext_noop("There is no such corporate action of what your accounts hold."))
    return lines[0]


def _lines(actor: Actor, actions: Sequence[CorporateAction]) -> list[ActionLine]:
    instruments = {
        i.master_id: i for i in Instrument.objects.filter(master__in={action.security_id for action in actions})
    }
    accounts = {account.pk: account for account in Account.objects.visible_to(actor).select_related("household")}
    rows = Transaction.objects.visible_to(actor).standing().filter(instrument__in=instruments.values())
    entries = list(rows.order_by("trade_date", "id"))
    lines = []
    for action in actions:
        instrument = instruments.get(action.security_id)
        if instrument is not None:
            own = [entry for entry in entries if entry.instrument_id == instrument.pk]
            line = _line(action, instrument, own, accounts)
            if line.open or line.n_done:
                lines.append(line)
    return lines


def _line(
    action: CorporateAction, instrument: Instrument, entries: Iterable[Transaction], accounts: dict[int, Account]
) -> ActionLine:
    held: dict[int, Decimal] = {}
    done: set[int] = set()
    for entry in entries:
        if entry.trade_date < action.day:
            held[entry.account_id] = held.get(entry.account_id, Decimal(0)) + entry.units
        near = abs(entry.trade_date - action.day) <= NEAR and entry.kind == action.kind
        if near or entry.external_key.startswith(key_of(action)):
            done.add(entry.account_id)
    holders = [
        Holder(accounts[pk], instrument, units)
        for pk, units in sorted(held.items())
        if units > 0 and pk not in done and has_book(accounts[pk].status)
    ]
    return ActionLine(action, tuple(holders), len(done))
