"""Verifying what was executed, and the confirmation that the client reads."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.clients.models import Document
from apps.compliance.models import CheckpointRecord
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.portfolios.models import BlockOrder, TradeProposal, TradeState
from apps.portfolios.services import trade_verification
from apps.portfolios.services.commissions import ScheduleTerms, set_commissions
from apps.portfolios.services.fills import close_order
from apps.portfolios.services.trade_verification import VerificationWord, execution_facts, verify_execution
from apps.portfolios.services.trades import TradeStepError
from tests.factories import models
from tests.factories import portfolios as made
from tests.factories.trades import fill, line, ordered, ready

COMPARED = VerificationWord(fees_compared=True)


@pytest.fixture
def block(ada: User, connie: User) -> BlockOrder:
    household, account, fund = ready(ada)
    (sent,) = ordered(ada, connie, line(account, fund, limit_price="54"), household=household)
    return sent


def test_what_was_executed_as_ordered_is_verified_and_confirmed_to_the_client(ada: User, block: BlockOrder) -> None:
    fill(block, ada, "10", "55")
    kept = verify_execution(proposal=TradeProposal.objects.get(), word=COMPARED, by=ada.as_actor())
    assert kept.state == TradeState.VERIFIED
    record = CheckpointRecord.objects.get(kind="portfolio_verification")
    assert {fact["key"]: fact["holds"] for fact in record.facts} == dict.fromkeys(
        ["executed", "limits", "booked", "fees", "monitoring", "fees_by_hand", "confirmation"], True
    )
    paper = Document.objects.latest("pk")
    assert paper.visible_to_client
    assert "Confirmation of trades" in paper.title
    assert AuditEvent.objects.filter(action="portfolios.verify_execution").count() == 1
    with pytest.raises(TradeStepError):
        verify_execution(proposal=kept, word=COMPARED, by=ada.as_actor())


def test_a_part_needs_a_note_and_fees_a_confirmation(ada: User, block: BlockOrder) -> None:
    fill(block, ada, "4", "55")
    kept = TradeProposal.objects.get()
    with pytest.raises(TradeStepError):
        verify_execution(proposal=kept, word=COMPARED, by=ada.as_actor())
    close_order(order=block, reason="end of the day", by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="fees"):
        verify_execution(proposal=kept, word=VerificationWord(note="All right."), by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="say why"):
        verify_execution(proposal=kept, word=VerificationWord(" ", fees_compared=True), by=ada.as_actor())
    assert not CheckpointRecord.objects.filter(kind="portfolio_verification").exists()
    assert not execution_facts(kept)[0].holds
    word = VerificationWord("The rest is proposed anew.", fees_compared=True)
    kept = verify_execution(proposal=kept, word=word, by=ada.as_actor())
    assert kept.state == TradeState.VERIFIED


def scheduled(paul: User, **terms: object) -> None:
    told = {"custodian": "Example Custodian", "starts_on": made.DAY, "source": "Letter of 3 March", **terms}
    set_commissions(terms=ScheduleTerms(**told), by=paul.as_actor())


def test_fees_are_held_against_the_schedule_of_the_custodian(ada: User, paul: User, block: BlockOrder) -> None:
    scheduled(paul, per_trade=Decimal("4.95"), allowance=Decimal("0.05"))
    fill(block, ada, "10", "55", fees=Decimal("5.00"))
    kept = verify_execution(proposal=TradeProposal.objects.get(), word=VerificationWord(), by=ada.as_actor())
    facts = {fact["key"]: fact["holds"] for fact in CheckpointRecord.objects.get(kind="portfolio_verification").facts}
    assert (kept.state, facts["fees"], "fees_by_hand" in facts) == (TradeState.VERIFIED, True, False)


def test_a_charge_above_the_schedule_stays_on_the_record_with_a_note(ada: User, paul: User, block: BlockOrder) -> None:
    scheduled(paul, per_trade=Decimal("4.95"))
    scheduled(paul, kind="bond", per_trade=Decimal(20))
    fill(block, ada, "10", "55", fees=Decimal("9.95"))
    kept = TradeProposal.objects.get()
    with pytest.raises(InvalidInputError, match="say why"):
        verify_execution(proposal=kept, word=COMPARED, by=ada.as_actor())
    verify_execution(proposal=kept, word=VerificationWord("Claimed back."), by=ada.as_actor())
    record = CheckpointRecord.objects.get(kind="portfolio_verification")
    (dear,) = [fact for fact in record.facts if fact["key"] == "fees"]
    assert (dear["holds"], dear["told"]["names"], record.note) == (False, "Sell 10 AAA: 9.95 > 4.95", "Claimed back.")


def test_the_look_of_the_night_is_tried_on_accounts_that_follow_a_model(
    ada: User, paul: User, block: BlockOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    household = TradeProposal.objects.get().household
    models.mandate(household, models.approved(ada, paul, models.securities(ada)), ada)
    fill(block, ada, "10", "55")
    kept = TradeProposal.objects.get()
    monkeypatch.setattr(trade_verification, "watch_households", lambda **_: 0)
    with pytest.raises(InvalidInputError, match="say why"):
        verify_execution(proposal=kept, word=COMPARED, by=ada.as_actor())
    assert not next(fact for fact in execution_facts(kept) if fact.key == "monitoring").holds
    monkeypatch.undo()
    assert verify_execution(proposal=kept, word=COMPARED, by=ada.as_actor()).state == TradeState.VERIFIED
    assert next(fact for fact in execution_facts(kept) if fact.key == "monitoring").holds
