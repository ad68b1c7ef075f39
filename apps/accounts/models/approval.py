"""The second pair of eyes: rules, requests, decisions, delegations, timed self-reviews."""

from __future__ import annotations

from typing import Any, ClassVar

from django.apps import apps
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import LICENSED_ROLES, Permission, Role
from apps.core.actors import Actor, ActorKind
from apps.core.history import history
from apps.core.models import BaseModel


class ApprovalRule(BaseModel):
    """Who approves what above which amount: by role, or by named people."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    kind = models.CharField(_("what is approved"), max_length=60)
    above_amount = models.DecimalField(_("above this amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    approver_role = models.CharField(
        _("approved by"),
        max_length=12,
        blank=True,
        choices=[(role.value, role.label) for role in Role if role in LICENSED_ROLES],
    )
    approvers = models.ManyToManyField(
        "accounts.User", blank=True, related_name="+", verbose_name=_("or by these people")
    )
    approvals_needed = models.PositiveSmallIntegerField(
        _("approvals needed"), default=1, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    deadline_hours = models.PositiveIntegerField(
        _("hours to decide"), default=72, validators=[MinValueValidator(1), MaxValueValidator(24 * 90)]
    )
    escalate_to = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("when overdue, also ask"),
    )
    is_active = models.BooleanField(_("in force"), default=True)

    history = history(m2m_fields=[approvers])

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        ordering = ("kind", "above_amount", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "above_amount"],
                condition=models.Q(is_active=True),
                nulls_distinct=False,
                name="one_rule_per_kind_and_limit",
                violation_error_message=_("There is a rule for this kind and amount already."),
            ),
            models.CheckConstraint(
                condition=models.Q(above_amount__isnull=True) | models.Q(above_amount__gte=0),
                name="rule_limit_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
            models.CheckConstraint(condition=models.Q(approvals_needed__gte=1), name="rule_needs_an_approval"),
        )

    def __str__(self) -> str:
        return f"{self.kind} > {self.above_amount}" if self.above_amount is not None else self.kind


class ApprovalState(models.TextChoices):
    """How a request stands."""

    PENDING = "pending", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    VOIDED = "voided", _("Void: what was asked for has changed")


class ApprovalRequestQuerySet(models.QuerySet["ApprovalRequest"]):
    """Requests by state and by who may read them."""

    def pending(self) -> ApprovalRequestQuerySet:
        """Return those that wait."""
        return self.filter(state=ApprovalState.PENDING)

    def visible_to(self, actor: Actor) -> ApprovalRequestQuerySet:
        """Return those the actor may always read: all for principals and compliance, else own ones and own decisions.

        A pending request is shown as well to whoever may decide it (selectors.approvals).
        """
        if actor.kind is ActorKind.SYSTEM or actor.can(Permission.MANAGE_FIRM) or actor.can(Permission.VIEW_COMPLIANCE):
            return self
        if actor.user_id is None:
            return self.none()
        decided = ApprovalDecision.objects.filter(decided_by_id=actor.user_id).values("request")
        return self.filter(models.Q(requested_by_id=actor.user_id) | models.Q(pk__in=decided))


class ApprovalRequest(BaseModel):
    """One thing that somebody asks a second person to approve.

    `payload_digest` is of what was asked for: an approval holds for exactly that. `suggestion` and `reasons` advise
    and never decide.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"title", "requested_label"})

    kind = models.CharField(_("kind"), max_length=60)
    target_type = models.CharField(max_length=80, verbose_name=_("type of record"))
    target_id = models.UUIDField(verbose_name=_("record, by id"))
    target_url = models.CharField(max_length=200, blank=True, verbose_name=_("page of the record"))
    subject_type = models.CharField(max_length=80, blank=True, verbose_name=_("type of subject"))
    subject_id = models.UUIDField(null=True, blank=True, verbose_name=_("subject, by id"))
    title = models.CharField(_("what"), max_length=200)
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    payload_digest = models.CharField(max_length=64, verbose_name=_("digest of the record"))
    suggestion = models.CharField(_("suggestion"), max_length=300, blank=True)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    requested_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    requested_key = models.CharField(max_length=120, verbose_name=_("requested by, as a key"))
    requested_label = models.CharField(max_length=200, verbose_name=_("requested by"))
    rule = models.ForeignKey(
        ApprovalRule, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("rule")
    )
    approvals_needed = models.PositiveSmallIntegerField(default=1, verbose_name=_("approvals needed"))
    state = models.CharField(_("state"), max_length=10, choices=ApprovalState.choices, default=ApprovalState.PENDING)
    due_at = models.DateTimeField(_("due"))
    escalated_at = models.DateTimeField(_("escalated"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = ApprovalRequestQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ("due_at", "id")
        indexes = (
            models.Index(fields=["target_type", "target_id", "kind"], name="approval_by_target"),
            models.Index(fields=["due_at"], condition=models.Q(state="pending"), name="approval_pending"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id"],
                condition=models.Q(state="pending"),
                name="one_pending_approval_per_target",
            ),
            models.CheckConstraint(condition=models.Q(state__in=ApprovalState.values), name="approval_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="pending", closed_at__isnull=True)
                | (~models.Q(state="pending") & models.Q(closed_at__isnull=False)),
                name="approval_closed_has_its_time",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_approved(self) -> bool:
        """Whether it was approved; `demand_approval` asks besides whether the target is still the same."""
        return self.state == ApprovalState.APPROVED

    @property
    def is_pending(self) -> bool:
        """Whether it waits."""
        return self.state == ApprovalState.PENDING

    def audit_subject(self) -> Any:
        """Return whose trail this is: the household of the target, if it has one."""
        if not self.subject_type:
            return None
        return apps.get_model(self.subject_type).objects.filter(public_id=self.subject_id).first()


class Verdict(models.TextChoices):
    """What one person decided."""

    APPROVE = "approve", _("Approve")
    DECLINE = "decline", _("Decline")


class ApprovalDecision(BaseModel):
    """What one person decided, and in whose place if they stood in for somebody."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"note"})

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="decisions", verbose_name=_("request"))
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("decided by"))
    in_place_of = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in place of")
    )
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    note = models.TextField(_("note"), blank=True)
    is_self_review = models.BooleanField(_("self-review"), default=False)

    class Meta:
        verbose_name = _("approval decision")
        verbose_name_plural = _("approval decisions")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["request", "decided_by"], name="one_decision_per_person"),
            models.CheckConstraint(condition=models.Q(verdict__in=Verdict.values), name="verdict_known"),
        )

    def __str__(self) -> str:
        return f"{self.decided_by}: {self.get_verdict_display()}"

    def audit_subject(self) -> Any:
        """Return whose trail this is."""
        return self.request.audit_subject()


class SelfReview(BaseModel):
    """The timed review that stands in for the second person in a firm that has one licensed person."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"attestation"})

    request = models.OneToOneField(ApprovalRequest, models.PROTECT, related_name="self_review")
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("opened"))
    attested_at = models.DateTimeField(_("attested"), null=True, blank=True)
    attestation = models.TextField(_("attestation"), blank=True)

    def __str__(self) -> str:
        return f"{self.reviewer}: {self.request}"

    def audit_subject(self) -> Any:
        """Return whose trail this is."""
        return self.request.audit_subject()


class Delegation(BaseModel):
    """Who decides in somebody's place, from one day to another."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"reason"})

    delegator = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="delegations_given", verbose_name=_("in place of")
    )
    delegate = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="delegations_held", verbose_name=_("decides")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    history = history()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-starts_on", "id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(delegator=models.F("delegate")),
                name="delegation_to_another",
                violation_error_message=_("Name somebody else."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="delegation_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"
