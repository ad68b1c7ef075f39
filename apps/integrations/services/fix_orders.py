"""Orders over FIX as they are said: NewOrderSingle with its allocations, cancel, question; fix_reports hears them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.secrets import decrypted, encrypted
from apps.core.services import service
from apps.integrations.engine.fix_session import Fields
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.services.fix_wire import RESENT
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import (
    DONE_ORDER_STATES,
    BlockOrder,
    ChangeKind,
    ChangeState,
    OrderChange,
    OrderDoubt,
    OrderState,
    Side,
)
from apps.portfolios.services.fills import close_change, close_order, sent_on
from apps.portfolios.services.order_changes import accept_change, parts_of, why_not_now
from apps.portfolios.services.order_doubts import doubt_order
from apps.portfolios.services.orders import OrderStateError, locked_order
from apps.portfolios.services.trade_lines import RestrictedTradeError, demand_unrestricted

SIDES = {Side.BUY: "1", Side.SELL: "2"}
# OrdStatusReqID (790) names a question
QUESTION = 790


class NoConnectionError(DomainError):
    """No FIX session in use serves the custodian."""

    code = "no_fix_connection"


class NoAccountNumberError(DomainError):
    """An account that shares in the order has no number: the broker could not allocate to it."""

    code = "no_account_number"


class FixRoute:
    """The route of orders by FIX (portfolios.ports.OrderRoute)."""

    key = "fix"
    label = _("by FIX")

    def serves(self, custodian: str) -> bool:
        """Say whether a session in use serves the custodian."""
        return FixConnection.objects.filter(custodian=custodian, is_active=True, takes_orders=True).exists()

    def send(self, *, orders: Sequence[BlockOrder], by: Actor) -> None:
        """Put the orders before their session."""
        for order in orders:
            say_order(order=order, by=by)

    def cancel(self, *, change: OrderChange, by: Actor) -> None:
        """Ask that what is not executed be canceled; an order that still waits to be said ends here."""
        row = _unsaid(change.order)
        if row is None:
            say_change(change=change, by=by)
            return
        withdraw(row=row, by=by)
        close_order(order=change.order, reason=gettext_noop("It was cancelled before it was sent."), by=by)

    def replace(self, *, change: OrderChange, by: Actor) -> None:
        """Ask for other terms; an order that still waits to be said is said with them."""
        row = _unsaid(change.order)
        if row is None:
            say_change(change=change, by=by)
            return
        withdraw(row=row, by=by)
        say_order(order=accept_change(change=change, quantity=change.quantity, by=by), by=by)

    def ask(self, *, order: BlockOrder, by: Actor) -> None:
        """Ask how an order stands."""
        say_question(order=order, by=by)

    def say_again(self, *, order: BlockOrder, by: Actor) -> None:
        """Say an order again that the broker never answered."""
        say_order_as_resend(order=order, by=by)


def _unsaid(order: BlockOrder) -> FixMessage | None:
    """Return the message of an order that was never said and waits for its session."""
    said = FixMessage.objects.said().filter(kind="D", order=order)
    waiting = FixMessage.objects.waiting().filter(kind="D", order=order)
    return None if said.exists() else waiting.select_for_update().first()


@service
def say_order(*, order: BlockOrder, by: Actor) -> FixMessage:
    """Queue a NewOrderSingle for the session of the order's custodian. Raises NoConnectionError."""
    return _queue(order, "D", _new_order(order), by)


@service
def say_order_as_resend(*, order: BlockOrder, by: Actor) -> FixMessage:
    """Queue an order again with PossResend (97=Y): whoever has it under its ClOrdID already takes it as known.

    Raises OrderStateError for one that was answered, waits already, or may not be said any more.
    """
    known = FixMessage.objects.filter(order=order, kind="D", is_ours=True)
    over = _is_over(order)
    if over or known.waiting().exists() or known.exclude(answered_at=None).exists():
        raise OrderStateError(
            gettext_noop("Order %(reference)s is not said again: %(why)s"),
            reference=order.reference,
            why=over or gettext_noop("it was answered, or waits for its session."),
        )
    return _queue(order, "D", (*_new_order(order), (RESENT, "Y")), by)


@service
def say_question(*, order: BlockOrder, by: Actor) -> FixMessage:
    """Queue an OrderStatusRequest. Raises NoConnectionError."""
    n = FixMessage.objects.filter(order=order, kind="H").count() + 1
    fields = ((11, order.said_as), (QUESTION, f"{order.reference}Q{n}"), *_security(order))
    return _queue(order, "H", (*fields, (54, SIDES[Side(order.side)])), by)


@service
def say_change(*, change: OrderChange, by: Actor) -> FixMessage:
    """Queue a request to cancel (F) or replace (G) an order as the market knows it. Raises NoConnectionError."""
    order = change.order
    names = (41, order.said_as), (11, change.reference)
    if change.kind == ChangeKind.REPLACE:
        return _queue(order, "G", (*names, *_terms(order, change.quantity, change.limit_price)), by)
    fields = (*_security(order), (54, SIDES[Side(order.side)]), (60, _moment()), (38, _plain(order.quantity)))
    return _queue(order, "F", (*names, *fields), by)


def _queue(order: BlockOrder, kind: str, fields: Fields, by: Actor) -> FixMessage:
    speaking = FixConnection.objects.filter(custodian=order.custodian, is_active=True, takes_orders=True)
    connection = speaking.order_by("pk").first()
    if connection is None:
        raise NoConnectionError(
            gettext_noop("No FIX session in use serves %(custodian)s."),
            mend=gettext_noop("Set one up in the settings, or send the order another way."),
            custodian=order.custodian or "–",
        )
    for _tag, value in fields:
        if not value.isprintable():
            raise InvalidInputError(
                gettext_noop("“%(value)s” has a character that ends a field of FIX: the order cannot be said."),
                mend=gettext_noop("Correct the symbol or the account number first."),
                value="".join(each if each.isprintable() else "�" for each in value),
            )
    told = dict(fields)
    row = FixMessage.objects.create(
        connection=connection,
        is_ours=True,
        kind=kind,
        body=kept(fields),
        order=order,
        reference=told.get(QUESTION) or told[11],
    )
    after = {"kind": kind, "order": order.reference}
    audit.record("integrations.queue_fix", by=by, target=connection, after=after)
    return row


@service
def withdraw(*, row: FixMessage, by: Actor) -> None:
    """Have a message that waits never be said: what it was about is over."""
    row.sent_at = timezone.now()
    row.save(update_fields=["sent_at", "updated_at"])
    after = {"kind": row.kind, "order": row.reference}
    audit.record("integrations.withdraw_fix", by=by, target=row.connection, after=after)


@service
def may_be_said(*, row: FixMessage, by: Actor) -> bool:
    """Say whether a message that waits may still go out; one whose order is over is withdrawn.

    An order is for its day: one that waited longer for its session was never in the market, and ends. So does one that
    the household forbade meanwhile.
    """
    locked = locked_order(row.order) if row.order is not None else None
    waits = FixMessage.objects.waiting().select_for_update().filter(pk=row.pk).exists()
    if locked is None or not waits:
        return waits
    over = _is_over(locked) if row.kind == "D" and locked.state == OrderState.SENT else ""
    said_before = row.kind == "D" and FixMessage.objects.said().filter(order=locked, kind="D").exists()
    if over and said_before:
        doubt_order(order=locked, doubt=OrderDoubt.UNHEARD, by=by)
    elif over:
        locked = close_order(order=locked, reason=over, by=by)
    over = over or _change_is_over(row, locked, by)
    if over or locked.state in DONE_ORDER_STATES:
        withdraw(row=row, by=by)
        return False
    return True


def _change_is_over(row: FixMessage, order: BlockOrder, by: Actor) -> str:
    """Say why a change that waited must not be said any more, and note it; empty where it may."""
    change = order.changes.open().filter(reference=row.reference).first()
    why = why_not_now(change, order) if change is not None and change.kind == ChangeKind.REPLACE else ""
    if change is not None and why:
        close_change(change=change, state=ChangeState.REFUSED, answer=why, by=by)
    return why


def _is_over(order: BlockOrder) -> str:
    """Say why an order that was sent and not said yet must not be said any more; empty where it may."""
    if sent_on(order) < firm_today():
        return gettext_noop("Its day was over before the session was on.")
    try:
        demand_unrestricted(order, firm_today())
    except RestrictedTradeError as forbidden:
        return shown(forbidden).message
    return ""


def kept(fields: Fields) -> str:
    """Return fields as they are stored."""
    return encrypted(json.dumps(fields))


def _new_order(order: BlockOrder) -> Fields:
    return ((11, order.reference), *_terms(order, order.quantity, order.limit_price))


def _terms(order: BlockOrder, quantity: Decimal, limit_price: Decimal | None) -> Fields:
    """Return what is ordered, and for whom: the parts of the quantity by the rule stated before."""
    limit = () if limit_price is None else ((44, _plain(limit_price)),)
    parts = [(share, part) for share, part in parts_of(order, quantity) if part]
    allocations: list[tuple[int, str]] = []
    for share, part in parts:
        if not share.line.account.number:
            raise NoAccountNumberError(
                gettext_noop("%(account)s has no account number."),
                mend=gettext_noop("Write down its number at the custodian, then send the order."),
                account=str(share.line.account),
            )
        allocations += [(79, decrypted(share.line.account.number)), (80, _plain(part))]
    return (
        (21, "1"),
        *_security(order),
        (54, SIDES[Side(order.side)]),
        (60, _moment()),
        (38, _plain(quantity)),
        (40, "2" if limit else "1"),
        *limit,
        # prices are told in the security's currency, the accounts settle in their own
        (15, order.instrument.currency),
        *(((120, order.currency),) if order.currency != order.instrument.currency else ()),
        (59, "0"),
        (78, str(len(parts))),
        *allocations,
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _security(order: BlockOrder) -> Fields:
    symbol = order.instrument.symbol or order.instrument.cusip
    return ((55, symbol), *(((48, order.instrument.cusip), (22, "1")) if order.instrument.cusip else ()))


def _moment() -> str:
    return timezone.now().astimezone(dt.UTC).strftime("%Y%m%d-%H:%M:%S.000")
