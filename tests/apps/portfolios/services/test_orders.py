"""Blocks: made of what is cleared, shared by a rule that is stated before, sent once. And no entry passes by."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError, InvalidInputError
from apps.portfolios.models import Account, BlockOrder, OrderShare, OrderState, Restriction, TradeProposal, TradeState
from apps.portfolios.services.fills import close_order
from apps.portfolios.services.order_files import write_order_file
from apps.portfolios.services.orders import OrderStateError, mark_sent, release_orders
from apps.portfolios.services.trade_checks import CheckpointOpenError, pass_checkpoints
from apps.portfolios.services.trade_lines import RestrictedTradeError
from tests.factories import portfolios as made
from tests.factories.trades import cleared, line, ordered, proposal, ready


def second_account(ada: User, household: object, fund: object, units: str = "50") -> Account:
    account = made.account(household, ada, name="Second", number="77-7")
    made.entry(account, ada, "transfer_in", instrument=fund, units=units, cost="2500")
    return account


def test_lines_of_one_security_and_side_become_one_block_with_its_statement(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    other = second_account(ada, household, fund)
    lines = line(account, fund), line(other, fund, quantity="5"), line(other, fund, quantity="4", limit_price="50")
    kept = cleared(ada, connie, *lines, household=household)
    plain, limited = release_orders(proposals=[kept], by=ada.as_actor())
    assert (plain.quantity, plain.limit_price, plain.side, plain.state) == (15, None, "sell", OrderState.READY)
    assert (limited.quantity, limited.limit_price) == (4, 50)
    shares = list(plain.shares.order_by("pk"))
    assert [share.quantity for share in shares] == [10, 5]
    ranks = list(range(2))
    random.Random(plain.seed).shuffle(ranks)  # noqa: S311 - the draw is repeated from its seed
    assert [share.rank for share in shares] == ranks
    kept.refresh_from_db()
    assert kept.state == TradeState.ORDERED
    assert AuditEvent.objects.filter(action="portfolios.release_orders").count() == 2


def test_proposals_of_two_households_share_a_block(ada: User, connie: User) -> None:
    first, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=first)
    from tests.factories import billing, clients, compliance

    second = clients.household(ada, name="Okafor")
    for place, person in enumerate(second.people.filter(relationship__in=["head", "partner"])):
        type(person).objects.filter(pk=person.pk).update(tax_id=f"22-{place}")
        person.refresh_from_db()
        clients.portal_user(person)
        compliance.in_force(person, ada, points=9)
    clients.document(second, by=ada.as_actor(), category="identity", title="Passport")
    billing.agreement(second, ada)
    theirs = second_account(ada, second, fund)
    more = cleared(ada, connie, line(theirs, fund, quantity="3"), household=second)
    (block,) = release_orders(proposals=[kept, more], by=ada.as_actor())
    assert (block.quantity, block.shares.count()) == (13, 2)


def test_release_is_whole_or_nothing(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    draft = proposal(household, ada, line(account, fund, quantity="1"))
    with pytest.raises(CheckpointOpenError):
        release_orders(proposals=[kept, draft], by=ada.as_actor())
    kept.refresh_from_db()
    assert kept.state == TradeState.CLEARED
    assert not BlockOrder.objects.exists()
    with pytest.raises(InvalidInputError):
        release_orders(proposals=[], by=ada.as_actor())


@pytest.mark.parametrize("field", ["number", "custodian"])
def test_an_account_that_no_order_can_name_is_not_traded_in(ada: User, connie: User, field: str) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    Account.objects.filter(pk=account.pk).update(**{field: ""})
    with pytest.raises(InvalidInputError, match="no order can name it"):
        release_orders(proposals=[kept], by=ada.as_actor())
    kept.refresh_from_db()
    assert (kept.state, BlockOrder.objects.count()) == (TradeState.CLEARED, 0)


def test_a_proposal_is_released_once(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    release_orders(proposals=[kept], by=ada.as_actor())
    with pytest.raises(CheckpointOpenError):
        release_orders(proposals=[kept], by=ada.as_actor())
    assert OrderShare.objects.count() == 1


def test_a_restriction_set_after_clearing_stops_the_order(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    Restriction.objects.create(
        household=household, kind="hold", instrument=fund, reason="founder's shares", from_day=made.DAY
    )
    with pytest.raises(RestrictedTradeError, match="founder's shares"):
        release_orders(proposals=[kept], by=ada.as_actor())
    assert not BlockOrder.objects.exists()


def test_state_alone_clears_nothing(ada: User) -> None:
    """Somebody who could write the state still has no records and no approval."""
    household, account, fund = ready(ada)
    kept = proposal(household, ada, line(account, fund))
    TradeProposal.objects.filter(pk=kept.pk).update(state=TradeState.CLEARED)
    with pytest.raises(CheckpointOpenError):
        release_orders(proposals=[kept], by=ada.as_actor())
    pending = proposal(household, ada, line(account, fund))
    pass_checkpoints(proposal=pending, by=ada.as_actor())
    TradeProposal.objects.filter(pk=pending.pk).update(state=TradeState.CLEARED)
    with pytest.raises(DomainError):
        release_orders(proposals=[pending], by=ada.as_actor())
    assert not BlockOrder.objects.exists()


def test_a_block_is_sent_once(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    (block,) = ordered(ada, connie, line(account, fund), household=household)
    assert (block.state, block.route) == (OrderState.SENT, "form")
    with pytest.raises(OrderStateError, match="sent already"):
        mark_sent(orders=[block], route="form", by=ada.as_actor())
    assert AuditEvent.objects.filter(action="portfolios.send_orders").count() == 1


def test_what_is_ordered_is_spoken_for(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    ordered(ada, connie, line(account, fund, quantity="95"), household=household)
    with pytest.raises(DomainError, match="can sell 5"):
        proposal(household, ada, line(account, fund, quantity="6"))
    assert proposal(household, ada, line(account, fund, "buy", "", amount="8000")).lines.get().quantity == Decimal(145)


def by_file(block: BlockOrder, ada: User) -> object:
    return write_order_file(orders=[block], by=ada.as_actor())


def by_telephone(block: BlockOrder, ada: User) -> object:
    return mark_sent(orders=[block], route="form", by=ada.as_actor())


@pytest.mark.parametrize("send", [by_file, by_telephone])
def test_what_was_forbidden_after_the_release_is_not_sent(
    ada: User, connie: User, send: Callable[[BlockOrder, User], object]
) -> None:
    household, account, fund = ready(ada)
    bond = made.instrument(ada, "BBB", {made.DAY: "50"})
    lines = [line(account, fund), line(account, bond, "buy", "4")]
    blocks = release_orders(proposals=[cleared(ada, connie, *lines, household=household)], by=ada.as_actor())
    sale, purchase = sorted(blocks, key=lambda each: each.side, reverse=True)
    rule = {"household": household, "reason": "Asked for.", "from_day": made.DAY}
    Restriction.objects.create(kind="never_buy", instrument=bond, **rule)
    with pytest.raises(RestrictedTradeError, match="Asked for"):
        send(purchase, ada)
    purchase.refresh_from_db()
    assert (purchase.state, purchase.file) == (OrderState.READY, None)
    send(sale, ada)
    assert AuditEvent.objects.filter(action="portfolios.send_orders").count() == 1


def test_an_order_is_not_sent_after_its_proposal_held(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    (block,) = release_orders(proposals=[kept], by=ada.as_actor())
    late = kept.proposed_on - dt.timedelta(days=8)
    TradeProposal.objects.update(proposed_on=late, expires_on=late + dt.timedelta(days=7))
    with pytest.raises(OrderStateError, match="not sent in time"):
        by_telephone(block, ada)
    close_order(order=block, reason="Too late.", by=ada.as_actor())
    kept.refresh_from_db()
    assert kept.state == TradeState.WITHDRAWN
