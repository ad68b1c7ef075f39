"""The checkpoints of a proposal, in order: the client's file, the reviews, the client's own word.

Facts are gathered here, judged and kept by compliance, and people decide through the approval engine. Every entry
passes through `pass_checkpoints`, and `demand_checkpoints` asks all of it again when orders are released.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.accounts.models import ApprovalRequest, ApprovalState, User
from apps.accounts.selectors.firm_days import firm_today
from apps.accounts.services.approvals import approval_for, demand_approval, digest_of, request_approval
from apps.accounts.services.proofs import Proof, demand_proof
from apps.compliance.engine.checkpoints import Fact, complexities, judge
from apps.compliance.models import CheckpointKind, CheckpointVerdict
from apps.compliance.selectors.checkpoints import (
    approved_by,
    client_facts,
    complexity_limits,
    fact_words,
    latest_records,
    rules_in_force,
    suitability_facts,
)
from apps.compliance.services.checkpoints import Finding, record_checkpoint
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import DomainError, InvalidInputError, NotAllowedError, gettext_noop
from apps.kernel.money import Money
from apps.portfolios.models import TradeProposal, TradeState
from apps.portfolios.models.trade import ADVISOR_REVIEW, COMPLIANCE_REVIEW, MANAGER_REVIEW
from apps.portfolios.selectors.trade_facts import accounts_unheard, client_decides, owners_of, trade_facts
from apps.portfolios.selectors.trade_steps import asks_client
from apps.portfolios.services.trade_lines import LotPick, TradeLine, checked_lines
from apps.portfolios.services.trades import TradeStepError, drop_reviews, locked_proposal, move_proposal, tell

PASSED, FAILED, NOT_REQUIRED = CheckpointVerdict.PASSED, CheckpointVerdict.FAILED, CheckpointVerdict.NOT_REQUIRED
_FACT_OF = {ADVISOR_REVIEW: "advisor", MANAGER_REVIEW: "manager", COMPLIANCE_REVIEW: "compliance"}


class CheckpointOpenError(DomainError):
    """A checkpoint before the market does not let the proposal pass, or no longer does."""

    code = "checkpoint_open"


@dataclass(frozen=True, slots=True)
class ClientWord:
    """What a client decided in the portal: by which name, proved how and when, and for a decline why."""

    approves: bool
    typed_name: str = ""
    reason: str = ""
    proof: Proof = field(default_factory=Proof)


@service
def pass_checkpoints(*, proposal: TradeProposal, by: Actor) -> TradeProposal:
    """Take a proposal through the checkpoints as far as it gets; what is missing stays to be asked again.

    One that was cleared is asked anew: it may have become complex since. Raises TradeStepError for one that is ordered
    or over, CheckpointOpenError for one that came too late, and what
    `checked_lines` raises where the book has no room for it any more.
    """
    locked = locked_proposal(proposal)
    if locked.state not in {TradeState.DRAFT, TradeState.CHECKING, TradeState.CLEARED}:
        raise TradeStepError(gettext_noop("The proposal is past its checkpoints, or over."))
    _in_time(locked)
    checked_lines(locked.household, lines_of(locked), firm_today(), besides=locked)
    if locked.state != TradeState.CHECKING:
        action = "portfolios.submit_proposal" if locked.state == TradeState.DRAFT else "portfolios.recheck_proposal"
        move_proposal(locked, TradeState.CHECKING, action=action, by=by)
    return _go_on(locked, by)


def _go_on(locked: TradeProposal, by: Actor) -> TradeProposal:
    if _verify_client(locked, by) and _review(locked, by) and _client_agrees(locked, by):
        move_proposal(locked, TradeState.CLEARED, action="portfolios.clear_proposal", by=by)
    else:
        tell(locked)
    return locked


@service
def hear_trade_review(*, request: ApprovalRequest, by: Actor) -> None:
    """Take up how a review ended: a decline ends the proposal, the last approval takes it on."""
    proposal = TradeProposal.objects.filter(public_id=request.target_id, state=TradeState.CHECKING).first()
    if proposal is None:
        return
    locked = locked_proposal(proposal)
    if request.state == ApprovalState.APPROVED:
        _go_on(locked, by)
    elif request.state == ApprovalState.DECLINED:
        note = request.decisions.order_by("-pk").values_list("note", flat=True).first() or ""
        facts = [Fact(_FACT_OF[request.kind], holds=False)]
        _keep(locked, CheckpointKind.REVIEW, FAILED, facts, by=by, approvals=[str(request.public_id)])
        decline(locked, note, by)


@service
def decide_as_client(*, proposal: TradeProposal, word: ClientWord, by: Actor) -> TradeProposal:
    """Approve or decline as an owner of the accounts, in the portal; one owner of every account must approve.

    Raises NotAllowedError for anybody else, TradeStepError when the client is not asked (any more), InvalidInputError
    for an approval without one's name and for a decline without a reason, ProofNeededError for an approval by somebody
    who has not just proved who they are: a session left open signs nothing.
    """
    locked = locked_proposal(proposal)
    person = next((each for each in owners_of(locked) if each.user_id == by.user_id), None)
    if person is None or by.user_id is None or not by.is_person:
        raise NotAllowedError(gettext_noop("Only an owner of the accounts decides this, in the portal."))
    if locked.state != TradeState.CHECKING or not waits_for_client(locked):
        raise TradeStepError(gettext_noop("These trades do not wait for your word."))
    if word.approves and word.typed_name.strip().casefold() != str(person).casefold():
        raise InvalidInputError(gettext_noop("Type your name as it is shown."), field="typed_name")
    if word.approves:
        demand_proof(word.proof)
    if not word.approves and not word.reason.strip():
        raise InvalidInputError(gettext_noop("Say what has to change."), field="reason")
    facts = [Fact("client", word.approves, {"names": str(person)})]
    unheard = accounts_unheard(locked, approved_by(locked.public_id) | {by.key}) if word.approves else []
    if unheard:
        facts.append(Fact("client_each", holds=False, told={"names": ", ".join(each.name for each in unheard)}))
    note = f"{word.reason.strip()} [{word.proof.evidence}]".strip()
    _keep(locked, CheckpointKind.APPROVAL, PASSED if judge(facts).passed else FAILED, facts, by=by, note=note)
    if word.approves:
        return _go_on(locked, by)
    return decline(locked, word.reason.strip(), by)


def waits_for_client(proposal: TradeProposal) -> bool:
    """Say whether all that comes before the client's word is passed, and the word is missing."""
    records, digest = latest_records(proposal.public_id), digest_of(proposal)
    return asks_client(proposal) and all(
        records[kind].target_digest == digest for kind in (CheckpointKind.CLIENT, CheckpointKind.REVIEW)
    )


def demand_checkpoints(proposal: TradeProposal, day: dt.date) -> None:
    """Raise unless a locked proposal may be ordered now: every checkpoint is asked again, whoever calls.

    Raises CheckpointOpenError, ApprovalMissingError, and what `checked_lines` raises.
    """
    if proposal.state != TradeState.CLEARED:
        raise CheckpointOpenError(
            gettext_noop("“%(purpose)s” is not cleared."),
            mend=gettext_noop("It must pass its checkpoints first."),
            purpose=proposal.purpose,
        )
    _in_time(proposal)
    records, digest, rules = latest_records(proposal.public_id), digest_of(proposal), rules_in_force()
    consent = client_decides(proposal, rules, day)
    for kind in (CheckpointKind.CLIENT, CheckpointKind.REVIEW, CheckpointKind.APPROVAL):
        record = records.get(kind)
        if record is None or not record.lets_pass or record.target_digest != digest:
            raise _open(str(kind.label))
    if consent and records[CheckpointKind.APPROVAL].verdict != PASSED:
        raise _open(str(CheckpointKind.APPROVAL.label))
    demand_facts(proposal, day)
    for review in _reviews_needed(proposal):
        demand_approval(kind=review, target=proposal)
    checked_lines(proposal.household, lines_of(proposal), day, besides=proposal)


def demand_facts(proposal: TradeProposal, day: dt.date) -> None:
    """Raise CheckpointOpenError where the client's file or the suitability of a proposal no longer lets it pass."""
    facts, consent = trade_facts(proposal, day), client_decides(proposal, rules_in_force(), day)
    asked = client_facts(proposal.household, owners_of(proposal), needs_portal=consent)
    asked += suitability_facts(proposal.household, facts.equity_before, facts.equity_after, day)
    for missing in judge(asked).missing:
        raise _open(fact_words(missing))


def _open(what: str) -> CheckpointOpenError:
    return CheckpointOpenError(
        gettext_noop("A checkpoint does not let this pass: %(what)s"),
        mend=gettext_noop("Mend it and take the proposal through the checkpoints again."),
        what=what,
    )


def lines_of(proposal: TradeProposal) -> list[TradeLine]:
    """Return the lines as they were proposed, to be held against the book again."""
    rows = proposal.lines.select_related("account", "instrument__master").prefetch_related("lots").order_by("pk")
    return [
        TradeLine(
            account=row.account,
            instrument=row.instrument,
            side=row.side,
            quantity=row.quantity,
            limit_price=row.limit_price,
            lots=tuple(LotPick(lot.lot_id, lot.quantity, lot.acquired_on) for lot in row.lots.all()),
            reason=row.reason,
        )
        for row in rows
    ]


def decline(locked: TradeProposal, reason: str, by: Actor) -> TradeProposal:
    """End a locked proposal, and the reviews that wait for it."""
    move_proposal(locked, TradeState.DECLINED, action="portfolios.decline_proposal", by=by, reason=reason)
    drop_reviews(locked, by)
    return locked


def _in_time(proposal: TradeProposal) -> None:
    if proposal.expires_on < firm_today():
        raise CheckpointOpenError(
            gettext_noop("The proposal held until %(day)s."),
            mend=gettext_noop("Propose the trades anew: prices and holdings have moved."),
            day=proposal.expires_on.isoformat(),
        )


def _keep(
    proposal: TradeProposal, kind: CheckpointKind, verdict: CheckpointVerdict, facts: Sequence[Fact], **more: Any
) -> None:
    by = more.pop("by")
    finding = Finding(kind, verdict, digest_of(proposal), tuple(facts), **more)
    record_checkpoint(household=proposal.household, target=proposal, finding=finding, by=by)


def _verify_client(proposal: TradeProposal, by: Actor) -> bool:
    consent = client_decides(proposal, rules_in_force(), firm_today())
    judgement = judge(client_facts(proposal.household, owners_of(proposal), needs_portal=consent))
    _keep(proposal, CheckpointKind.CLIENT, PASSED if judgement.passed else FAILED, judgement.facts, by=by)
    return judgement.passed


def _review(proposal: TradeProposal, by: Actor) -> bool:
    today = firm_today()
    known = trade_facts(proposal, today)
    suited = judge(suitability_facts(proposal.household, known.equity_before, known.equity_after, today))
    if not suited.passed:
        _keep(proposal, CheckpointKind.REVIEW, FAILED, suited.facts, by=by)
        return False
    kinds = _reviews_needed(proposal)
    requests = [approval_for(kind=kind, target=proposal) for kind in kinds]
    digest = digest_of(proposal)
    done = {r.kind: r for r in requests if r is not None and r.is_approved and r.payload_digest == digest}
    for kind in kinds:
        if kind not in done:
            _ask(proposal, kind, by)
    if len(done) < len(kinds):
        return False
    facts = [*suited.facts, *(Fact(_FACT_OF[kind], holds=True, told={"names": _names(done[kind])}) for kind in kinds)]
    if ADVISOR_REVIEW not in kinds:
        facts.append(Fact("advisor", holds=True, told={"names": proposal.proposed_label}))
    approvals = [str(done[kind].public_id) for kind in kinds]
    _keep(proposal, CheckpointKind.REVIEW, PASSED, facts, by=by, approvals=approvals)
    return True


def _reviews_needed(proposal: TradeProposal) -> list[str]:
    """Compliance always; a manager for complex trades; an advisor where none proposed them.

    What was proposed for the household on one day counts together: a large trade is not split below the limits.
    """
    known = trade_facts(proposal, firm_today())
    kinds = [COMPLIANCE_REVIEW]
    if complexities(known.of_day, complexity_limits(rules_in_force())):
        kinds.append(MANAGER_REVIEW)
    if not User.objects.licensed().filter(pk=proposal.proposed_by_id or 0).exists():
        kinds.append(ADVISOR_REVIEW)
    return kinds


def _ask(proposal: TradeProposal, kind: str, by: Actor) -> None:
    # who proposed asks, whoever took the last step: nobody reviews what they proposed
    asks = proposal.proposed_by.as_actor() if proposal.proposed_by is not None else by
    currency = proposal.household.currency
    amount = Money(trade_facts(proposal, firm_today()).of_day.amount, currency)
    reasons = [str(line) for line in proposal.lines.select_related("instrument").order_by("pk")[:10]]
    title = f"{proposal.purpose} ({proposal.household.name})"
    request_approval(kind=kind, target=proposal, title=title, amount=amount, reasons=reasons, by=asks)


def _names(request: ApprovalRequest) -> str:
    people = request.decisions.select_related("decided_by").order_by("pk")
    return ", ".join(str(decision.decided_by) for decision in people)


def _client_agrees(proposal: TradeProposal, by: Actor) -> bool:
    if not client_decides(proposal, rules_in_force(), firm_today()):
        _keep(proposal, CheckpointKind.APPROVAL, NOT_REQUIRED, (), by=by)
        return True
    record = latest_records(proposal.public_id).get(CheckpointKind.APPROVAL)
    return record is not None and record.verdict == PASSED and record.target_digest == digest_of(proposal)
