"""Who may decide what, and what waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.utils import timezone

from apps.accounts import ports
from apps.accounts.models import ApprovalRequest, ApprovalRule, Delegation, FirmProfile, User
from apps.accounts.policies import Permission, Role
from apps.core.actors import Actor
from apps.kernel.errors import NotFoundError, gettext_noop

# who decides where no rule names others: those who see every household
REVIEWING_ROLES = frozenset({Role.PRINCIPAL, Role.COMPLIANCE})


@dataclass(frozen=True, slots=True)
class Approver:
    """One who may decide a request, by right or in somebody's place."""

    user: User
    in_place_of: User | None = None


def rule_for(kind: str, amount: Decimal | None) -> ApprovalRule | None:
    """Return the rule in force for the kind with the highest limit that the amount exceeds."""
    rules = ApprovalRule.objects.filter(kind=kind, is_active=True)
    passed = models.Q(above_amount=None)
    if amount is not None:
        passed |= models.Q(above_amount__lt=amount)
    return rules.filter(passed).order_by(models.F("above_amount").desc(nulls_last=True)).first()


def approvers_of(request: ApprovalRequest) -> list[Approver]:
    """Return who may decide the request now.

    The people or the role of its rule; without a rule, or when its rule leaves nobody, principals and compliance
    officers; when that leaves nobody, every licensed person. Whoever is asked besides after the deadline joins them,
    and so does whoever decides in the place of one of them today. Who asked is never among them, and nobody decides
    in the place of who asked.
    """
    licensed = [user for user in User.objects.licensed() if user.pk != request.requested_by_id]
    pool = _named(request.rule, licensed) or [user for user in licensed if user.role in REVIEWING_ROLES] or licensed
    if request.escalated_at and request.rule and request.rule.escalate_to in licensed:
        pool = [*pool, request.rule.escalate_to]
    by_right = {user.pk: Approver(user) for user in pool}
    today = timezone.localdate()
    standing_in = Delegation.objects.filter(
        delegator__in=list(by_right), starts_on__lte=today, ends_on__gte=today, ended_at=None
    ).select_related("delegator", "delegate")
    found = dict(by_right)
    for delegation in standing_in:
        if any(user.pk == delegation.delegate_id for user in licensed):
            found.setdefault(delegation.delegate_id, Approver(delegation.delegate, in_place_of=delegation.delegator))
    return list(found.values())


def _named(rule: ApprovalRule | None, licensed: list[User]) -> list[User]:
    if rule is None:
        return []
    people = set(rule.approvers.values_list("pk", flat=True))
    if people:
        return [user for user in licensed if user.pk in people]
    return [user for user in licensed if user.role == rule.approver_role]


def lone_reviewer(request: ApprovalRequest) -> User | None:
    """Return who may review their own request: the one licensed person of the firm, if they asked; else None."""
    licensed = list(User.objects.licensed()[:2])
    return licensed[0] if len(licensed) == 1 and licensed[0].pk == request.requested_by_id else None


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A request as its page shows it to one reader.

    What is asked for the whole firm (a billing run) names households and sums that who asked may not see otherwise:
    `shows_whole` is for who decides or sees every household.
    """

    request: ApprovalRequest
    approvers: tuple[Approver, ...]
    may_decide: bool
    may_withdraw: bool
    may_self_review: bool
    self_review_minutes: int
    is_overdue: bool
    shows_whole: bool


def approval_view(actor: Actor, public_id: UUID) -> ApprovalView:
    """Return the request as the actor may see it; NotFoundError for one that is not theirs to see."""
    requests = ApprovalRequest.objects.select_related("rule__escalate_to", "requested_by", "self_review")
    request = requests.filter(public_id=public_id).first()
    approvers = approvers_of(request) if request and request.is_pending else []
    mine = any(approver.user.pk == actor.user_id for approver in approvers)
    if request is None or not (mine or ApprovalRequest.objects.visible_to(actor).filter(pk=request.pk).exists()):
        raise NotFoundError(gettext_noop("There is no such approval request, or it is not yours to see."))
    decided = request.decisions.filter(decided_by_id=actor.user_id).exists()
    lone = lone_reviewer(request) if request.is_pending else None
    return ApprovalView(
        request=request,
        approvers=tuple(approvers),
        may_decide=mine and not decided,
        may_withdraw=request.is_pending and request.requested_by_id == actor.user_id,
        may_self_review=lone is not None and lone.pk == actor.user_id,
        self_review_minutes=FirmProfile.current().self_review_minutes,
        is_overdue=request.is_pending and request.due_at < timezone.now(),
        shows_whole=bool(request.subject_type)
        or mine
        or decided
        or (lone is not None and lone.pk == actor.user_id)
        or actor.can(Permission.VIEW_ALL_HOUSEHOLDS),
    )


@dataclass(frozen=True, slots=True)
class ApprovalQueue:
    """What waits for one person, what waits for others by their asking, and what was closed lately.

    `partly` are those of which the reader may not see the whole (ApprovalView), by row id.
    """

    waiting: tuple[ApprovalRequest, ...]
    asked: tuple[ApprovalRequest, ...]
    closed: tuple[ApprovalRequest, ...]
    partly: frozenset[int]


def approval_queue(actor: Actor) -> ApprovalQueue:
    """Return the actor's queue: most urgent first; a lone reviewer's own requests wait for themselves."""
    pending = list(ApprovalRequest.objects.pending().select_related("rule__escalate_to", "requested_by"))
    decided = set(
        ApprovalRequest.objects.pending().filter(decisions__decided_by_id=actor.user_id).values_list("pk", flat=True)
    )
    waiting = [r for r in pending if r.pk not in decided and _waits_for(r, actor)]
    mine = [r for r in pending if r.requested_by_id == actor.user_id and r not in waiting]
    closed = list(ApprovalRequest.objects.visible_to(actor).exclude(state="pending").order_by("-closed_at")[:20])
    sees_all = actor.can(Permission.VIEW_ALL_HOUSEHOLDS)
    own = [r for r in (*mine, *closed) if r.requested_by_id == actor.user_id and not r.subject_type and not sees_all]
    return ApprovalQueue(tuple(waiting), tuple(mine), tuple(closed), frozenset(r.pk for r in own))


def _waits_for(request: ApprovalRequest, actor: Actor) -> bool:
    if any(approver.user.pk == actor.user_id for approver in approvers_of(request)):
        return True
    lone = lone_reviewer(request)
    return lone is not None and lone.pk == actor.user_id


@dataclass(frozen=True, slots=True)
class ApprovalSetup:
    """The rules in force with what they are called, and the delegations that the reader may see."""

    rules: tuple[tuple[ApprovalRule, str], ...]
    delegations: tuple[Delegation, ...]


def rules_and_delegations(actor: Actor) -> ApprovalSetup:
    """Return all rules; delegations that are not over: all of them for principals, else one's own."""
    labels = {**ports.approval_kinds()}
    rules = ApprovalRule.objects.filter(is_active=True).prefetch_related("approvers").select_related("escalate_to")
    return ApprovalSetup(
        rules=tuple((rule, str(labels.get(rule.kind, rule.kind))) for rule in rules),
        delegations=tuple(_delegations(actor).filter(ended_at=None, ends_on__gte=timezone.localdate())),
    )


def _delegations(actor: Actor) -> models.QuerySet[Delegation]:
    all_of_them = Delegation.objects.select_related("delegator", "delegate")
    if actor.can(Permission.MANAGE_FIRM):
        return all_of_them
    return all_of_them.filter(models.Q(delegator_id=actor.user_id) | models.Q(delegate_id=actor.user_id))


def delegation_for(actor: Actor, public_id: UUID) -> Delegation:
    """Return a delegation that the actor may see; NotFoundError otherwise."""
    found = _delegations(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such delegation."))
    return found


def rule_by_id(public_id: UUID) -> ApprovalRule:
    """Return a rule; NotFoundError when there is none."""
    found = ApprovalRule.objects.filter(public_id=public_id).first()
    if found is None:
        raise NotFoundError(gettext_noop("There is no such rule."))
    return found
