"""Verifying what was executed, and the confirmation that the client reads."""

from __future__ import annotations

import pytest

from apps.accounts.models import User
from apps.clients.models import Document
from apps.compliance.models import CheckpointRecord
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import BlockOrder, TradeProposal, TradeState
from apps.portfolios.services.fills import close_order
from apps.portfolios.services.trade_verification import execution_facts, verify_execution
from apps.portfolios.services.trades import TradeStepError
from tests.factories.trades import fill, line, ordered, ready


@pytest.fixture
def block(ada: User, connie: User) -> BlockOrder:
    household, account, fund = ready(ada)
    (made,) = ordered(ada, connie, line(account, fund, limit_price="54"), household=household)
    return made


def test_what_was_executed_as_ordered_is_verified_and_confirmed_to_the_client(ada: User, block: BlockOrder) -> None:
    fill(block, ada, "10", "55")
    kept = verify_execution(proposal=TradeProposal.objects.get(), fees_confirmed=True, note="", by=ada.as_actor())
    assert kept.state == TradeState.VERIFIED
    record = CheckpointRecord.objects.get(kind="portfolio_verification")
    assert {fact["key"]: fact["holds"] for fact in record.facts} == dict.fromkeys(
        ["executed", "limits", "booked", "monitoring", "fees", "confirmation"], True
    )
    paper = Document.objects.latest("pk")
    assert paper.visible_to_client
    assert "Confirmation of trades" in paper.title
    assert AuditEvent.objects.filter(action="portfolios.verify_execution").count() == 1
    with pytest.raises(TradeStepError):
        verify_execution(proposal=kept, fees_confirmed=True, note="", by=ada.as_actor())


def test_a_part_needs_a_note_and_fees_a_confirmation(ada: User, block: BlockOrder) -> None:
    fill(block, ada, "4", "55")
    kept = TradeProposal.objects.get()
    with pytest.raises(TradeStepError):
        verify_execution(proposal=kept, fees_confirmed=True, note="", by=ada.as_actor())
    close_order(order=block, reason="end of the day", by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="fees"):
        verify_execution(proposal=kept, fees_confirmed=False, note="", by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="say why"):
        verify_execution(proposal=kept, fees_confirmed=True, note=" ", by=ada.as_actor())
    assert not CheckpointRecord.objects.filter(kind="portfolio_verification").exists()
    assert not execution_facts(kept)[0].holds
    kept = verify_execution(proposal=kept, fees_confirmed=True, note="The rest is proposed anew.", by=ada.as_actor())
    assert kept.state == TradeState.VERIFIED
