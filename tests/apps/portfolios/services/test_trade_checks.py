"""The checkpoints of a proposal: in order, none skipped, each with its record; and again at the release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from apps.accounts.models import ApprovalRequest, User
from apps.accounts.services.approvals import ApprovalMissingError, OwnRequestError, decide_approval
from apps.accounts.services.proofs import Proof, ProofNeededError
from apps.clients.models import Agreement, Document, Household
from apps.compliance.models import CheckpointRecord, RiskAssessment
from apps.compliance.services.checkpoints import CheckpointTerms, set_checkpoint_rules
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.errors import DomainError, InvalidInputError, NotAllowedError
from apps.portfolios.models import (
    AccountStatus,
    Mandate,
    ModelPortfolio,
    ProposedTrade,
    Restriction,
    TradeProposal,
    TradeState,
)
from apps.portfolios.selectors.trade_facts import trade_facts
from apps.portfolios.selectors.trade_steps import asks_client as asks_client_of
from apps.portfolios.selectors.trade_steps import trade_progress, waiting_for
from apps.portfolios.services.accounts import OwnerShare
from apps.portfolios.services.trade_checks import (
    CheckpointOpenError,
    ClientWord,
    decide_as_client,
    demand_checkpoints,
    pass_checkpoints,
)
from apps.portfolios.services.trade_lines import RestrictedTradeError
from apps.portfolios.services.trades import TradeStepError, expire_proposals, withdraw_proposal
from tests.days import TODAY
from tests.factories import portfolios
from tests.factories.trades import approved, cleared, line, proposal, ready

pytestmark = pytest.mark.usefixtures("held_day")


def approval(name: str, how: str = "password") -> ClientWord:
    """The word of somebody who has just proved who they are."""
    return ClientWord(approves=True, typed_name=name, proof=Proof(how, timezone.now()))


def verdicts(kept: TradeProposal) -> dict[str, str]:
    records = CheckpointRecord.objects.filter(target_id=kept.public_id).order_by("id")
    return {record.kind: record.verdict for record in records}


def asks_client(household: Household) -> None:
    model = ModelPortfolio.objects.create(name="Balanced")
    Mandate.objects.create(household=household, model=model, from_day=dt.date(2025, 1, 2), client_approves=True)


def test_a_proposal_passes_when_the_file_is_right_and_compliance_approves(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = proposal(household, ada, line(account, fund))
    kept = pass_checkpoints(proposal=kept, by=ada.as_actor())
    assert kept.state == TradeState.CHECKING
    assert verdicts(kept) == {"client_verification": "passed"}
    (request,) = ApprovalRequest.objects.pending()
    assert (request.kind, request.requested_by) == ("portfolios.trade_compliance", ada)
    with pytest.raises(OwnRequestError):
        decide_approval(request=request, decision="approve", by=ada.as_actor())
    kept = approved(kept, connie)
    assert kept.state == TradeState.CLEARED
    assert verdicts(kept) == {
        "client_verification": "passed",
        "investment_review": "passed",
        "client_approval": "not_required",
    }
    review = CheckpointRecord.objects.get(kind="investment_review")
    assert review.approvals == [str(request.public_id)]
    assert review.recorded_label == str(connie)
    assert AuditEvent.objects.filter(action="compliance.record_checkpoint").count() == 3
    assert AuditEvent.objects.filter(action="portfolios.clear_proposal").count() == 1
    demand_checkpoints(kept, TODAY)


def test_a_record_of_a_checkpoint_stands(ada: User) -> None:
    household, account, fund = ready(ada)
    pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    with pytest.raises(ProgrammingError, match="This record stands"), transaction.atomic():
        CheckpointRecord.objects.update(verdict="failed")


def no_papers(household: Household) -> None:
    Document.objects.filter(household=household, category="identity").update(category="other")


def no_agreement(household: Household) -> None:
    Agreement.objects.update(state="withdrawn")


def no_tax_number(household: Household) -> None:
    household.people.update(tax_id="")


@pytest.mark.parametrize("spoil", [no_papers, no_agreement, no_tax_number])
def test_an_unfinished_file_stops_before_anybody_is_asked(
    ada: User, connie: User, spoil: Callable[[Household], None]
) -> None:
    household, account, fund = ready(ada)
    spoil(household)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    assert kept.state == TradeState.CHECKING
    assert verdicts(kept) == {"client_verification": "failed"}
    assert not ApprovalRequest.objects.exists()


def test_what_was_missing_can_be_mended_and_asked_again(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    no_agreement(household)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    Agreement.objects.update(state="signed")
    pass_checkpoints(proposal=kept, by=ada.as_actor())
    assert approved(kept, connie).state == TradeState.CLEARED


def test_a_purchase_beyond_the_risk_profile_does_not_pass_but_a_sale_towards_it_does(ada: User, connie: User) -> None:
    household, account, fund = ready(ada, points=1)  # stocks are half of what they hold
    buy = pass_checkpoints(proposal=proposal(household, ada, line(account, fund, "buy", "1")), by=ada.as_actor())
    assert verdicts(buy)["investment_review"] == "failed"
    assert not ApprovalRequest.objects.exists()
    sell = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    assert approved(sell, connie).state == TradeState.CLEARED


def test_complex_trades_need_a_manager_as_well(ada: User, paul: User, connie: User) -> None:
    terms = CheckpointTerms(Decimal(500), Decimal(1), 50, "mandate")
    set_checkpoint_rules(terms=terms, by=paul.as_actor())
    household, account, fund = ready(ada)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    first, second = ApprovalRequest.objects.pending().order_by("kind")
    assert (first.kind, second.kind) == ("portfolios.trade_compliance", "portfolios.trade_manager")
    decide_approval(request=first, decision="approve", by=connie.as_actor())
    kept.refresh_from_db()
    assert kept.state == TradeState.CHECKING
    decide_approval(request=second, decision="approve", by=paul.as_actor())
    kept.refresh_from_db()
    assert kept.state == TradeState.CLEARED


def test_trades_of_one_day_count_together_and_what_was_cleared_is_asked_again(
    ada: User, paul: User, connie: User
) -> None:
    household, account, fund = ready(ada)  # 55 a share
    set_checkpoint_rules(terms=CheckpointTerms(Decimal(900), Decimal(1), 50, "mandate"), by=paul.as_actor())
    first = cleared(ada, connie, line(account, fund), household=household)
    second = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    asked = ApprovalRequest.objects.filter(target_id=second.public_id).pending()
    assert {each.kind for each in asked} == {"portfolios.trade_compliance", "portfolios.trade_manager"}
    assert {each.amount for each in asked} == {Decimal(1100)}
    with pytest.raises(ApprovalMissingError):  # it was simple when it was cleared
        demand_checkpoints(first, TODAY)
    first = pass_checkpoints(proposal=first, by=ada.as_actor())
    assert first.state == TradeState.CHECKING
    assert not asks_client_of(first)
    assert AuditEvent.objects.filter(action="portfolios.recheck_proposal").count() == 1
    request = ApprovalRequest.objects.filter(target_id=first.public_id).pending().get()
    assert request.kind == "portfolios.trade_manager"
    decide_approval(request=request, decision="approve", by=paul.as_actor())
    first.refresh_from_db()
    assert first.state == TradeState.CLEARED
    demand_checkpoints(first, TODAY)
    # what was taken back counts no more
    withdraw_proposal(proposal=first, reason="enough", by=ada.as_actor())
    assert trade_facts(second, TODAY).of_day.amount == Decimal(550)


def test_a_client_who_has_to_be_asked_since_is_asked_of_what_was_cleared(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    asks_client(household)
    kept = pass_checkpoints(proposal=kept, by=ada.as_actor())
    head = household.people.get(relationship="head")
    assert (kept.state, waiting_for(head.user.as_actor())) == (TradeState.CHECKING, [kept])
    yes = approval(str(head))
    kept = decide_as_client(proposal=kept, word=yes, by=head.user.as_actor())
    assert kept.state == TradeState.CLEARED
    demand_checkpoints(kept, TODAY)


def test_a_decline_ends_the_proposal_and_what_else_waits(ada: User, paul: User, connie: User) -> None:
    set_checkpoint_rules(terms=CheckpointTerms(Decimal(1), Decimal(1), 50, "mandate"), by=paul.as_actor())
    household, account, fund = ready(ada)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    request = ApprovalRequest.objects.pending().first()
    decide_approval(request=request, decision="decline", note="Too soon.", by=connie.as_actor())
    kept.refresh_from_db()
    assert (kept.state, kept.ended_because) == (TradeState.DECLINED, "Too soon.")
    assert not ApprovalRequest.objects.pending().exists()
    with pytest.raises(TradeStepError):
        pass_checkpoints(proposal=kept, by=ada.as_actor())


def test_a_withdrawal_takes_the_reviews_back(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    withdraw_proposal(proposal=kept, reason="not now", by=ada.as_actor())
    assert not ApprovalRequest.objects.pending().exists()
    kept.refresh_from_db()
    assert kept.state == TradeState.WITHDRAWN


def test_reviews_go_with_a_proposal_that_came_too_late(ada: User, connie: User, system: Actor) -> None:
    household, account, fund = ready(ada)
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    expired(kept)
    assert expire_proposals(by=system) == 1
    assert not ApprovalRequest.objects.pending().exists()
    kept.refresh_from_db()
    assert kept.state == TradeState.EXPIRED


def test_the_client_decides_where_the_mandate_asks(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    asks_client(household)
    head = household.people.get(relationship="head")
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    yes = approval("ana  rivera".replace("  ", " "), how="password, mfa totp")
    with pytest.raises(TradeStepError, match="do not wait"):
        decide_as_client(proposal=kept, word=yes, by=head.user.as_actor())
    kept = approved(kept, connie)
    assert kept.state == TradeState.CHECKING
    for stranger in (ada, connie, household.people.get(relationship="partner").user):
        with pytest.raises(NotAllowedError):
            decide_as_client(proposal=kept, word=yes, by=stranger.as_actor())
    with pytest.raises(InvalidInputError, match="Type your name"):
        decide_as_client(proposal=kept, word=approval("A"), by=head.user.as_actor())
    for stale in (None, timezone.now() - dt.timedelta(minutes=11)):
        with pytest.raises(ProofNeededError, match="that it is you"):
            decide_as_client(proposal=kept, word=replace(yes, proof=Proof("password", stale)), by=head.user.as_actor())
    kept = decide_as_client(proposal=kept, word=yes, by=head.user.as_actor())
    assert kept.state == TradeState.CLEARED
    record = CheckpointRecord.objects.get(kind="client_approval")
    assert (record.verdict, record.recorded_key) == ("passed", head.user.as_actor().key)
    assert f"mfa totp {yes.proof.at:%Y-%m-%d %H:%M} UTC" in record.note
    demand_checkpoints(kept, TODAY)


def test_one_owner_does_not_speak_for_the_account_of_another(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    asks_client(household)
    head, partner = (household.people.get(relationship=each) for each in ("head", "partner"))
    own = portfolios.account(household, ada, name="Her IRA", number="99", owners=(OwnerShare(partner),))
    portfolios.entry(own, ada, "transfer_in", portfolios.DAY, instrument=fund, units="10", cost="500")
    kept = proposal(household, ada, line(account, fund), line(own, fund, quantity="5"))
    kept = approved(pass_checkpoints(proposal=kept, by=ada.as_actor()), connie)
    one, other = ({"proposal": kept, "by": person.user.as_actor()} for person in (head, partner))
    kept = decide_as_client(word=approval(str(head)), **one)
    assert (kept.state, verdicts(kept)["client_approval"]) == (TradeState.CHECKING, "failed")
    assert not trade_progress(kept).stopped
    assert "No owner has approved yet: Her IRA." in [f.words for f in trade_progress(kept).records[0].facts]
    assert (waiting_for(head.user.as_actor()), waiting_for(partner.user.as_actor())) == ([], [kept])
    # a second word of the same person changes nothing
    assert decide_as_client(word=approval(str(head)), **one).state == TradeState.CHECKING
    kept = decide_as_client(word=approval(str(partner)), **other)
    assert (kept.state, verdicts(kept)["client_approval"]) == (TradeState.CLEARED, "passed")
    demand_checkpoints(kept, TODAY)


def test_the_client_may_decline_and_says_why(ada: User, connie: User) -> None:
    household, account, fund = ready(ada)
    asks_client(household)
    user = household.people.get(relationship="head").user.as_actor()
    kept = pass_checkpoints(proposal=proposal(household, ada, line(account, fund)), by=ada.as_actor())
    kept = approved(kept, connie)
    with pytest.raises(InvalidInputError, match="what has to change"):
        decide_as_client(proposal=kept, word=ClientWord(approves=False), by=user)
    kept = decide_as_client(proposal=kept, word=ClientWord(approves=False, reason="I like that share."), by=user)
    assert (kept.state, kept.ended_because) == (TradeState.DECLINED, "I like that share.")


def expired(kept: TradeProposal) -> None:
    day = TODAY - dt.timedelta(days=1)
    TradeProposal.objects.filter(pk=kept.pk).update(proposed_on=day, expires_on=day)


def restricted(kept: TradeProposal) -> None:
    Restriction.objects.create(
        household=kept.household, kind="never_sell", instrument=kept.lines.get().instrument, reason="x", from_day=TODAY
    )


def unsigned(kept: TradeProposal) -> None:
    Agreement.objects.update(state="withdrawn")


def altered(kept: TradeProposal) -> None:
    ProposedTrade.objects.filter(proposal=kept).update(quantity=11)


def consent_since(kept: TradeProposal) -> None:
    asks_client(kept.household)


def unapproved(kept: TradeProposal) -> None:
    ApprovalRequest.objects.update(state="voided")


def unsuitable(kept: TradeProposal) -> None:
    RiskAssessment.objects.update(state="expired")


def frozen(kept: TradeProposal) -> None:
    kept.lines.get().account.__class__.objects.update(status=AccountStatus.RESTRICTED)


def drafted(kept: TradeProposal) -> None:
    TradeProposal.objects.update(state=TradeState.DRAFT)


SPOILT = [expired, restricted, unsigned, altered, consent_since, unapproved, unsuitable, frozen, drafted]


@pytest.mark.parametrize("spoil", SPOILT)
def test_everything_is_asked_again_before_an_order(
    ada: User, connie: User, spoil: Callable[[TradeProposal], None]
) -> None:
    household, account, fund = ready(ada)
    kept = cleared(ada, connie, line(account, fund), household=household)
    spoil(kept)
    kept.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        demand_checkpoints(kept, TODAY)
    expected = {restricted: RestrictedTradeError, unapproved: ApprovalMissingError, frozen: DomainError}
    assert isinstance(refused.value, expected.get(spoil, CheckpointOpenError))


def test_a_firm_of_one_reviews_itself(paul: User) -> None:
    household, account, fund = ready(paul)
    kept = pass_checkpoints(proposal=proposal(household, paul, line(account, fund)), by=paul.as_actor())
    request = ApprovalRequest.objects.pending().get()
    from apps.accounts.models import FirmProfile
    from apps.accounts.services.self_reviews import attest_self_review, open_self_review

    FirmProfile.objects.update(self_review_minutes=0)
    open_self_review(request=request, by=paul.as_actor())
    attest_self_review(request=request, attestation="I compared it with the plan and the book.", by=paul.as_actor())
    kept.refresh_from_db()
    assert kept.state == TradeState.CLEARED
