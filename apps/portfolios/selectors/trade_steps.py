"""How far a proposal is: its steps, what was found at each checkpoint, and who has the ball."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import ApprovalRequest
from apps.compliance.models import CheckpointKind, CheckpointRecord, CheckpointVerdict
from apps.compliance.selectors.checkpoints import approvals_of, fact_words, facts_of, latest_records, records_of
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.portfolios.models import Account, TradeProposal, TradeState
from apps.portfolios.models.trade import REVIEW_KINDS
from apps.portfolios.selectors.trade_facts import unheard

_TONES = {CheckpointVerdict.PASSED: "good", CheckpointVerdict.FAILED: "bad", CheckpointVerdict.NOT_REQUIRED: ""}
_BEFORE = (CheckpointKind.CLIENT, CheckpointKind.REVIEW, CheckpointKind.APPROVAL)
_PAST_CHECKS = {TradeState.CLEARED, TradeState.ORDERED, TradeState.FILLED, TradeState.VERIFIED}
OWNERS_OF_LINES = "lines__account__owners__person__user"
_ORDERED = {TradeState.ORDERED, TradeState.FILLED, TradeState.VERIFIED}


@dataclass(frozen=True, slots=True)
class TradeStep:
    """One step; `state` is done, now, blocked or next, `who` has the ball."""

    name: str
    state: str
    who: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ShownFact:
    """What was looked at, in words."""

    holds: bool
    words: str


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A checkpoint's record as the page shows it."""

    label: str
    verdict: str
    tone: str
    who: str
    at: dt.datetime
    facts: tuple[ShownFact, ...]
    note: str


@dataclass(frozen=True, slots=True)
class TradeProgress:
    """Steps, records, and the reviews that wait."""

    steps: tuple[TradeStep, ...]
    records: tuple[ShownRecord, ...]
    waiting: tuple[tuple[str, str], ...]
    stopped: bool


def trade_progress(proposal: TradeProposal) -> TradeProgress:
    """Return how far the proposal is."""
    records = latest_records(proposal.public_id)
    requests = _reviews([proposal.public_id]).order_by("pk")
    waiting = tuple((r.title, reverse("accounts:approval", args=[r.public_id])) for r in requests)
    if waiting:
        # a record from before is no answer to what is asked now
        records.pop(CheckpointKind.REVIEW, None)
    history = CheckpointRecord.objects.filter(target_id=proposal.public_id).order_by("-id")
    return TradeProgress(
        steps=tuple(_steps(proposal, records)),
        records=tuple(_shown(record) for record in history),
        waiting=waiting,
        stopped=proposal.state == TradeState.CHECKING
        and any(not r.lets_pass for kind, r in records.items() if kind != CheckpointKind.APPROVAL),
    )


def _steps(proposal: TradeProposal, records: dict[str, CheckpointRecord]) -> list[TradeStep]:
    over = proposal.state in {TradeState.DECLINED, TradeState.WITHDRAWN, TradeState.EXPIRED}
    done = [proposal.state != TradeState.DRAFT]
    done += [proposal.state in _PAST_CHECKS or (k in records and records[k].lets_pass) for k in _BEFORE]
    done += [
        proposal.state in _ORDERED,
        proposal.state in {TradeState.FILLED, TradeState.VERIFIED},
        proposal.state == TradeState.VERIFIED,
    ]
    steps, found = [], over
    for (name, who), is_done in zip(_NAMES, done, strict=True):
        state = "done" if is_done else ("blocked" if over else ("next" if found else "now"))
        found = found or not is_done
        steps.append(TradeStep(str(name), state, str(who) if state == "now" else ""))
    return steps


_NAMES = (
    (_("Proposed"), _("the advisor")),
    (CheckpointKind.CLIENT.label, _("the advisor")),
    (CheckpointKind.REVIEW.label, _("a reviewer")),
    (CheckpointKind.APPROVAL.label, _("the client")),
    (_("Ordered"), _("the trading desk")),
    (_("Executed"), _("the market")),
    (CheckpointKind.PORTFOLIO.label, _("the advisor")),
)


def _shown(record: CheckpointRecord) -> ShownRecord:
    facts = tuple(ShownFact(fact.holds, fact_words(fact)) for fact in facts_of(record))
    return ShownRecord(
        label=str(record.get_kind_display()),
        verdict=str(record.get_verdict_display()),
        tone=_TONES[CheckpointVerdict(record.verdict)],
        who=record.recorded_label,
        at=record.created_at,
        facts=facts,
        note=record.note,
    )


def asks_client(proposal: TradeProposal) -> bool:
    """Say whether the proposal waits for the client's word."""
    return bool(asking_client([proposal]))


def asking_client(proposals: Iterable[TradeProposal]) -> set[uuid.UUID]:
    """Return which of the proposals wait for the client's word, in two queries."""
    checking = [row.public_id for row in proposals if row.state == TradeState.CHECKING]
    if not checking:
        return set()
    reviewed = set(_reviews(checking).values_list("target_id", flat=True))
    return {
        target_id
        for target_id, records in records_of(checking).items()
        if target_id not in reviewed and _is_before_word(records)
    }


def _is_before_word(records: Mapping[str, CheckpointRecord]) -> bool:
    before = all(kind in records and records[kind].lets_pass for kind in (CheckpointKind.CLIENT, CheckpointKind.REVIEW))
    word = records.get(CheckpointKind.APPROVAL)
    return before and (word is None or word.verdict != CheckpointVerdict.PASSED)


def _reviews(target_ids: Collection[uuid.UUID]) -> QuerySet[ApprovalRequest]:
    """Return the reviews of proposals that people are asked for."""
    return ApprovalRequest.objects.filter(target_id__in=target_ids, kind__in=REVIEW_KINDS).pending()


def clients_proposals(actor: Actor) -> list[TradeProposal]:
    """Return what a client may read, the newest first: what asks for their word or did, and what was ordered."""
    return _for_client(TradeProposal.objects.visible_to(actor))


def _for_client(rows: QuerySet[TradeProposal]) -> list[TradeProposal]:
    asked = CheckpointRecord.objects.filter(
        kind=CheckpointKind.APPROVAL, verdict__in=[CheckpointVerdict.PASSED, CheckpointVerdict.FAILED]
    )
    decided = set(asked.filter(target_id__in=rows.values("public_id")).values_list("target_id", flat=True))
    found = list(rows.select_related("household__advisor"))
    asking = asking_client(found)
    return [row for row in found if row.state in _ORDERED or row.public_id in decided | asking]


def clients_proposal(actor: Actor, public_id: uuid.UUID | str) -> TradeProposal:
    """Return one of these; raise NotFoundError otherwise."""
    found = _for_client(TradeProposal.objects.visible_to(actor).filter(public_id=public_id))
    if not found:
        raise NotFoundError(gettext_noop("There are no such trades, or they are not yours."))
    return found[0]


def waiting_for(actor: Actor) -> list[TradeProposal]:
    """Return what waits for the word of this very person: an owner of an account for which nobody spoke yet.

    The number of queries does not grow with the proposals.
    """
    rows = TradeProposal.objects.visible_to(actor).filter(
        state=TradeState.CHECKING, lines__account__owners__person__user_id=actor.user_id or 0
    )
    found = list(rows.select_related("household__advisor").prefetch_related(OWNERS_OF_LINES).distinct())
    asking = asking_client(found)
    heard = approvals_of(asking)
    return [
        row
        for row in found
        if row.public_id in asking
        and _speaks_for(actor, unheard((line.account for line in row.lines.all()), heard[row.public_id]))
    ]


def _speaks_for(actor: Actor, accounts: list[Account]) -> bool:
    return any(owner.person.user_id == actor.user_id for account in accounts for owner in account.owners.all())


def words_of_checks() -> str:
    """Return what the checkpoints are for, in one sentence."""
    return gettext("Each checkpoint leaves a record that stands; all are asked again when the orders are released.")
