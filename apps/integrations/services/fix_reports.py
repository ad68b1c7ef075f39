"""Orders over FIX as they are heard of: executions, ends, answers to questions, and messages that are refused."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.db.models import Q
from django.utils import timezone

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.services import service
from apps.integrations.engine.fix_session import Message, number_told
from apps.integrations.models import FixConnection, FixMessage
from apps.integrations.services.fix_doubts import ENDS, Status, hear_status, is_unknown
from apps.integrations.services.fix_orders import QUESTION, SIDES, say_question
from apps.kernel.errors import gettext_noop
from apps.portfolios.models import (
    IN_MARKET_STATES,
    UNCONFIRMED_DOUBTS,
    BlockOrder,
    ChangeKind,
    ChangeState,
    OrderChange,
    OrderDoubt,
    Side,
)
from apps.portfolios.services.fills import (
    CENT,
    NOTHING,
    Execution,
    close_change,
    close_order,
    put_off_execution,
    record_fill,
)
from apps.portfolios.services.order_changes import accept_change, note_pending
from apps.portfolios.services.order_doubts import doubt_order

# ExecType (150): a trade, what takes one back or corrects it, and a state that was asked for
_TRADE, _STATUS, _CHANGED = "F", "I", {"H": "busted", "G": "corrected"}
# OrdRejReason (103): an order under this ClOrdID is there already
_DUPLICATE = "6"
# ExecType (150) of a change that is made, or before the broker; CxlRejReason (102)
_REPLACED, _PENDING, _NO_SUCH_ORDER = "5", ("6", "E"), "1"
_CHANGE_REASONS = {
    "0": gettext_noop("Too late."),
    "1": gettext_noop("The broker does not know the order."),
    "3": gettext_noop("The broker has another change of it before it."),
}
_REFUSED = "refused as a message"
# CommType (13): what a commission (12) is of; a share of the amount is written in two ways, so a person reads it
_PER_UNIT, _WHOLE = "1", "3"
# what numeric(20, 8) and numeric(18, 6) hold
_MOST = Decimal(10) ** 11


@service
def take_report(*, connection: FixConnection, message: Message, by: Actor) -> str:
    """Take up a message of the application: a trade becomes an execution, an end closes its order.

    Returns what became of it: filled, queued, closed, doubted, settled, or nothing for what changes no order. A trade
    that is taken back, corrected or cannot be read waits for a person.
    """
    if message.kind in {"3", "j"}:
        return _refused(connection, message, by)
    _note_answer(connection, message)
    if message.kind == "9":
        return _not_changed(message, by)
    what = message.get(150) if message.kind == "8" else ""
    if what in {_REPLACED, *_PENDING}:
        return _changed(connection, message, by)
    if what and what != _STATUS:
        _confirm(message, by)
    if what == _TRADE:
        return _trade(connection, message, by)
    if what in _CHANGED:
        put_off_report(connection=connection, message=message, code=_CHANGED[what], by=by)
        return "queued"
    return _state(connection, message, by) if what == _STATUS or what in ENDS else ""


def _note_answer(connection: FixConnection, message: Message) -> None:
    """Note which of our messages were answered; that the broker knows no such order is no answer to the order."""
    tags = (QUESTION,) if is_unknown(message) else (11, 41, QUESTION)
    named = {message.get(tag) for tag in tags} - {""}
    ours = FixMessage.objects.said().filter(connection=connection, reference__in=named, answered_at=None)
    ours.update(answered_at=timezone.now())


def _confirm(message: Message, by: Actor) -> None:
    """A broker who tells something of an order that was never answered has it: what else it did is asked."""
    order = _order(message)
    if order is not None and order.doubt in UNCONFIRMED_DOUBTS:
        _ask_anew(order, by)


def _ask_anew(order: BlockOrder, by: Actor) -> None:
    doubt_order(order=order, doubt=OrderDoubt.MISSED, by=by)
    say_question(order=order, by=by)


def _order(message: Message) -> BlockOrder | None:
    return BlockOrder.objects.filter(reference=_known(message.get(41), message.get(11))).first()


def _change(message: Message) -> OrderChange | None:
    return OrderChange.objects.select_related("order").filter(reference=message.get(11)).first()


def _changed(connection: FixConnection, message: Message, by: Actor) -> str:
    """Take up that the broker has a change before it, or made it; one that nobody asked for puts the order in doubt."""
    change, quantity = _change(message), _amount(message.get(38))
    order = change.order if change is not None else _order(message)
    if order is None or order.state not in IN_MARKET_STATES:
        return ""
    if order.custodian != connection.custodian:
        put_off_report(connection=connection, message=message, code="other_custodian", by=by)
        return "queued"
    if message.get(150) in _PENDING:
        if change is not None:
            note_pending(change=change, by=by)
        return ""
    if change is None or change.kind != ChangeKind.REPLACE or change.answered_at is not None:
        doubt_order(order=order, doubt=OrderDoubt.DIFFERS, by=by)
        return "doubted"
    accept_change(change=change, quantity=quantity or change.quantity, by=by)
    return "changed"


def _not_changed(message: Message, by: Actor) -> str:
    """Take up that the broker refuses a change: the order stays as it is. One that it does not know is asked about."""
    change = _change(message)
    if change is None or change.answered_at is not None:
        return ""
    words = message.get(58) or _CHANGE_REASONS.get(message.get(102), "")
    close_change(change=change, state=ChangeState.REFUSED, answer=words or "–", by=by)
    if message.get(102) == _NO_SUCH_ORDER and change.order.state in IN_MARKET_STATES:
        _ask_anew(change.order, by)
    return "refused"


def _state(connection: FixConnection, message: Message, by: Actor) -> str:
    """Take up an end, or how an order stands."""
    order = _order(message)
    if order is None or order.state not in IN_MARKET_STATES:
        return ""
    if order.custodian != connection.custodian:
        put_off_report(connection=connection, message=message, code="other_custodian", by=by)
        return "queued"
    if message.get(150) == _STATUS:
        told = (_amount(message.get(tag)) for tag in (14, 6))
        status = Status(
            code=message.get(39),
            quantity=next(told),
            average=next(told) or NOTHING,
            text=message.get(58),
            is_unknown=is_unknown(message),
            ordered=_amount(message.get(38)) or None,
        )
        return hear_status(connection, order, status, by)
    if message.get(103) == _DUPLICATE:
        # said again, and there all along
        _ask_anew(order, by)
        return "doubted"
    close_order(order=order, reason=f"{ENDS[message.get(150)]}: {message.get(58)}".strip(": "), by=by)
    return "closed"


def _refused(connection: FixConnection, message: Message, by: Actor) -> str:
    """Take up that a message of ours was refused as a whole (Reject, BusinessMessageReject): it had no effect."""
    ours = FixMessage.objects.said().filter(connection=connection, answered_at=None).select_related("order")
    row = ours.filter(epoch=connection.epoch, seq=number_told(message.get(45))).first()
    if row is None and message.get(379):
        row = ours.filter(reference=message.get(379)).order_by("-pk").first()
    if row is None or row.order is None or row.order.state not in IN_MARKET_STATES:
        return ""
    if row.kind == "D" and not ours.filter(order=row.order, kind="D").exclude(pk=row.pk).exists():
        row.answered_at = timezone.now()
        row.save(update_fields=["answered_at", "updated_at"])
        close_order(order=row.order, reason=f"{_REFUSED}: {message.get(58)}".strip(": "), by=by)
        return "closed"
    if row.kind in {"F", "G"}:
        change = row.order.changes.open().filter(reference=row.reference).first()
        if change is not None:
            close_change(change=change, state=ChangeState.REFUSED, answer=message.get(58) or _REFUSED, by=by)
        return "refused"
    if row.kind == "D" or (row.kind == "H" and row.order.doubt):
        doubt_order(order=row.order, doubt=OrderDoubt.UNHEARD if row.kind == "D" else OrderDoubt.SILENT, by=by)
        return "doubted"
    return ""


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
    named = Q(reference__in=references) | Q(changes__reference__in=references)
    found = BlockOrder.objects.filter(named).values_list("reference", flat=True).first()
    return found or references[0]


def _day(message: Message) -> dt.date:
    told = message.get(75) or message.get(60)[:8]
    try:
        day = dt.date(int(told[:4]), int(told[4:6]), int(told[6:8]))
    except ValueError:
        return firm_today()
    return min(day, firm_today())
