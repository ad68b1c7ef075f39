"""Executions: each known once and booked at once, shared out at the average price so far, with the lots named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.utils import timezone

from apps.accounts.selectors.firm_days import firm_today, firm_zone
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.market.services.sessions import settles_on
from apps.portfolios.engine.allocation import Allotted, Share, allocate
from apps.portfolios.engine.transactions import LotChoice
from apps.portfolios.models import (
    DONE_ORDER_STATES,
    Account,
    BlockOrder,
    ChangeKind,
    ChangeState,
    Fill,
    FillProblem,
    OrderChange,
    OrderShare,
    OrderState,
    ProposedTrade,
    Side,
    TradeProposal,
    TradeState,
    Transaction,
)
from apps.portfolios.models.transaction import TransactionQuerySet
from apps.portfolios.policies import price_is_off, step_of
from apps.portfolios.selectors.prices import rate_on
from apps.portfolios.selectors.trading_limits import BRING_RATE
from apps.portfolios.services.entries import NO_RATE, TransactionEntry
from apps.portfolios.services.orders import OrderStateError, locked_order, tell_orders
from apps.portfolios.services.trades import locked_proposal, move_proposal
from apps.portfolios.services.transactions import record_transactions, reverse_transaction

log = structlog.get_logger(__name__)

NOTHING, CENT, PRICE, UNIT = Decimal(0), Decimal("0.01"), Decimal("0.000001"), Decimal("0.00000001")
MOST = Decimal(10) ** 12
# a market may be a day behind the firm
A_DAY = dt.timedelta(days=1)
BOOKED = "order:"
_WAS_DONE = gettext_noop("The order is done.")
_FURTHER = gettext_noop("Executed further: booked anew at the average price.")


@dataclass(frozen=True, slots=True)
class Execution:
    """What a broker, a file or a person tells: the order's reference, the execution's id, and what was done."""

    reference: str
    key: str
    quantity: Decimal
    price: Decimal
    day: dt.date
    fees: Decimal = NOTHING
    source: str = ""

    @property
    def can_be_kept(self) -> bool:
        """Say whether the numbers are such as a row holds: quantity and price above zero, fees not below it."""
        told = (self.quantity, self.price, self.fees)
        fit = all(each.is_finite() and 0 <= each < MOST for each in told)
        return fit and round(self.quantity, 8) > 0 and round(self.price, 6) > 0


@service
def record_fill(*, execution: Execution, by: Actor) -> Fill | FillProblem:
    """Take up an execution; the same id a second time changes nothing.

    One that fits no order, exceeds it, or breaks its limit goes to the queue, nothing booked. Raises InvalidInputError
    for numbers or a day that cannot be.
    """
    if not execution.can_be_kept:
        raise InvalidInputError(gettext_noop("Give quantity and price above zero, and fees of zero or more."))
    if execution.day > firm_today():
        raise InvalidInputError(gettext_noop("The execution lies in the future."), field="day")
    order = BlockOrder.objects.filter(reference=execution.reference).first()
    locked = locked_order(order) if order is not None else None
    key = execution.key[:120]
    queued = FillProblem.objects.filter(key=key).first()
    before = _told_before(locked, execution)
    if before is not None and _is_same(before, execution):
        return before
    if queued is not None and queued.is_open:
        return queued
    code = _fault(locked, execution) if before is None else "told_otherwise"
    if queued is not None and code:
        return queued  # solved by a person, and wrong still
    if code or locked is None:
        return _put_off(locked, execution, code, by)
    fill = Fill.objects.create(
        order=locked,
        key=execution.key[:120],
        quantity=execution.quantity,
        price=execution.price,
        fees=execution.fees,
        day=execution.day,
        source=execution.source[:200],
    )
    audit.record("portfolios.record_fill", by=by, target=fill, after=audit.snapshot(fill))
    done = locked.filled
    if done == locked.quantity:
        _finish(locked, OrderState.FILLED, "", by)
    else:
        if locked.state == OrderState.SENT:
            locked.state = OrderState.PARTIAL
            locked.save(update_fields=["state", "updated_at"])
        _share_out(locked, by)
    tell_orders()
    return fill


@service
def put_off_execution(*, execution: Execution, code: str, by: Actor) -> FillProblem:
    """Put an execution before a person: `code` says why it is not booked. The same id a second time adds nothing."""
    known = FillProblem.objects.filter(key=execution.key[:120]).first()
    order = BlockOrder.objects.filter(reference=execution.reference).first()
    return known or _put_off(order, execution, code, by)


def _told_before(order: BlockOrder | None, execution: Execution) -> Fill | None:
    """Return the execution of this id, by whom it was told: a session, a file and a person may tell the same one."""
    known = Fill.objects.filter(key=execution.key[:120]).first()
    _, named, own = execution.key.partition(f":{execution.reference}:")
    if known is None and order is not None and own:
        known = order.fills.filter(key__endswith=f"{named}{own}").first()
    return known


def _is_same(fill: Fill, execution: Execution) -> bool:
    return abs(fill.quantity - execution.quantity) < UNIT and abs(fill.price - execution.price) < PRICE


def _fault(order: BlockOrder | None, execution: Execution) -> str:
    if order is None:
        return "unknown_order"
    if order.state not in {OrderState.SENT, OrderState.PARTIAL}:
        return "not_in_market"
    if execution.day < sent_on(order) - A_DAY:
        return "too_early"
    if order.filled + execution.quantity > order.quantity:
        return "overfill"
    return _fault_of_price(order, execution)


def sent_on(order: BlockOrder) -> dt.date:
    """Return the firm's day on which an order was sent, today for one that was not."""
    return (order.sent_at or timezone.now()).astimezone(ZoneInfo(firm_zone())).date()


def _fault_of_price(order: BlockOrder, execution: Execution) -> str:
    limit = order.limit_price
    if limit is not None and (execution.price > limit if order.side == Side.BUY else execution.price < limit):
        return "beyond_limit"
    known = order.shares.select_related("line").first()
    if known is not None and price_is_off(execution.price, known.line.estimated_price):
        return "price_off"
    return "" if rate_on(order.instrument.currency, order.currency, execution.day) else "no_rate"


def _put_off(
    order: BlockOrder | None, execution: Execution, code: str, by: Actor, line: ProposedTrade | None = None
) -> FillProblem:
    # without an order nothing is locked: two who tell the same at once meet here
    problem, is_new = FillProblem.objects.get_or_create(
        key=execution.key[:120],
        defaults={
            "order": order,
            "line": line,
            "reference": execution.reference[:40],
            "quantity": execution.quantity,
            "price": execution.price,
            "day": execution.day,
            "code": code,
            "source": execution.source[:200],
        },
    )
    if is_new:
        audit.record("portfolios.refuse_fill", by=by, target=problem, after=audit.snapshot(problem))
        tell_orders()
    return problem


@service
def close_order(*, order: BlockOrder, reason: str, by: Actor) -> BlockOrder:
    """End a block for the day: what was executed is shared out and booked, the rest is not done.

    Raises OrderStateError for one that is done, InvalidInputError without a reason.
    """
    if not reason.strip():
        raise InvalidInputError(gettext_noop("Say why the order ends."), field="reason")
    locked = locked_order(order)
    if locked.state in {OrderState.FILLED, OrderState.CLOSED}:
        raise OrderStateError(gettext_noop("The order is done already."))
    return _finish(locked, OrderState.CLOSED, reason.strip(), by)


@service
def resize_order(*, order: BlockOrder, quantity: Decimal, limit_price: Decimal | None, by: Actor) -> BlockOrder:
    """Take up what an order was changed to in the market; never below what is executed, and done where all of it is.

    Raises OrderStateError for one that is done.
    """
    locked = locked_order(order)
    if locked.state not in {OrderState.SENT, OrderState.PARTIAL}:
        raise OrderStateError(gettext_noop("The order is done already."))
    before = audit.snapshot(locked)
    done = locked.filled
    locked.quantity, locked.limit_price = max(quantity, done), limit_price
    locked.save(update_fields=["quantity", "limit_price", "updated_at"])
    audit.record("portfolios.resize_order", by=by, target=locked, before=before, after=audit.snapshot(locked))
    if done == locked.quantity:
        return _finish(locked, OrderState.FILLED, "", by)
    tell_orders()
    return locked


@service
def solve_problem(*, problem: FillProblem, note: str, by: Actor) -> FillProblem:
    """Take an execution off the queue with a word on how it was solved. Raises InvalidInputError without one."""
    if not note.strip():
        raise InvalidInputError(gettext_noop("Say how it was solved."), field="note")
    locked = FillProblem.objects.select_for_update().get(pk=problem.pk)
    before = audit.snapshot(locked)
    locked.is_open, locked.note = False, note.strip()[:300]
    locked.save(update_fields=["is_open", "note", "updated_at"])
    audit.record("portfolios.solve_fill", by=by, target=locked, before=before, after=audit.snapshot(locked))
    return locked


def _finish(order: BlockOrder, state: OrderState, reason: str, by: Actor) -> BlockOrder:
    before = {"state": order.state}
    order.state, order.closed_at, order.note = state, timezone.now(), reason[:300]
    order.doubt, order.doubt_since = "", None
    order.save(update_fields=["state", "closed_at", "note", "doubt", "doubt_since", "updated_at"])
    for change in order.changes.open():
        is_so = state == OrderState.CLOSED and change.kind == ChangeKind.CANCEL
        close_change(change=change, state=ChangeState.DONE if is_so else ChangeState.REFUSED, answer=_WAS_DONE, by=by)
    _share_out(order, by)
    after = {"state": str(state), "filled": str(order.filled)}
    audit.record("portfolios.close_order", by=by, target=order, before=before, after=after, reason=reason)
    for proposal in TradeProposal.objects.filter(lines__share__order=order).distinct().order_by("pk"):
        _move_on(locked_proposal(proposal), by)
    tell_orders()
    return order


@service
def close_change(*, change: OrderChange, state: str, answer: str, by: Actor) -> OrderChange:
    """Note how a change that was asked ended; one that ended before stays as it is."""
    locked = OrderChange.objects.select_for_update(of=("self",)).select_related("order").get(pk=change.pk)
    if locked.answered_at is not None:
        return locked
    before = {"state": locked.state}
    locked.state, locked.answer, locked.answered_at = state, answer.strip()[:300], timezone.now()
    locked.save(update_fields=["state", "answer", "answered_at", "updated_at"])
    after = {"state": str(state), "reference": locked.reference}
    audit.record("portfolios.answer_change", by=by, target=locked.order, before=before, after=after, reason=answer)
    tell_orders()
    return locked


def _share_out(order: BlockOrder, by: Actor) -> None:
    """Give each line its part of all that is executed so far, by the rule stated before, and book it."""
    related = "line__account", "line__proposal__household", "line__instrument", "line__share__order"
    # all at once and in one order, as releases and imports take them, so that two blocks never wait for each other
    accounts = Account.objects.select_for_update().filter(pk__in=order.shares.values("line__account"))
    list(accounts.order_by("pk").values_list("pk"))
    shares = list(order.shares.select_related(*related).order_by("pk"))
    for share, got in zip(shares, _allotted(order, shares), strict=True):
        _take_up(order, share.line, got, by)


def _allotted(order: BlockOrder, shares: Sequence[OrderShare]) -> tuple[Allotted, ...]:
    fills = list(order.fills.all())
    worth = sum((_worth(order, fill) for fill in fills), NOTHING)
    return allocate(
        [Share(str(share.pk), share.quantity, share.rank) for share in shares],
        sum((fill.quantity for fill in fills), NOTHING),
        worth.quantize(CENT, ROUND_HALF_UP),
        sum((fill.fees for fill in fills), NOTHING),
        step_of(order.instrument.kind),
    )


def _worth(order: BlockOrder, fill: Fill) -> Decimal:
    """Return what was executed in the currency of the accounts, at the rate of its day."""
    rate = rate_on(order.instrument.currency, order.currency, fill.day)
    if rate is None:
        raise InvalidInputError(NO_RATE, mend=BRING_RATE)
    return fill.quantity * fill.price * order.instrument.multiplier * rate


def _take_up(order: BlockOrder, line: ProposedTrade, got: Allotted, by: Actor) -> None:
    """Keep what a line received and book it; what its account refuses waits in the queue, the others are booked.

    A line stands in the book as one entry at the average price: with each further execution it is taken back and
    booked anew.
    """
    received = got.quantity, got.amount, got.fees
    if (line.filled_quantity, line.filled_amount, line.filled_fees) == received:
        return
    line.filled_quantity, line.filled_amount, line.filled_fees = received
    line.save(update_fields=["filled_quantity", "filled_amount", "filled_fees", "updated_at"])
    if not got.quantity:
        return
    try:
        with transaction.atomic():
            for entry in booked_entries(line):
                reverse_transaction(transaction=entry, reason=_FURTHER, by=by)
            _book(order, line, got, by)
    except DomainError as refused:
        price, day = _average(order), max(fill.day for fill in order.fills.all())
        key = f"book:{line.public_id}:{order.fills.count()}"
        told = Execution(order.reference, key, got.quantity, price, day, source=str(line.account))
        log.warning("fill.not_booked", order=order.reference, account=line.account_id, code=refused.code)
        _put_off(order, told, "not_booked", by, line)


def _book(order: BlockOrder, line: ProposedTrade, got: Allotted, by: Actor) -> None:
    sells = order.side == Side.SELL
    day = max(fill.day for fill in order.fills.all())
    entry = TransactionEntry(
        kind=order.side,
        trade_date=day,
        settle_date=settles_on(day),
        instrument=line.instrument,
        units=-got.quantity if sells else got.quantity,
        price=_average(order),
        cash=got.amount - got.fees if sells else -(got.amount + got.fees),
        fees=got.fees,
        lots=_lots_of(line, got.quantity),
        currency=order.currency,
        description=order.reference,
        external_key=_next_key(line),
        source=order.route,
    )
    record_transactions(account=line.account, entries=[entry], by=by)


def _average(order: BlockOrder) -> Decimal:
    return (order.average or NOTHING).quantize(PRICE, ROUND_HALF_UP)


def _entries_of(line: ProposedTrade) -> TransactionQuerySet:
    return Transaction.objects.filter(
        account=line.account_id, external_key__startswith=f"{BOOKED}{line.share.order.reference}:{line.public_id}"
    )


def booked_entries(line: ProposedTrade) -> TransactionQuerySet:
    """Return the entry by which a line stands in the book, if it does."""
    return _entries_of(line).standing()


def _next_key(line: ProposedTrade) -> str:
    """Return a key of its own for each time that a line is booked."""
    n, key = _entries_of(line).count(), f"{BOOKED}{line.share.order.reference}:{line.public_id}"
    return f"{key}#{n}" if n else key


def _lots_of(line: ProposedTrade, quantity: Decimal) -> tuple[LotChoice, ...]:
    """Return the lots named, in the order named, as far as was executed."""
    chosen, left = [], quantity
    for lot in line.lots.order_by("pk"):
        part = min(lot.quantity, left)
        if part > 0:
            chosen.append(LotChoice(lot.lot_id, part))
        left -= part
    return tuple(chosen)


def _move_on(proposal: TradeProposal, by: Actor) -> None:
    lines = list(proposal.lines.select_related("share__order"))
    if proposal.state != TradeState.ORDERED or any(line.share.order.state not in DONE_ORDER_STATES for line in lines):
        return
    if any(line.filled_quantity for line in lines):
        move_proposal(proposal, TradeState.FILLED, action="portfolios.execute_proposal", by=by)
    else:
        reason = gettext_noop("The market executed nothing of it.")
        move_proposal(proposal, TradeState.WITHDRAWN, action="portfolios.execute_proposal", by=by, reason=reason)
