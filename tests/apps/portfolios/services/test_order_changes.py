"""Changes of orders: who may, what needs the checkpoints again, what is refused, and what compliance decides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.services.approvals import decide_approval
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError, InvalidInputError
from apps.portfolios.models import BlockOrder, ChangeState, OrderChange, OrderState
from apps.portfolios.services.order_changes import (
    NewTerms,
    accept_change,
    ask_to_cancel,
    ask_to_replace,
    drop_change,
    note_pending,
    parts_of,
)
from apps.portfolios.services.orders import OrderStateError
from apps.portfolios.services.trade_checks import CheckpointOpenError
from apps.portfolios.services.trade_lines import RestrictedTradeError
from tests.apps.portfolios.services.test_orders import second_account
from tests.apps.portfolios.services.test_trade_checks import asks_client
from tests.apps.portfolios.services.wire import Wire
from tests.factories import models
from tests.factories.trades import fill, line, ordered, ready

SignIn = Callable[..., Client]


@pytest.fixture
def block(ada: User, connie: User, wire: Wire) -> BlockOrder:
    household, account, fund = ready(ada)
    (made,) = ordered(ada, connie, line(account, fund, limit_price="54"), household=household)
    BlockOrder.objects.update(route="wire")
    made.refresh_from_db()
    return made


def replace(block: BlockOrder, by: User, quantity: str, limit: str | None = "54") -> OrderChange:
    terms = NewTerms(Decimal(quantity), Decimal(limit) if limit else None, "The market moved.")
    return ask_to_replace(order=block, terms=terms, by=by.as_actor())


def decided(change: OrderChange, by: User, decision: str = "approve") -> OrderChange:
    request = ApprovalRequest.objects.get(target_id=change.public_id)
    decide_approval(request=request, decision=decision, note="Read.", by=by.as_actor())
    change.refresh_from_db()
    return change


def test_less_is_asked_at_once_and_taken_up_when_it_is_done(block: BlockOrder, ada: User, wire: Wire) -> None:
    change = replace(block, ada, "6")
    assert (change.state, wire.said) == (ChangeState.ASKED, ["replace R1"])
    note_pending(change=change, by=ada.as_actor())
    change.refresh_from_db()
    assert change.state == ChangeState.PENDING
    block.refresh_from_db()
    assert block.quantity == 10, "until the market says so"
    done = accept_change(change=change, quantity=Decimal(6), by=ada.as_actor())
    assert (done.quantity, done.said_as) == (6, change.reference)
    told = AuditEvent.objects.get(action="portfolios.resize_order")
    assert (Decimal(told.before["quantity"]), Decimal(told.after["quantity"])) == (10, 6)
    assert AuditEvent.objects.filter(action="portfolios.ask_to_replace").count() == 1


@pytest.mark.parametrize(
    ("quantity", "limit", "words"),
    [
        ("4", "54", "executed already"),
        ("3", "54", "executed already"),
        ("11", "54", "passed the checkpoints"),
        ("5.5", "54", "fractions"),
        ("10", "54", "Nothing would change"),
        ("10", "-1", "above zero"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    block: BlockOrder, ada: User, wire: Wire, quantity: str, limit: str, words: str
) -> None:
    fill(block, ada, "4", "55")
    with pytest.raises(InvalidInputError, match=words):
        replace(block, ada, quantity, limit)
    assert (wire.said, OrderChange.objects.count()) == ([], 0)


def test_one_change_waits_at_a_time_and_none_of_an_order_that_is_done_or_went_by_hand(
    block: BlockOrder, ada: User
) -> None:
    replace(block, ada, "6")
    for again in (lambda: replace(block, ada, "7"), lambda: ask_to_cancel(order=block, by=ada.as_actor())):
        with pytest.raises(OrderStateError, match="waits for its answer"):
            again()
    fill(block, ada, "10", "55")
    assert OrderChange.objects.get().state == ChangeState.REFUSED
    with pytest.raises(OrderStateError):
        replace(block, ada, "6")
    BlockOrder.objects.update(route="form", state=OrderState.SENT)
    with pytest.raises(OrderStateError, match="from here"):
        ask_to_cancel(order=block, by=ada.as_actor())


def test_more_again_is_held_against_the_restrictions_and_the_clients_file(
    block: BlockOrder, ada: User, wire: Wire
) -> None:
    accept_change(change=replace(block, ada, "6"), quantity=Decimal(6), by=ada.as_actor())
    household = block.shares.get().line.proposal.household
    models.restricted(household, ada, kind="hold", asset_class="", instrument=block.instrument, reason="Founder's.")
    with pytest.raises(RestrictedTradeError):
        replace(block, ada, "8")
    assert replace(block, ada, "5").state == ChangeState.ASKED, "less is never forbidden"
    assert wire.said == ["replace R1", "replace R2"]


def test_more_is_refused_once_a_checkpoint_lets_it_pass_no_more(block: BlockOrder, ada: User) -> None:
    accept_change(change=replace(block, ada, "6"), quantity=Decimal(6), by=ada.as_actor())
    household = block.shares.get().line.proposal.household
    household.people.update(tax_id="")
    with pytest.raises(CheckpointOpenError):
        replace(block, ada, "8")


def test_a_price_nobody_cleared_goes_to_compliance_first(
    block: BlockOrder, ada: User, connie: User, wire: Wire
) -> None:
    change = replace(block, ada, "10", "52")
    assert (change.state, wire.said) == (ChangeState.CHECKING, [])
    assert decided(change, connie).state == ChangeState.ASKED
    assert wire.said == ["replace R1"]
    assert accept_change(change=change, quantity=Decimal(10), by=ada.as_actor()).limit_price == 52


def test_compliance_declines_a_price_and_nothing_is_asked(
    block: BlockOrder, ada: User, connie: User, wire: Wire
) -> None:
    change = decided(replace(block, ada, "10", None), connie, "decline")
    assert (change.state, change.answer, wire.said) == (ChangeState.REFUSED, "Read.", [])


def test_an_approval_that_comes_too_late_asks_nothing(block: BlockOrder, ada: User, connie: User, wire: Wire) -> None:
    change = replace(block, ada, "5", "52")
    fill(block, ada, "6", "55")
    assert decided(change, connie).state == ChangeState.REFUSED
    assert "executed already" in change.answer
    assert wire.said == []


def test_what_waits_for_compliance_is_dropped_by_a_cancel(block: BlockOrder, ada: User, wire: Wire) -> None:
    change = replace(block, ada, "10", "52")
    ask_to_cancel(order=block, by=ada.as_actor())
    change.refresh_from_db()
    assert (change.state, wire.said) == (ChangeState.REFUSED, ["cancel C2"])
    assert ApprovalRequest.objects.get(target_id=change.public_id).state == "withdrawn"
    with pytest.raises(OrderStateError):
        drop_change(change=OrderChange.objects.get(kind="cancel"), by=ada.as_actor())


def test_a_price_that_a_client_would_have_to_approve_is_refused(block: BlockOrder, ada: User) -> None:
    household = block.shares.get().line.proposal.household
    asks_client(household)
    with pytest.raises(DomainError, match="client's word"):
        replace(block, ada, "10", "52")


def test_the_broker_cannot_make_an_order_larger_than_what_was_cleared_nor_smaller_than_what_is_done(
    block: BlockOrder, ada: User
) -> None:
    fill(block, ada, "4", "55")
    change = replace(block, ada, "6")
    done = accept_change(change=change, quantity=Decimal(3), by=ada.as_actor())
    assert (done.quantity, done.state) == (4, OrderState.FILLED)
    with pytest.raises(OrderStateError):
        accept_change(change=change, quantity=Decimal(30), by=ada.as_actor())


def test_parts_follow_the_rule_that_was_stated(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    other = second_account(ada, household, fund)
    lines = line(account, fund), line(other, fund, quantity="5")
    (made,) = ordered(ada, connie, *lines, household=household)
    assert sorted(part for _share, part in parts_of(made, Decimal(9))) == [3, 6]


def test_the_page_asks_for_a_change_and_shows_what_came_of_it(
    block: BlockOrder, ada: User, mallory: User, sue: User, sign_in: SignIn, wire: Wire
) -> None:
    browser, page = sign_in(ada), block.get_absolute_url()
    url = reverse("portfolios:order-change", args=[block.public_id])
    assert url in browser.get(page).text
    assert (sign_in(mallory).get(url).status_code, sign_in(sue).get(url).status_code) == (404, 403)
    assert sign_in().get(url).status_code == 302
    assert 'value="10"' in browser.get(url).text
    told = {"quantity": "12", "limit_price": "54", "reason": "More."}
    refused = browser.post(url, told)
    assert refused.status_code == 422
    assert "passed the checkpoints" in refused.text
    assert browser.post(url, {**told, "quantity": "6"}).url == page
    assert wire.said == ["replace R1"]
    shown = browser.get(page).text
    assert "Changes asked of the market" in shown
    assert url not in shown, "one at a time"
    change = OrderChange.objects.get()
    for figure in ("asked", "at"):
        passport = reverse("portfolios:order-passport", args=[block.public_id, f"{figure}-{change.public_id}"])
        assert browser.get(passport).status_code == 200
