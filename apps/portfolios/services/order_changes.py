"""Changes of orders in the market: asked, held against the checkpoints where more is asked, and answered by the broker.

An order is shared out by what was cleared for each account, so it never grows beyond that. Less of it needs nobody;
more, or another price, is held against the book, the client's file and the restrictions again, and a price that nobody
cleared needs compliance.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.models import ApprovalRequest, ApprovalState
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, drop_approval, request_approval
from apps.compliance.selectors.checkpoints import rules_in_force
from apps.core import audit
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.kernel.money import Money
from apps.portfolios.engine.allocation import Share, allocate
from apps.portfolios.models import (
    IN_MARKET_STATES,
    Account,
    BlockOrder,
    ChangeKind,
    ChangeState,
    OrderChange,
    OrderShare,
    TradeProposal,
)
from apps.portfolios.models.order_change import ORDER_CHANGE_REVIEW
from apps.portfolios.policies import dealt, step_of
from apps.portfolios.ports import order_routes
from apps.portfolios.selectors.trade_facts import client_decides
from apps.portfolios.services.fills import close_change, resize_order, sent_on
from apps.portfolios.services.orders import OrderStateError, locked_order, tell_orders
from apps.portfolios.services.trade_checks import CheckpointOpenError, demand_facts
from apps.portfolios.services.trade_lines import TradeLine, checked_lines

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewTerms:
    """What an order is to become, and why; without a limit it is executed at the market's price."""

    quantity: Decimal
    limit_price: Decimal | None = None
    reason: str = ""


@service
def ask_to_cancel(*, order: BlockOrder, by: Actor) -> OrderChange:
    """Ask the market to cancel the rest of an order; its answer ends the order.

    A change that still waits for compliance is dropped. Raises OrderStateError.
    """
    locked = locked_order(order)
    waiting = locked.changes.filter(state=ChangeState.CHECKING).first()
    if waiting is not None:
        drop_change(change=waiting, by=by)
    _demand_way(locked)
    change = _change(locked, ChangeKind.CANCEL, NewTerms(locked.quantity, locked.limit_price), by)
    order_routes()[locked.route].cancel(change=change, by=by)
    audit.record("portfolios.ask_to_cancel", by=by, target=locked, after={"reference": locked.reference})
    return change


@service
def ask_to_replace(*, order: BlockOrder, terms: NewTerms, by: Actor) -> OrderChange:
    """Ask the market for another quantity or limit of an order; it changes when the broker says so.

    Raises OrderStateError, InvalidInputError for a quantity that is executed already, beyond what was cleared or not
    dealt in, and what `demand_change` raises where more or another price is asked.
    """
    locked = locked_order(order)
    _demand_way(locked)
    _demand_terms(locked, terms)
    if _asks_more(locked, terms):
        demand_change(locked, terms, firm_today())
    change = _change(locked, ChangeKind.REPLACE, terms, by)
    after = {"quantity": str(terms.quantity), "limit_price": str(terms.limit_price or "")}
    audit.record(
        "portfolios.ask_to_replace", by=by, target=locked, before=_terms_of(locked), after=after, reason=terms.reason
    )
    if terms.limit_price == _cleared_limit(locked):
        _ask(change, by)
    else:
        _ask_compliance(change, by)
    return change


@service
def hear_change_review(*, request: ApprovalRequest, by: Actor) -> None:
    """Take up how compliance decided: what is approved is asked of the market, if it still can be."""
    change = OrderChange.objects.filter(public_id=request.target_id, state=ChangeState.CHECKING).first()
    if change is None:
        return
    order = locked_order(change.order)
    if request.state == ApprovalState.DECLINED:
        note = request.decisions.order_by("-pk").values_list("note", flat=True).first() or ""
        close_change(change=change, state=ChangeState.REFUSED, answer=note, by=by)
    elif request.state == ApprovalState.APPROVED:
        why = why_not_now(change, order)
        if why:
            close_change(change=change, state=ChangeState.REFUSED, answer=why, by=by)
            return
        change.state = ChangeState.ASKED
        change.save(update_fields=["state", "updated_at"])
        _ask(change, by)


@service
def drop_change(*, change: OrderChange, by: Actor) -> OrderChange:
    """Take a change back that waits for compliance. Raises OrderStateError for one that was asked already."""
    locked = locked_order(change.order)
    change = locked.changes.get(pk=change.pk)
    if change.state != ChangeState.CHECKING:
        raise OrderStateError(gettext_noop("The broker was asked already; ask to cancel the rest instead."))
    request = approval_for(kind=ORDER_CHANGE_REVIEW, target=change)
    if request is not None and request.state == ApprovalState.PENDING:
        drop_approval(request=request, by=by)
    return close_change(change=change, state=ChangeState.REFUSED, answer="Taken back.", by=by)


@service
def note_pending(*, change: OrderChange, by: Actor) -> None:
    """Note that the broker took a change up and has not decided."""
    if OrderChange.objects.filter(pk=change.pk, state=ChangeState.ASKED).update(state=ChangeState.PENDING):
        after = {"state": "pending", "reference": change.reference}
        audit.record("portfolios.answer_change", by=by, target=change.order, before={"state": "asked"}, after=after)
        tell_orders()


@service
def accept_change(*, change: OrderChange, quantity: Decimal, by: Actor) -> BlockOrder:
    """Take up that the broker changed an order; `quantity` is what it is now, as the broker tells it.

    It never grows beyond what was cleared. Raises OrderStateError for an order that is done.
    """
    order = locked_order(change.order)
    close_change(change=change, state=ChangeState.DONE, answer="", by=by)
    most = min(quantity, _cleared(order))
    return resize_order(order=order, quantity=most, limit_price=change.limit_price, by=by)


def why_not_now(change: OrderChange, order: BlockOrder) -> str:
    """Say why a change that was asked can no longer be said; empty where it can."""
    try:
        if order.state not in IN_MARKET_STATES or sent_on(order) < firm_today():
            raise OrderStateError(gettext_noop("The order is done, or its day is over."))
        if change.kind == ChangeKind.REPLACE:
            terms = NewTerms(change.quantity, change.limit_price)
            _demand_terms(order, terms)
            if _asks_more(order, terms):
                demand_change(order, terms, firm_today())
    except DomainError as refused:
        return shown(refused).sentence
    return ""


def demand_change(order: BlockOrder, terms: NewTerms, day: dt.date) -> None:
    """Hold what an order would become against the checkpoints, the book and the restrictions of each household.

    Raises what `demand_facts` and `checked_lines` raise, and CheckpointOpenError for a price that the client would have
    to approve.
    """
    accounts = Account.objects.select_for_update().filter(pk__in=order.shares.values("line__account"))
    list(accounts.order_by("pk").values_list("pk"))
    parts = {share.line_id: part for share, part in parts_of(order, terms.quantity)}
    new_price, rules = terms.limit_price != _cleared_limit(order), rules_in_force()
    for proposal in TradeProposal.objects.filter(lines__in=parts).distinct().select_related("household").order_by("pk"):
        if new_price and client_decides(proposal, rules, day):
            raise CheckpointOpenError(
                gettext_noop("The client approves these trades: another price needs the client's word."),
                mend=gettext_noop("Ask to cancel the rest, and propose it anew."),
            )
        demand_facts(proposal, day)
        checked_lines(proposal.household, _lines(proposal, parts, terms), day, besides=proposal)


def _lines(proposal: TradeProposal, parts: dict[int, Decimal], terms: NewTerms) -> list[TradeLine]:
    """Return what may still be executed of a proposal, with the new terms for the lines of the order."""
    found = []
    for line in proposal.lines.pending().select_related("account", "instrument__master").order_by("pk"):
        done, is_own = line.filled_quantity or NOTHING, line.pk in parts
        left = max(parts[line.pk] - done, NOTHING) if is_own else line.left
        limit = terms.limit_price if is_own else line.limit_price
        if left:
            found.append(TradeLine(line.account, line.instrument, line.side, left, limit_price=limit))
    return found


def parts_of(order: BlockOrder, quantity: Decimal) -> list[tuple[OrderShare, Decimal]]:
    """Return what each share would get of a quantity, by the rule stated before."""
    shares = list(order.shares.select_related("line__account").order_by("pk"))
    asked = [Share(str(share.pk), share.quantity, share.rank) for share in shares]
    got = allocate(asked, quantity, NOTHING, NOTHING, step_of(order.instrument.kind))
    return [(share, part.quantity) for share, part in zip(shares, got, strict=True)]


def _demand_way(order: BlockOrder) -> None:
    if order.route not in order_routes() or order.state not in IN_MARKET_STATES:
        raise OrderStateError(gettext_noop("This order cannot be cancelled or changed from here."))
    if order.changes.open().exists():
        raise OrderStateError(
            gettext_noop("A change of this order waits for its answer."),
            mend=gettext_noop("Wait for it, or ask the broker how the order stands."),
        )


def _demand_terms(order: BlockOrder, terms: NewTerms) -> None:
    done, most = order.filled, _cleared(order)
    if order.doubt:
        raise OrderStateError(
            gettext_noop("The order is in doubt."), mend=gettext_noop("Settle the doubt, then change it.")
        )
    if terms.quantity <= done:
        raise InvalidInputError(
            gettext_noop("%(done)s are executed already: the order has to stay above that."),
            mend=gettext_noop("To stop here, ask to cancel the rest."),
            field="quantity",
            done=f"{done.normalize():f}",
        )
    if terms.quantity > most:
        raise InvalidInputError(
            gettext_noop("No more than %(most)s passed the checkpoints."),
            mend=gettext_noop("Propose the rest as trades of its own: who shares in them is stated before."),
            field="quantity",
            most=f"{most.normalize():f}",
        )
    if terms.quantity not in {most, dealt(order.instrument.kind, terms.quantity)}:
        raise InvalidInputError(gettext_noop("The security is not dealt in such fractions."), field="quantity")
    if terms.limit_price is not None and terms.limit_price <= 0:
        raise InvalidInputError(gettext_noop("Give a price above zero, or none."), field="limit_price")
    if (terms.quantity, terms.limit_price) == (order.quantity, order.limit_price):
        raise InvalidInputError(gettext_noop("Nothing would change."), field="quantity")


def _asks_more(order: BlockOrder, terms: NewTerms) -> bool:
    return terms.quantity > order.quantity or terms.limit_price != order.limit_price


def _cleared(order: BlockOrder) -> Decimal:
    return sum(order.shares.values_list("quantity", flat=True), NOTHING)


def _cleared_limit(order: BlockOrder) -> Decimal | None:
    found: Decimal | None = order.shares.values_list("line__limit_price", flat=True).first()
    return found


def _terms_of(order: BlockOrder) -> dict[str, str]:
    return {"quantity": str(order.quantity), "limit_price": str(order.limit_price or "")}


def _change(order: BlockOrder, kind: ChangeKind, terms: NewTerms, by: Actor) -> OrderChange:
    n, letter = order.changes.count() + 1, "C" if kind == ChangeKind.CANCEL else "R"
    return OrderChange.objects.create(
        order=order,
        kind=kind,
        reference=f"{order.reference}{letter}{n}",
        quantity=terms.quantity,
        limit_price=terms.limit_price,
        reason=terms.reason.strip()[:300],
        asked_label=by.label[:200],
    )


def _ask(change: OrderChange, by: Actor) -> None:
    order_routes()[change.order.route].replace(change=change, by=by)
    tell_orders()


def _ask_compliance(change: OrderChange, by: Actor) -> None:
    change.state = ChangeState.CHECKING
    change.save(update_fields=["state", "updated_at"])
    order = change.order
    price = change.limit_price or order.shares.values_list("line__estimated_price", flat=True).first() or NOTHING
    amount = Money(change.quantity * price * order.instrument.multiplier, order.instrument.currency).rounded()
    limit = f"{change.limit_price.normalize():f}" if change.limit_price is not None else "market"
    reasons = [f"{order.reference}: {order.quantity.normalize():f} → {change.quantity.normalize():f}, {limit}"]
    title = f"{change.reason or change.get_kind_display()} ({order})"
    request_approval(kind=ORDER_CHANGE_REVIEW, target=change, title=title, amount=amount, reasons=reasons, by=by)
    tell_orders()
