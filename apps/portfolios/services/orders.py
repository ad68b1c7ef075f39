"""Orders: cleared trades become blocks, with the rule of their sharing stated before anything is sent."""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone

from apps.accounts.selectors.firm_days import firm_today
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.portfolios.models import (
    Account,
    BlockOrder,
    OrderShare,
    OrderState,
    ProposedTrade,
    TradeProposal,
    TradeState,
)
from apps.portfolios.ports import order_routes
from apps.portfolios.services.trade_checks import demand_checkpoints
from apps.portfolios.services.trade_lines import demand_unrestricted
from apps.portfolios.services.trades import locked_proposal, move_proposal

NOTHING = Decimal(0)
Key = tuple[int, str, str, str, Decimal | None]


class OrderStateError(DomainError):
    """The order is in a state in which this cannot be done."""

    code = "order_state"


@service
def release_orders(*, proposals: Sequence[TradeProposal], by: Actor) -> list[BlockOrder]:
    """Make blocks of cleared proposals, all or none: one for each security, side, custodian and limit.

    Every checkpoint, restriction and holding is asked again, whoever calls. Raises what `demand_checkpoints` raises and
    InvalidInputError without a proposal, or for an account that no order could name to its custodian.
    """
    if not proposals:
        raise InvalidInputError(gettext_noop("Choose at least one cleared proposal."), field="proposals")
    households = {proposal.household_id for proposal in proposals}
    list(Account.objects.select_for_update().filter(household__in=households).order_by("pk").values_list("pk"))
    today, groups = firm_today(), dict[Key, list[ProposedTrade]]()
    locked = [locked_proposal(proposal) for proposal in sorted(proposals, key=lambda p: p.pk)]
    for proposal in locked:
        demand_checkpoints(proposal, today)
        # an order in the market counts against the next proposal of the same release
        move_proposal(proposal, TradeState.ORDERED, action="portfolios.order_proposal", by=by)
        for line in proposal.lines.select_related("account", "instrument").order_by("pk"):
            account = line.account
            if not (account.custodian and account.number):
                raise InvalidInputError(
                    gettext_noop("%(account)s has no number at a custodian: no order can name it."),
                    mend=gettext_noop("Write down its custodian and number on its page."),
                    account=account.name,
                )
            key = line.instrument_id, line.side, account.custodian, account.currency, line.limit_price
            groups.setdefault(key, []).append(line)
    orders = [
        _block(lines, by) for _, lines in sorted(groups.items(), key=lambda each: (each[0][1] == "buy", *each[0][:2]))
    ]
    tell_orders()
    return orders


def _block(lines: Sequence[ProposedTrade], by: Actor) -> BlockOrder:
    first, seed = lines[0], secrets.randbits(32)
    order = BlockOrder(
        instrument=first.instrument,
        side=first.side,
        custodian=first.account.custodian,
        currency=first.account.currency,
        quantity=sum((line.quantity for line in lines), NOTHING),
        limit_price=first.limit_price,
        seed=seed,
        released_label=by.label[:200],
    )
    order.reference = f"ST{order.public_id.hex[:14].upper()}"
    order.full_clean(exclude=["instrument"])
    order.save()
    # the seed is drawn at random and kept, so that the order drawn for odd lots can be shown again
    places = list(range(len(lines)))
    random.Random(seed).shuffle(places)  # noqa: S311 - a fair draw that can be repeated, no secret
    for line, rank in zip(lines, places, strict=True):
        OrderShare.objects.create(order=order, line=line, quantity=line.quantity, rank=rank)
    after = {**audit.snapshot(order), "shares": [[str(line.public_id), str(line.quantity)] for line in lines]}
    audit.record("portfolios.release_orders", by=by, target=order, after=after)
    return order


@service
def mark_sent(*, orders: Sequence[BlockOrder], route: str, by: Actor) -> list[BlockOrder]:
    """Note that blocks went into the market, once.

    Raises OrderStateError for one that was sent or is closed, or whose proposal held until an earlier day, and
    RestrictedTradeError where a household forbids it by now.
    """
    sent, today = [], firm_today()
    for order in orders:
        locked = locked_order(order)
        if locked.state != OrderState.READY:
            raise OrderStateError(
                gettext_noop("Order %(reference)s was sent already, or is closed."), reference=locked.reference
            )
        _demand_in_time(locked, today)
        demand_unrestricted(locked, today)
        locked.state, locked.route, locked.sent_at = OrderState.SENT, route, timezone.now()
        locked.save(update_fields=["state", "route", "sent_at", "updated_at"])
        after = {"state": locked.state, "route": route}
        audit.record("portfolios.send_orders", by=by, target=locked, before={"state": "ready"}, after=after)
        sent.append(locked)
    tell_orders()
    return sent


def _demand_in_time(order: BlockOrder, today: dt.date) -> None:
    if TradeProposal.objects.filter(lines__share__order=order, expires_on__lt=today).exists():
        raise OrderStateError(
            gettext_noop("Order %(reference)s was not sent in time: its trades have to be proposed anew."),
            mend=gettext_noop("End the order."),
            reference=order.reference,
        )


@service
def send_by_route(*, orders: Sequence[BlockOrder], route: str, by: Actor) -> list[BlockOrder]:
    """Send blocks that are ready by a route that an app above offers, and note them as sent.

    Raises InvalidInputError for a route that does not serve their custodian, and what `mark_sent` raises.
    """
    way = order_routes().get(route)
    if way is None or not orders or any(not way.serves(order.custodian) for order in orders):
        raise InvalidInputError(gettext_noop("No such route serves these orders."), field="route")
    sent = mark_sent(orders=orders, route=route, by=by)
    way.send(orders=sent, by=by)
    return sent


def locked_order(order: BlockOrder) -> BlockOrder:
    """Return the order locked for this transaction."""
    return BlockOrder.objects.select_for_update(of=("self",)).select_related("instrument").get(pk=order.pk)


def tell_orders() -> None:
    """Have the blotter ask again."""
    realtime.publish("orders", "orders.changed")
