"""Checkpoints before money moves: the firm's rules, and what was found at each, kept as it was found."""

from __future__ import annotations

from typing import ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.models import BaseModel


class CheckpointKind(models.TextChoices):
    """Which checkpoint."""

    CLIENT = "client_verification", _("Client verification")
    REVIEW = "investment_review", _("Investment review")
    APPROVAL = "client_approval", _("Client approval")
    PORTFOLIO = "portfolio_verification", _("Portfolio verification")


class CheckpointVerdict(models.TextChoices):
    """What was found."""

    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not passed")
    NOT_REQUIRED = "not_required", _("Not required")


class ConsentRule(models.TextChoices):
    """When clients without a word of their own are asked."""

    MANDATE = "mandate", _("Where the mandate asks for it")
    ALWAYS = "always", _("Always")


class CheckpointRules(BaseModel):
    """What makes trades complex, so that a manager reviews them too, and when the client is asked. The latest holds."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"set_by"})

    manager_above_amount = models.DecimalField(
        _("a manager reviews above"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    manager_above_share = models.DecimalField(
        _("or above this share of the portfolio"),
        max_digits=7,
        decimal_places=6,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    manager_above_lines = models.PositiveSmallIntegerField(_("or above this many trades"))
    consent = models.CharField(_("the client approves"), max_length=8, choices=ConsentRule.choices)
    set_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.manager_above_amount} / {self.manager_above_share} / {self.manager_above_lines}"

    def audit_subject(self) -> None:
        """The rules are the firm's."""
        return


class CheckpointRecordQuerySet(models.QuerySet["CheckpointRecord"]):
    """Records by who may see them and by what they are about."""

    def visible_to(self, actor: Actor) -> Self:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class CheckpointRecord(BaseModel):
    """What was found at a checkpoint, about a record of another app as its digest names it. Never changed.

    `facts` are what was looked at: key, whether it holds, and its words. `approvals` are public ids of the requests
    that people decided.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"facts", "note", "recorded_label"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="checkpoints", verbose_name=_("household"))
    kind = models.CharField(_("checkpoint"), max_length=22, choices=CheckpointKind.choices)
    target_type = models.CharField(max_length=80)
    target_id = models.UUIDField()
    target_digest = models.CharField(max_length=64)
    verdict = models.CharField(_("verdict"), max_length=12, choices=CheckpointVerdict.choices)
    facts = models.JSONField(default=list, blank=True)
    approvals = models.JSONField(default=list, blank=True)
    note = models.TextField(_("note"), blank=True)
    rules = models.ForeignKey(CheckpointRules, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_key = models.CharField(max_length=120)
    recorded_label = models.CharField(_("by"), max_length=200)

    objects = CheckpointRecordQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["target_id", "kind"], name="checkpoint_of_target"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(kind__in=CheckpointKind.values), name="checkpoint_kind_known"),
            models.CheckConstraint(
                condition=models.Q(verdict__in=CheckpointVerdict.values), name="checkpoint_verdict_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_verdict_display()}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    @property
    def lets_pass(self) -> bool:
        """Whether the next step may follow."""
        return self.verdict != CheckpointVerdict.FAILED
