"""Proposing trades, taking them back, letting them lapse."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.services.approvals import decide_approval
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import ProposedLot, ProposedTrade, TradeProposal, TradeSource, TradeState
from apps.portfolios.selectors.books import account_book
from apps.portfolios.services.trade_checks import pass_checkpoints
from apps.portfolios.services.trade_lines import LotPick
from apps.portfolios.services.trades import (
    TradeStepError,
    TypedLine,
    expire_proposals,
    propose_trades,
    propose_typed,
    withdraw_proposal,
)
from tests.days import today
from tests.factories import portfolios as made
from tests.factories.trades import line, proposal, ready


def test_a_proposal_keeps_its_lines_with_what_they_are_estimated_at(ada: User) -> None:
    household, account, fund = made.funded(ada)
    kept = proposal(household, ada, line(account, fund, reason="too much of it"))
    (row,) = kept.lines.all()
    assert (kept.state, kept.source, kept.proposed_by) == (TradeState.DRAFT, TradeSource.FORM, ada)
    assert (row.quantity, row.estimated_price, row.estimated_amount) == (Decimal(10), Decimal(55), Decimal("550.00"))
    assert row.priced_on == made.DAY + dt.timedelta(days=7)
    event = AuditEvent.objects.get(action="portfolios.propose_trades")
    assert event.after["lines"][0]["quantity"] == "10"
    assert event.subject_id == str(household.public_id)


def test_a_sale_may_name_its_lots(ada: User) -> None:
    household, account, fund = made.funded(ada)
    (lot,) = account_book(account, today()).position(str(fund.pk)).lots
    moved = lot.acquired_on - dt.timedelta(days=40)  # as a wash sale moves a holding period
    kept = proposal(household, ada, line(account, fund, lots=(LotPick(lot.lot_id, Decimal(10), moved),)))
    named = ProposedLot.objects.get(trade__proposal=kept)
    assert (named.lot_id, named.acquired_on) == (lot.lot_id, lot.acquired_on)


def test_a_sale_may_name_a_lot_of_a_spin_off_of_a_spin_off(ada: User) -> None:
    household, account, first = made.funded(ada)
    for place, symbol in enumerate(("SP1", "SP2", "SP3"), start=1):
        day = made.DAY + dt.timedelta(days=2 + place)
        spun = made.instrument(ada, symbol, {made.DAY: "10"})
        told = {"split_new": "1", "split_old": "1", "fair_old": "40", "fair_new": "10"}
        made.entry(account, ada, "spin_off", day, instrument=first, into=spun, **told)
        first = spun
    (lot,) = account_book(account, today()).position(str(first.pk)).lots
    lots = (LotPick(lot.lot_id, Decimal(10), lot.acquired_on),)
    kept = proposal(household, ada, line(account, first, lots=lots))
    assert kept.lines.get().lots.get().lot_id == lot.lot_id


def test_what_is_approved_changes_with_every_line(ada: User) -> None:
    household, account, fund = made.funded(ada)
    kept = proposal(household, ada, line(account, fund))
    before = kept.approval_payload()
    ProposedTrade.objects.filter(proposal=kept).update(quantity=11)
    assert kept.approval_payload() != before


def test_a_proposal_needs_a_purpose_and_a_known_source(ada: User) -> None:
    household, account, fund = made.funded(ada)
    with pytest.raises(InvalidInputError, match="what the trades are for"):
        proposal(household, ada, line(account, fund), purpose="  ")
    with pytest.raises(InvalidInputError):
        told = {"lines": [line(account, fund)], "purpose": "x", "source": "whim"}
        propose_trades(household=household, by=ada.as_actor(), **told)
    assert not TradeProposal.objects.exists()


def test_a_failure_after_the_first_line_leaves_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    household, account, fund = made.funded(ada)

    def broken(**_kwargs: object) -> None:
        raise RuntimeError("no lines today")

    monkeypatch.setattr(ProposedTrade.objects, "create", broken)
    with pytest.raises(RuntimeError):
        proposal(household, ada, line(account, fund))
    assert not TradeProposal.objects.exists()
    assert not AuditEvent.objects.filter(action="portfolios.propose_trades").exists()


def test_a_symbol_that_nobody_knows_is_named_at_its_field(ada: User) -> None:
    household, account, _ = made.funded(ada)
    lines = [TypedLine(place=3, account=account, symbol="ZZZZ", side="buy", quantity=Decimal(1))]
    with pytest.raises(InvalidInputError, match="No security has the symbol ZZZZ") as refused:
        propose_typed(household=household, lines=lines, purpose="x", by=ada.as_actor())
    assert refused.value.field == "line_3_symbol"


def test_who_decides_and_who_takes_back_lock_in_one_order(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    request = ApprovalRequest.objects.get(target_id=kept.public_id)
    for work in (
        lambda: decide_approval(request=request, decision="decline", note="No.", by=connie.as_actor()),
        lambda: withdraw_proposal(proposal=kept, reason="stop", by=ada.as_actor()),
    ):
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            work()
            transaction.set_rollback(True)
        locks = [q["sql"] for q in asked if "FOR UPDATE" in q["sql"] or "pg_advisory" in q["sql"]]
        assert "pg_advisory_xact_lock" in locks[0]
        assert str(kept.public_id) in locks[0]


def test_a_proposal_is_taken_back_with_its_reason(ada: User) -> None:
    household, account, fund = made.funded(ada)
    kept = proposal(household, ada, line(account, fund))
    with pytest.raises(InvalidInputError, match="Say why"):
        withdraw_proposal(proposal=kept, reason=" ", by=ada.as_actor())
    ended = withdraw_proposal(proposal=kept, reason="the client wants to wait", by=ada.as_actor())
    assert (ended.state, ended.ended_because) == (TradeState.WITHDRAWN, "the client wants to wait")
    event = AuditEvent.objects.get(action="portfolios.withdraw_proposal")
    assert (event.before, event.after) == ({"state": "draft"}, {"state": "withdrawn"})
    with pytest.raises(TradeStepError):
        withdraw_proposal(proposal=kept, reason="again", by=ada.as_actor())


def test_what_is_in_the_market_is_not_withdrawn(ada: User) -> None:
    household, account, fund = made.funded(ada)
    kept = proposal(household, ada, line(account, fund))
    TradeProposal.objects.filter(pk=kept.pk).update(state=TradeState.ORDERED)
    with pytest.raises(TradeStepError, match="in the market"):
        withdraw_proposal(proposal=kept, reason="stop", by=ada.as_actor())


def test_proposals_that_nobody_ordered_lapse(ada: User, system: Actor) -> None:
    household, account, fund = made.funded(ada)
    late, fresh = (proposal(household, ada, line(account, fund)) for _ in range(2))
    TradeProposal.objects.filter(pk=late.pk).update(
        proposed_on=today() - dt.timedelta(days=9), expires_on=today() - dt.timedelta(days=2)
    )
    assert expire_proposals(by=system) == 1
    late.refresh_from_db()
    fresh.refresh_from_db()
    assert (late.state, fresh.state) == (TradeState.EXPIRED, TradeState.DRAFT)
    assert expire_proposals(by=system) == 0
