"""The approval engine: ask a second person, decide, escalate, hold to exactly what was approved."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts import ports
from apps.accounts.models import ApprovalDecision, ApprovalRequest, ApprovalState, User, Verdict
from apps.accounts.selectors.approvals import Approver, approvers_of, rule_for
from apps.core import audit, realtime
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.kernel.errors import DomainError, InvalidInputError, NotAllowedError, gettext_noop
from apps.kernel.money import Money

# why a request ends by itself
_NEWER, _CHANGED = gettext_noop("A newer version was sent."), gettext_noop("The record has changed.")
DEFAULT_DEADLINE = dt.timedelta(hours=72)
# where a record stands changes by the approval itself: it is no part of what is approved
_PROGRESS_FIELDS = frozenset({"state", "status"})


class ApprovalClosedError(DomainError):
    """The request was decided, withdrawn or voided before."""

    code = "approval_closed"


class ApprovalMissingError(DomainError):
    """What is to be done has no approval that holds for what it is now."""

    code = "approval_missing"


class OwnRequestError(NotAllowedError):
    """Somebody would decide what they asked for."""

    code = "own_request"


class NotAnApproverError(NotAllowedError):
    """The rule of the request names others."""

    code = "not_an_approver"


def payload_of(target: models.Model) -> Mapping[str, Any]:
    """Return what an approval of the record is about: its `approval_payload()`, else all its fields but its state."""
    own = getattr(target, "approval_payload", None)
    payload: Mapping[str, Any] = own() if callable(own) else audit.snapshot(target, without=_PROGRESS_FIELDS)
    return payload


def digest_of(target: models.Model) -> str:
    """Return a digest of what an approval of the record is about."""
    text = json.dumps(payload_of(target), cls=DjangoJSONEncoder, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@service
def request_approval(  # noqa: PLR0913 - the facts of a request, by name, as every app above gives them
    *,
    kind: str,
    target: models.Model,
    title: str,
    by: Actor,
    amount: Money | None = None,
    suggestion: str = "",
    reasons: Sequence[str] = (),
) -> ApprovalRequest:
    """Ask that a record be approved as it is now.

    The same record asked for twice is one request; one that waits for an older version of the record is voided.
    """
    hold_target(target)
    digest = digest_of(target)
    waiting = ApprovalRequest.objects.select_for_update().filter(kind=kind, **_key(target)).pending().first()
    if waiting is not None and waiting.payload_digest == digest:
        return waiting
    if waiting is not None:
        _close(waiting, ApprovalState.VOIDED, action="accounts.void_approval", by=by, reason=_NEWER)
    rule = rule_for(kind, amount.amount if amount else None)
    hours = dt.timedelta(hours=rule.deadline_hours) if rule else DEFAULT_DEADLINE
    request = ApprovalRequest(
        kind=kind,
        title=title[:200],
        amount=amount.amount if amount else None,
        currency=amount.currency if amount else "",
        payload_digest=digest,
        suggestion=suggestion[:300],
        reasons=[str(reason) for reason in reasons],
        requested_by_id=by.user_id,
        requested_key=by.key,
        requested_label=by.label[:200],
        rule=rule,
        approvals_needed=rule.approvals_needed if rule else 1,
        due_at=timezone.now() + hours,
        target_url=_page_of(target),
        **_key(target),
        **_subject(target),
    )
    request.full_clean()
    request.save()
    audit.record("accounts.request_approval", by=by, target=request, after=audit.snapshot(request))
    for approver in approvers_of(request):
        _tell(approver.user, "approval.requested", request)
    return request


@service
def decide_approval(*, request: ApprovalRequest, decision: str, note: str = "", by: Actor) -> ApprovalRequest:
    """Approve or decline as one of those who may; a decline ends the request, enough approvals approve it.

    Raises ApprovalClosedError when it is no longer pending, OwnRequestError for who asked, NotAnApproverError for
    who is not among the approvers or has decided before, InvalidInputError for a decline without a note.
    """
    request = _locked_pending(request)
    approver = _approver(request, by)
    if decision not in Verdict.values:
        raise InvalidInputError(gettext_noop("Choose approve or decline."), field="decision")
    if decision == Verdict.DECLINE and not note.strip():
        raise InvalidInputError(
            gettext_noop("A decline needs a note."), mend=gettext_noop("Say what has to change."), field="note"
        )
    made = ApprovalDecision.objects.create(
        request=request,
        decided_by=approver.user,
        in_place_of=approver.in_place_of,
        verdict=decision,
        note=note.strip(),
    )
    audit.record("accounts.decide_approval", by=by, target=request, after=audit.snapshot(made), reason=made.note)
    if decision == Verdict.DECLINE:
        _close(request, ApprovalState.DECLINED, action="accounts.decline_request", by=by, reason=made.note)
    elif request.decisions.filter(verdict=Verdict.APPROVE).count() >= request.approvals_needed:
        _close(request, ApprovalState.APPROVED, action="accounts.approve_request", by=by, reason=made.note)
    return request


@service
def withdraw_approval(*, request: ApprovalRequest, by: Actor) -> ApprovalRequest:
    """Take a request back.

    Raises NotAllowedError unless one asked for it, ApprovalClosedError when it is no longer pending.
    """
    request = _locked_pending(request)
    if by.key != request.requested_key:
        raise NotAllowedError(
            gettext_noop("%(name)s asked for this approval."),
            mend=gettext_noop("Only who asked may take a request back; you can decline it."),
            name=request.requested_label,
        )
    _close(request, ApprovalState.WITHDRAWN, action="accounts.withdraw_approval", by=by)
    return request


@service
def drop_approval(*, request: ApprovalRequest, by: Actor, reason: str = "") -> ApprovalRequest:
    """Withdraw a request whose record is taken back, whoever asked for it. Raises ApprovalClosedError."""
    request = _locked_pending(request)
    _close(request, ApprovalState.WITHDRAWN, action="accounts.withdraw_approval", by=by, reason=reason)
    return request


@service
def void_if_changed(*, request: ApprovalRequest, target: models.Model, by: Actor) -> bool:
    """End a request or an approval whose record has changed since; say whether it had."""
    hold_target(target)
    request = ApprovalRequest.objects.select_for_update().get(pk=request.pk)
    open_states = {ApprovalState.PENDING, ApprovalState.APPROVED}
    if request.state not in open_states or request.payload_digest == digest_of(target):
        return False
    _close(request, ApprovalState.VOIDED, action="accounts.void_approval", by=by, reason=_CHANGED)
    return True


def approval_for(*, kind: str, target: models.Model) -> ApprovalRequest | None:
    """Return the latest request of the kind for the record, if there is one."""
    return ApprovalRequest.objects.filter(kind=kind, **_key(target)).order_by("-id").first()


def demand_approval(*, kind: str, target: models.Model) -> ApprovalRequest:
    """Return the approval that holds for the record as it is now, or raise ApprovalMissingError."""
    request = approval_for(kind=kind, target=target)
    if request is None or not request.is_approved:
        raise ApprovalMissingError(
            gettext_noop("This is not approved yet."), mend=gettext_noop("A second person must approve it first.")
        )
    if request.payload_digest != digest_of(target):
        raise ApprovalMissingError(
            gettext_noop("This has changed since it was approved."), mend=gettext_noop("Ask for approval again.")
        )
    return request


@service
def escalate_overdue(*, by: Actor) -> int:
    """Ask the person named by the rule once a deadline has passed; return how many requests were escalated."""
    overdue = ApprovalRequest.objects.pending().filter(
        due_at__lt=timezone.now(), escalated_at=None, rule__escalate_to__is_active=True
    )
    n = 0
    for request in overdue.select_for_update(of=("self",), skip_locked=True).select_related("rule__escalate_to"):
        request.escalated_at = timezone.now()
        request.save(update_fields=["escalated_at", "updated_at"])
        asked = request.rule.escalate_to if request.rule else None
        if asked is None:  # the query asks for one
            continue
        audit.record("accounts.escalate_approval", by=by, target=request, after={"asked": str(asked.public_id)})
        ports.post()(
            kind="accounts/approval_overdue",
            to=asked.email,
            locale=asked.locale,
            context={
                "name": asked.full_name,
                "title": request.title,
                "due_at": request.due_at,
                "action_url": site_url(f"/approvals/{request.public_id}/"),
                "action_label": _("Open the request"),
            },
            by=by,
        )
        _tell(asked, "approval.requested", request)
        n += 1
    return n


def close_approved(*, request: ApprovalRequest, by: Actor, reason: str) -> None:
    """Approve a locked request whose decisions suffice: the end of a self-review (services.self_reviews)."""
    _close(request, ApprovalState.APPROVED, action="accounts.approve_request", by=by, reason=reason)


def locked_pending(request: ApprovalRequest) -> ApprovalRequest:
    """Return the request locked for this transaction, or raise ApprovalClosedError."""
    return _locked_pending(request)


def hold_target(target: models.Model) -> None:
    """Have all that concerns the approvals of one record follow each other, to the end of the transaction.

    It is taken before the rows: who decides locks the request and then the record, who takes the record back locks it
    first, and the two would wait for each other.
    """
    _hold(**_key(target))


def _hold(*, target_type: str, target_id: Any) -> None:
    scope = f"accounts.approval.{target_type}.{target_id}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || %s, 0))", [scope])


def _locked_pending(request: ApprovalRequest) -> ApprovalRequest:
    _hold(target_type=request.target_type, target_id=request.target_id)
    locked = ApprovalRequest.objects.select_for_update().get(pk=request.pk)
    if not locked.is_pending:
        raise ApprovalClosedError(
            gettext_noop("This request is closed: %(state)s."), state=locked.get_state_display().lower()
        )
    return locked


def _approver(request: ApprovalRequest, by: Actor) -> Approver:
    if by.key == request.requested_key:
        raise OwnRequestError(
            gettext_noop("You asked for this approval yourself."), mend=gettext_noop("Another person has to decide it.")
        )
    found = next((approver for approver in approvers_of(request) if approver.user.pk == by.user_id), None)
    if by.user_id is None or found is None:
        raise NotAnApproverError(
            gettext_noop("You are not among those who may decide this."),
            mend=gettext_noop("Its page lists who may."),
        )
    if request.decisions.filter(decided_by_id=by.user_id).exists():
        raise NotAnApproverError(gettext_noop("You have decided this request already."))
    return found


def _close(request: ApprovalRequest, state: ApprovalState, *, action: str, by: Actor, reason: str = "") -> None:
    before = {"state": request.state}
    request.state, request.closed_at = state, timezone.now()
    request.save(update_fields=["state", "closed_at", "updated_at"])
    audit.record(action, by=by, target=request, before=before, after={"state": request.state}, reason=reason)
    hears = ports.decision(request.kind)
    if hears is not None:
        hears(request=request, by=by)
    if request.requested_by is not None:
        _tell(request.requested_by, "approval.closed", request)


def _tell(user: User, kind: str, request: ApprovalRequest) -> None:
    realtime.publish(f"user:{user.public_id}", kind, approval=str(request.public_id))


def _key(target: models.Model) -> dict[str, Any]:
    return {"target_type": target._meta.label, "target_id": target.public_id}  # type: ignore[attr-defined]


def _subject(target: models.Model) -> dict[str, Any]:
    subject = getattr(target, "audit_subject", lambda: None)()
    return {"subject_type": subject._meta.label, "subject_id": subject.public_id} if subject else {}


def _page_of(target: models.Model) -> str:
    page = getattr(target, "get_absolute_url", None)
    return str(page()) if callable(page) else ""
