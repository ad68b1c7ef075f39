"""Orders that were said in numbers which ended before all was heard: put in doubt, asked about, settled by answers.

Within the same numbers nothing is in doubt: each side asks for what it missed. A new epoch forgets what was not heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.services import service
from apps.integrations.engine.fix_session import Message
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.services.fix_orders import say_question
from apps.kernel.errors import gettext_noop
from apps.portfolios.models import IN_MARKET_STATES, BlockOrder, ChangeKind, ChangeState, OrderDoubt
from apps.portfolios.services.fills import (
    NOTHING,
    PRICE,
    Execution,
    close_change,
    close_order,
    put_off_execution,
    sent_on,
)
from apps.portfolios.services.order_changes import accept_change
from apps.portfolios.services.order_doubts import doubt_order, settle_doubt

# the ends of an order as OrdStatus (39) and ExecType (150) tell them; rejected for 103=5 there is none
_REJECTED, _UNKNOWN_ORDER = "8", "5"
ENDS = {"3": "done for the day", "4": "canceled", "8": "rejected", "C": "expired"}
_PENDING = ("6", "E")
_NOT_TAKEN = gettext_noop("The session was cut, and the broker did not take it up.")
_NEVER_HAD = gettext_noop("The broker never had it, and its day is over.")


@service
def doubt_said(*, connection: FixConnection, by: Actor) -> None:
    """Put every order in doubt that was said on a session and is still in the market: its numbers were cut."""
    for order in _said_on(connection):
        doubt_order(order=order, doubt=OrderDoubt.MISSED if was_heard(order) else OrderDoubt.UNHEARD, by=by)


@service
def ask_doubtful(*, connection: FixConnection, by: Actor) -> None:
    """Ask about each order in doubt, once for each doubt and epoch of the session."""
    asked = FixMessage.objects.filter(
        Q(seq=None, sent_at=None) | Q(epoch=connection.epoch, seq__isnull=False),
        order=OuterRef("pk"),
        kind="H",
        created_at__gte=OuterRef("doubt_since"),
    )
    for order in _said_on(connection).exclude(doubt="").exclude(Exists(asked)):
        say_question(order=order, by=by)


def _said_on(connection: FixConnection) -> QuerySet[BlockOrder]:
    said = FixMessage.objects.said().filter(connection=connection, kind="D", order__state__in=IN_MARKET_STATES)
    return BlockOrder.objects.filter(pk__in=said.values("order")).order_by("pk")


def was_heard(order: BlockOrder) -> bool:
    """Say whether the broker ever told something of an order: it has it."""
    return order.fills.exists() or FixMessage.objects.filter(order=order, kind="D", answered_at__isnull=False).exists()


def is_unknown(message: Message) -> bool:
    """Say whether a report tells that the broker has no such order."""
    return message.get(39) == _REJECTED and message.get(103) == _UNKNOWN_ORDER


@dataclass(frozen=True, slots=True)
class Status:
    """How the broker says an order stands: OrdStatus, what it executed so far (CumQty, AvgPx), and its words."""

    code: str
    quantity: Decimal | None
    average: Decimal
    text: str
    is_unknown: bool = False
    ordered: Decimal | None = None


def hear_status(connection: FixConnection, order: BlockOrder, status: Status, by: Actor) -> str:
    """Take up how the broker says an order stands. Returns what became of it."""
    if status.is_unknown:
        return _unknown(order, by)
    done, told = order.filled, status.quantity
    _settle_change(order, status, by)
    if told is None or told < done:
        doubt_order(order=order, doubt=OrderDoubt.DIFFERS, by=by)
        return "doubted"
    if told > done:
        _put_off_missing(connection, order, told, status.average, by)
        doubt_order(order=order, doubt=OrderDoubt.MISSED, by=by)
        return "queued"
    if status.code in ENDS:
        close_order(order=order, reason=f"{ENDS[status.code]}: {status.text}".strip(": "), by=by)
        return "closed"
    if order.doubt:
        settle_doubt(order=order, note=f"{connection.name}: {told.normalize():f}", by=by)
        return "settled"
    return ""


def _settle_change(order: BlockOrder, status: Status, by: Actor) -> None:
    """End a change whose answer was cut, by what the broker says that is ordered now."""
    change = order.changes.filter(state__in=(ChangeState.ASKED, ChangeState.PENDING)).first()
    waits = FixMessage.objects.waiting().filter(order=order, kind__in=("F", "G")).exists()
    if change is None or waits or status.code in _PENDING:
        return
    if change.kind == ChangeKind.REPLACE and status.ordered == change.quantity != order.quantity:
        accept_change(change=change, quantity=change.quantity, by=by)
        order.refresh_from_db()
    elif order.doubt and status.code not in ENDS:
        close_change(change=change, state=ChangeState.REFUSED, answer=_NOT_TAKEN, by=by)


def _unknown(order: BlockOrder, by: Actor) -> str:
    if was_heard(order):
        doubt_order(order=order, doubt=OrderDoubt.GONE, by=by)
    elif sent_on(order) < firm_today():
        close_order(order=order, reason=_NEVER_HAD, by=by)
        return "closed"
    else:
        doubt_order(order=order, doubt=OrderDoubt.UNKNOWN, by=by)
    return "doubted"


def _put_off_missing(connection: FixConnection, order: BlockOrder, told: Decimal, average: Decimal, by: Actor) -> None:
    """Put before a person what the broker executed and we never heard, at the price that makes its average."""
    known = list(order.fills.all())
    missing = told - sum((fill.quantity for fill in known), NOTHING)
    worth = told * average - sum((fill.quantity * fill.price for fill in known), NOTHING)
    price = max(worth / missing, NOTHING).quantize(PRICE, ROUND_HALF_UP)
    key = f"fix:{connection.public_id}:{order.reference}:status:{told.normalize():f}"
    execution = Execution(order.reference, key, missing, price, firm_today(), source=connection.name)
    put_off_execution(execution=execution, code="missed", by=by)
