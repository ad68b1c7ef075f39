"""Orders over FIX: what is said (NewOrderSingle with its allocations, cancel), and what is heard (ExecutionReport)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.secrets import decrypted, encrypted
from apps.core.services import service
from apps.integrations.engine.fix_session import Fields, Message
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.selectors.fix_sessions import fields_of
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import DONE_ORDER_STATES, BlockOrder, OrderState, Side
from apps.portfolios.services.fills import (
    CENT,
    NOTHING,
    Execution,
    close_order,
    put_off_execution,
    record_fill,
    sent_on,
)
from apps.portfolios.services.orders import locked_order
from apps.portfolios.services.trade_lines import RestrictedTradeError, demand_unrestricted

SIDES = {Side.BUY: "1", Side.SELL: "2"}
# ExecType (150): a trade, what takes one back or corrects it, and the ends of an order
_TRADE, _CHANGED = "F", {"H": "busted", "G": "corrected"}
_ENDS = {"3": "done for the day", "4": "canceled", "8": "rejected", "C": "expired"}


# CommType (13): what a commission (12) is of; a share of the amount is written in two ways, so a person reads it
_PER_UNIT, _WHOLE = "1", "3"
# what numeric(20, 8) and numeric(18, 6) hold
_MOST = Decimal(10) ** 11


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
        return FixConnection.objects.filter(custodian=custodian, is_active=True).exists()

    def send(self, *, orders: Sequence[BlockOrder], by: Actor) -> None:
        """Put the orders before their session."""
        for order in orders:
            say_order(order=order, by=by)

    def cancel(self, *, order: BlockOrder, by: Actor) -> None:
        """Ask that what is not executed be canceled; one that still waits to be said ends here."""
        waiting = FixMessage.objects.waiting().filter(kind="D").select_for_update()
        row = next((each for each in waiting if dict(fields_of(each)).get(11) == order.reference), None)
        if row is None:
            say_cancel(order=order, by=by)
            return
        withdraw(row=row, by=by)
        close_order(order=order, reason=gettext_noop("It was cancelled before it was sent."), by=by)


@service
def say_order(*, order: BlockOrder, by: Actor) -> FixMessage:
    """Queue a NewOrderSingle for the session of the order's custodian. Raises NoConnectionError."""
    return _queue(order, "D", _new_order(order), by)


@service
def say_cancel(*, order: BlockOrder, by: Actor) -> FixMessage:
    """Queue a request to cancel the rest of an order. Raises NoConnectionError."""
    fields = (
        (41, order.reference),
        (11, f"{order.reference}C{FixMessage.objects.filter(kind='F').count() + 1}"),
        *_security(order),
        (54, SIDES[Side(order.side)]),
        (60, _moment()),
        (38, f"{order.quantity.normalize():f}"),
    )
    return _queue(order, "F", fields, by)


def _queue(order: BlockOrder, kind: str, fields: Fields, by: Actor) -> FixMessage:
    connection = FixConnection.objects.filter(custodian=order.custodian, is_active=True).order_by("pk").first()
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
    row = FixMessage.objects.create(connection=connection, is_ours=True, kind=kind, body=kept(fields))
    after = {"kind": kind, "order": order.reference}
    audit.record("integrations.queue_fix", by=by, target=connection, after=after)
    return row


@service
def withdraw(*, row: FixMessage, by: Actor) -> None:
    """Have a message that waits never be said: what it was about is over."""
    row.sent_at = timezone.now()
    row.save(update_fields=["sent_at", "updated_at"])
    after = {"kind": row.kind, "order": dict(fields_of(row)).get(11)}
    audit.record("integrations.withdraw_fix", by=by, target=row.connection, after=after)


@service
def may_be_said(*, row: FixMessage, by: Actor) -> bool:
    """Say whether a message that waits may still go out; one whose order is over is withdrawn.

    An order is for its day: one that waited longer for its session was never in the market, and ends. So does one that
    the household forbade meanwhile.
    """
    told = dict(fields_of(row))
    order = BlockOrder.objects.filter(reference=told.get(41) or told.get(11, "")).first()
    locked = locked_order(order) if order is not None else None
    waits = FixMessage.objects.waiting().select_for_update().filter(pk=row.pk).exists()
    if locked is None or not waits:
        return waits
    over = _is_over(locked) if row.kind == "D" and locked.state == OrderState.SENT else ""
    if over:
        locked = close_order(order=locked, reason=over, by=by)
    if locked.state in DONE_ORDER_STATES:
        withdraw(row=row, by=by)
        return False
    return True


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
    shares = list(order.shares.select_related("line__account").order_by("pk"))
    limit = () if order.limit_price is None else ((44, f"{order.limit_price.normalize():f}"),)
    allocations: list[tuple[int, str]] = []
    for share in shares:
        if not share.line.account.number:
            raise NoAccountNumberError(
                gettext_noop("%(account)s has no account number."),
                mend=gettext_noop("Write down its number at the custodian, then send the order."),
                account=str(share.line.account),
            )
        allocations += [(79, decrypted(share.line.account.number)), (80, f"{share.quantity.normalize():f}")]
    return (
        (11, order.reference),
        (21, "1"),
        *_security(order),
        (54, SIDES[Side(order.side)]),
        (60, _moment()),
        (38, f"{order.quantity.normalize():f}"),
        (40, "2" if limit else "1"),
        *limit,
        # prices are told in the security's currency, the accounts settle in their own
        (15, order.instrument.currency),
        *(((120, order.currency),) if order.currency != order.instrument.currency else ()),
        (59, "0"),
        (78, str(len(shares))),
        *allocations,
    )


def _security(order: BlockOrder) -> Fields:
    symbol = order.instrument.symbol or order.instrument.cusip
    return ((55, symbol), *(((48, order.instrument.cusip), (22, "1")) if order.instrument.cusip else ()))


def _moment() -> str:
    return timezone.now().astimezone(dt.UTC).strftime("%Y%m%d-%H:%M:%S.000")


@service
def take_report(*, connection: FixConnection, message: Message, by: Actor) -> str:
    """Take up a message of the application: a trade becomes an execution, an end closes its order.

    Returns what became of it: filled, queued, closed, or nothing for what changes no order. A trade that is taken back,
    corrected or cannot be read waits for a person.
    """
    if message.kind != "8":
        return ""
    what = message.get(150)
    if what == _TRADE:
        return _trade(connection, message, by)
    if what in _CHANGED:
        put_off_report(connection=connection, message=message, code=_CHANGED[what], by=by)
        return "queued"
    return _end(connection, message, by) if what in _ENDS else ""


def _end(connection: FixConnection, message: Message, by: Actor) -> str:
    order = BlockOrder.objects.filter(reference=_known(message.get(41), message.get(11))).first()
    if order is None or order.state not in {OrderState.SENT, OrderState.PARTIAL}:
        return ""
    if order.custodian != connection.custodian:
        put_off_report(connection=connection, message=message, code="other_custodian", by=by)
        return "queued"
    close_order(order=order, reason=f"{_ENDS[message.get(150)]}: {message.get(58)}".strip(": "), by=by)
    return "closed"


def _trade(connection: FixConnection, message: Message, by: Actor) -> str:
    execution, code = _read(connection, message)
    if code:
        put_off_report(connection=connection, message=message, code=code, by=by)
        return "queued"
    made = record_fill(execution=execution, by=by)
    return "filled" if made._meta.model_name == "fill" else "queued"


def put_off_report(*, connection: FixConnection, message: Message, code: str, by: Actor) -> None:
    """Put a report before a person, with what it says; the same report a second time adds nothing."""
    execution, _code = _read(connection, message)
    put_off_execution(execution=execution, code=code, by=by)


def _read(connection: FixConnection, message: Message) -> tuple[Execution, str]:
    """Return the execution a report tells, and what is wrong with it: unreadable numbers stand as zero."""
    quantity, price, commission = (_amount(message.get(tag)) for tag in (32, 31, 12))
    code = "" if message.get(17) and quantity and price and commission is not None else "unreadable"
    by_unit = message.get(13) == _PER_UNIT
    if not code and commission and message.get(13) not in {"", _PER_UNIT, _WHOLE}:
        code = "commission"
    reference = _known(message.get(11), message.get(41))
    order = BlockOrder.objects.select_related("instrument").filter(reference=reference).first()
    if not code and order is not None:
        code = _mismatch(connection, order, message)
    # an ExecID is one of its order: brokers begin them anew each day
    own = message.get(17) or f"{connection.epoch}.{message.seq}"
    execution = Execution(
        reference=reference,
        key=f"fix:{connection.public_id}:{reference}:{own}",
        quantity=quantity or NOTHING,
        price=price or NOTHING,
        day=_day(message),
        fees=((commission or NOTHING) * (quantity or NOTHING if by_unit else 1)).quantize(CENT, ROUND_HALF_UP),
        source=connection.name,
    )
    return execution, code


def _mismatch(connection: FixConnection, order: BlockOrder, message: Message) -> str:
    """Say what of a report is not of the order that it names: who tells it, side, security or currency."""
    if order.custodian != connection.custodian:
        return "other_custodian"
    instrument = order.instrument
    names = {_bare(name) for name in (instrument.symbol, instrument.cusip, instrument.isin)}
    told = {_bare(message.get(tag)) for tag in (55, 48)} - {""}
    side, currency = message.get(54), message.get(15)
    fits = (not told or told & names) and side in {"", SIDES[Side(order.side)]}
    return "" if fits and currency in {"", instrument.currency} else "other_trade"


def _bare(name: str) -> str:
    """A name without the marks by which brokers write classes: BRK.B, BRK/B."""
    return "".join(each for each in name.upper() if each.isalnum())


def _amount(text: str) -> Decimal | None:
    """Read a number of zero or more that our columns hold; nothing said is zero."""
    try:
        number = Decimal(text or 0)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number < _MOST else None


def _known(*references: str) -> str:
    """Return the reference that is one of our orders, else the first: it goes to the queue."""
    found = BlockOrder.objects.filter(reference__in=references).values_list("reference", flat=True).first()
    return found or references[0]


def _day(message: Message) -> dt.date:
    told = message.get(75) or message.get(60)[:8]
    try:
        day = dt.date(int(told[:4]), int(told[4:6]), int(told[6:8]))
    except ValueError:
        return firm_today()
    return min(day, firm_today())
