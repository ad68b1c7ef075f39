"""Orders as pages show them: the blotter, one block with its sharing and executions, what waits in the queue."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text
from apps.kernel.errors import NotAllowedError, NotFoundError, gettext_noop
from apps.portfolios.models import (
    BlockOrder,
    Fill,
    FillProblem,
    OrderChange,
    OrderDoubt,
    OrderFile,
    OrderShare,
    OrderState,
    TradeProposal,
    TradeState,
)
from apps.portfolios.ports import order_routes

NOTHING = Decimal(0)
TONES = {
    OrderState.READY: "warn",
    OrderState.SENT: "note",
    OrderState.PARTIAL: "note",
    OrderState.FILLED: "good",
    OrderState.CLOSED: "",
}
PROBLEM_WORDS = {
    "unknown_order": _("No order has this reference."),
    "not_in_market": _("The order was not in the market."),
    "other_custodian": _("The session of another custodian told it."),
    "other_trade": _("It names another side, security or currency than the order."),
    "told_otherwise": _("It was told before with other numbers."),
    "too_early": _("It is of a day before the order was sent."),
    "overfill": _("More than the order."),
    "beyond_limit": _("Beyond the limit of the order."),
    "no_rate": _("No rate of exchange is known between the security's currency and the account's."),
    "price_off": _("The price is far from the last one."),
    "not_booked": _("An account refused its part: enter it by hand once what it says is mended."),
    "missed": _("The broker executed it while the session was cut: enter it by hand as its papers tell it."),
    "busted": _("The broker took this execution back: reverse what was booked of it."),
    "corrected": _("The broker corrected this execution: reverse what was booked and enter what stands."),
    "commission": _("Its commission is told in a way that only the broker's papers explain: enter it by hand."),
    "unreadable": _("The broker's report could not be read: ask the broker, then enter it by hand."),
    "custodian_differs": _("The custodian's file tells it otherwise; its word took the place of the entry."),
}

# what an order in doubt means, and how it is mended
DOUBT_WORDS = {
    OrderDoubt.UNHEARD: _(
        "It was said, then the numbers of the session began anew before the broker answered. The broker is asked when "
        "the session is on; without an answer ask by telephone, then say it again or end it."
    ),
    OrderDoubt.MISSED: _(
        "The session was cut while it was in the market: executions may be missing. The broker is asked when the "
        "session is on. Enter what is in the queue as its papers tell it, then ask again."
    ),
    OrderDoubt.UNKNOWN: _(
        "The broker says that it has no such order. Say it again, or end it; it is executed once at most."
    ),
    OrderDoubt.GONE: _(
        "The broker told of it before and knows it no longer. Compare it with the broker's papers, enter what is "
        "missing, then end it."
    ),
    OrderDoubt.SILENT: _(
        "The broker answers no question about orders on this session. Ask by telephone, then say here how it stands."
    ),
    OrderDoubt.DIFFERS: _(
        "The broker counts less executed than the books. Compare the executions with its papers, then say here how "
        "it stands."
    ),
}


def order_for(actor: Actor, public_id: uuid.UUID | str) -> BlockOrder:
    """Return an order in which a household that the actor may see has a share; raise NotFoundError otherwise."""
    found = (
        BlockOrder.objects.visible_to(actor).select_related("instrument", "file").filter(public_id=public_id).first()
    )
    if found is None:
        raise NotFoundError(gettext_noop("There is no such order, or none of your households has a share in it."))
    return found


def order_to_change(actor: Actor, public_id: uuid.UUID | str) -> BlockOrder:
    """Return an order of which the actor may see every share: what is done with it is booked in all of its accounts.

    Raises NotFoundError, or NotAllowedError where others have a part of it.
    """
    found = order_for(actor, public_id)
    if not whole_orders(actor).filter(pk=found.pk).exists():
        raise NotAllowedError(
            gettext_noop("This order has shares of households that you do not see."),
            mend=gettext_noop("Somebody who sees all of them can do this: the principal, or who trades for the firm."),
        )
    return found


def problem_for(actor: Actor, public_id: uuid.UUID | str) -> FillProblem:
    """Return an execution of the actor's queue; raise NotFoundError otherwise."""
    found = open_problems(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such execution in your queue."))
    return found


def problem_text(problem: FillProblem) -> str:
    """Say what is wrong with a queued execution."""
    return str(PROBLEM_WORDS.get(problem.code, problem.code))


def open_problems(actor: Actor) -> QuerySet[FillProblem]:
    """Return the queue: parts of households the actor may see, what is told of blocks seen whole and of no order."""
    part = Q(line__proposal__household__in=Household.objects.visible_to(actor))
    whole = Q(line=None) & (Q(order=None) | Q(order__in=whole_orders(actor)))
    return FillProblem.objects.filter(part | whole, is_open=True).select_related("order__instrument")


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One block of the blotter; `sides_with` are the households that the reader may see."""

    order: BlockOrder
    tone: str
    filled: Decimal


@dataclass(frozen=True, slots=True)
class Blotter:
    """What waits to be released and to be sent, what is in the market and was, in doubt, and what needs a person.

    `custodians` with orders that are ready, each with the routes (key, label) that serve it besides the file.
    """

    cleared: tuple[TradeProposal, ...]
    custodians: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    doubts: tuple[tuple[BlockOrder, str], ...]
    rows: tuple[OrderRow, ...]
    problems: tuple[tuple[FillProblem, str], ...]


def blotter(actor: Actor, limit: int = 200) -> Blotter:
    """Return the blotter of what the actor may see: the newest orders and the newest of the queue, `limit` of each."""
    cleared = TradeProposal.objects.visible_to(actor).filter(state=TradeState.CLEARED).select_related("household")
    orders = order_rows(BlockOrder.objects.visible_to(actor)[:limit])
    problems = tuple((each, problem_text(each)) for each in open_problems(actor)[:limit])
    custodians = sorted({order.custodian for order in whole_orders(actor).filter(state=OrderState.READY)})
    served = tuple((name, _routes_to(name)) for name in custodians)
    doubtful = BlockOrder.objects.visible_to(actor).exclude(doubt="").select_related("instrument")
    doubts = tuple((order, doubt_words(order)) for order in doubtful.order_by("doubt_since")[:limit])
    return Blotter(tuple(cleared.order_by("pk")), served, doubts, orders, problems)


def doubt_words(order: BlockOrder) -> str:
    """Say what the doubt about an order means and how it is mended; empty without one."""
    return str(DOUBT_WORDS[OrderDoubt(order.doubt)]) if order.doubt else ""


def _routes_to(custodian: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, str(route.label)) for key, route in order_routes().items() if route.serves(custodian))


def order_rows(orders: QuerySet[BlockOrder] | Iterable[BlockOrder]) -> tuple[OrderRow, ...]:
    """Return rows with what is executed, in two queries."""
    if isinstance(orders, QuerySet):
        orders = orders.select_related("instrument").prefetch_related("fills")
    return tuple(OrderRow(order, TONES[OrderState(order.state)], order.filled) for order in orders)


def whole_orders(actor: Actor) -> QuerySet[BlockOrder]:
    """Return the orders of which the actor may see every share: their file names all accounts."""
    seen = Household.objects.visible_to(actor)
    others = OrderShare.objects.exclude(line__proposal__household__in=seen)
    return BlockOrder.objects.visible_to(actor).exclude(pk__in=others.values("order"))


def file_for(actor: Actor, public_id: uuid.UUID | str) -> OrderFile:
    """Return a file of orders of which the actor may see every share; raise NotFoundError otherwise."""
    found = OrderFile.objects.filter(public_id=public_id).first()
    if found is None or found.orders.exclude(pk__in=whole_orders(actor).values("pk")).exists():
        raise NotFoundError(gettext_noop("There is no such file, or it names accounts that you do not see."))
    return found


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One block: shares of the households that the reader may see, executions, and what can be done."""

    row: OrderRow
    shares: tuple[OrderShare, ...]
    fills: tuple[Fill, ...]
    changes: tuple[OrderChange, ...]
    average: Decimal | None
    sees_all: bool


def order_page(actor: Actor, order: BlockOrder) -> OrderPage:
    """Return what the page of a block shows to this reader."""
    fills = tuple(order.fills.all())
    shares = order.shares.select_related("line__account", "line__proposal__household", "line__instrument")
    seen = shares.filter(line__proposal__in=TradeProposal.objects.visible_to(actor))
    filled = sum((fill.quantity for fill in fills), NOTHING)
    return OrderPage(
        row=OrderRow(order, TONES[OrderState(order.state)], filled),
        shares=tuple(seen),
        fills=fills,
        changes=tuple(order.changes.all()),
        average=order.average,
        sees_all=whole_orders(actor).filter(pk=order.pk).exists(),
    )


def order_passport(actor: Actor, order: BlockOrder, figure: str) -> Passport:
    """Return the passport of quantity, filled, average, limit, or of a share, execution or change by its id.

    Raises NotFoundError for another figure.
    """
    page = order_page(actor, order)
    name, _sep, of = figure.partition("-")
    found = _of_block(page, name) if not of else _of_row(page, name, of)
    if found is None:
        raise NotFoundError(gettext_noop("There is no such figure."))
    value, method = found
    return Passport(
        title=f"{order.reference}: {order}",
        value=value,
        method=method,
        as_of=timezone.localdate(order.created_at),
        source=gettext("The orders released, and the executions told by broker, file or form"),
        lines=(*(_share_line(share) for share in page.shares), *(_fill_line(order, fill) for fill in page.fills)),
    )


def _of_block(page: OrderPage, name: str) -> tuple[Amount, str] | None:
    order, currency = page.row.order, page.row.order.instrument.currency
    known = {
        "quantity": (
            Amount(order.quantity, "quantity"),
            gettext("Sum of the lines that share in the block, or less where it was changed in the market."),
        ),
        "filled": (Amount(page.row.filled, "quantity"), gettext("Sum of the executions.")),
        "average": (
            Amount.of_money(page.average, currency),
            gettext("Executions weighted by quantity: every account trades at this price."),
        ),
        "limit": (
            Amount.of_money(order.limit_price, currency),
            gettext("The order is executed at this price or a better one."),
        ),
    }
    return known.get(name)


def _of_row(page: OrderPage, name: str, of: str) -> tuple[Amount, str] | None:
    share = next((each for each in page.shares if str(each.public_id) == of), None)
    fill = next((each for each in page.fills if str(each.public_id) == of), None)
    change = next((each for each in page.changes if str(each.public_id) == of), None)
    currency = page.row.order.instrument.currency
    if change is not None:
        asked = gettext("As it was asked of the market; the order changes when the market says so.")
        return {
            "asked": (Amount(change.quantity, "quantity"), asked),
            "at": (Amount.of_money(change.limit_price, currency), asked),
        }.get(name)
    if share is not None and name == "share":
        return Amount(share.quantity, "quantity"), gettext("As the line was proposed and cleared.")
    if share is not None and name == "got":
        return Amount(share.line.filled_quantity, "quantity"), _rule()
    if fill is not None:
        told = gettext("As it was told; each execution is known once by its id.")
        return {
            "units": (Amount(fill.quantity, "quantity"), told),
            "price": (Amount.of_money(fill.price, currency), told),
            "fees": (Amount.of_money(fill.fees, page.row.order.currency), told),
        }.get(name)
    return None


def _rule() -> str:
    return gettext(
        "Pro rata of what was executed, in whole lots by largest remainder, equal ones in the order drawn beforehand."
    )


def _share_line(share: OrderShare) -> PassportLine:
    label = f"{share.line.proposal.household.name}, {share.line.account.name}"
    parts: tuple[tuple[str, Amount], ...] = ()
    if share.line.filled_quantity is not None:
        parts = ((gettext("Executed"), Amount(share.line.filled_quantity, "quantity")),)
    return PassportLine(label, gettext("share"), Amount(share.quantity, "quantity"), parts)


def _fill_line(order: BlockOrder, fill: Fill) -> PassportLine:
    parts = (
        (gettext("Price"), Amount.of_money(fill.price, order.instrument.currency)),
        (gettext("Fees"), Amount.of_money(fill.fees, order.currency)),
    )
    how = gettext("execution of %(day)s") % {"day": date_text(fill.day)}
    return PassportLine(fill.key, how, Amount(fill.quantity, "quantity"), parts)
