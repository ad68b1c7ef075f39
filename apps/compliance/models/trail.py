"""Verifications of the trail, and what was exported from it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.models import BaseModel


class TrailVerification(BaseModel):
    """One verification of the chain and what it found."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"verified_by_label"})

    verified_by = models.CharField(max_length=120)
    verified_by_label = models.CharField(max_length=200)
    is_intact = models.BooleanField()
    events = models.PositiveBigIntegerField()
    sealed = models.PositiveBigIntegerField()
    head = models.CharField(max_length=64)
    anchors = models.PositiveIntegerField()
    findings = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} {'intact' if self.is_intact else 'broken'}"


class ExportFormat(models.TextChoices):
    """What an export is made of."""

    DATA = "data", _("Data (JSON Lines with manifest)")
    PAPER = "paper", _("PDF")


class AuditExportQuerySet(models.QuerySet["AuditExport"]):
    """Exports by who may see them."""

    def visible_to(self, actor: Actor) -> AuditExportQuerySet:
        """Return those of households the actor may see; exports of the whole firm only to who sees all households."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class AuditExport(BaseModel):
    """One export of the trail: what was asked for, and the file that a job built, with its hash."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"filters", "requested_by_label"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"wrapped_key"})

    household = models.ForeignKey(
        "clients.Household", models.PROTECT, null=True, blank=True, related_name="audit_exports"
    )
    format = models.CharField(max_length=6, choices=ExportFormat.choices)
    filters = models.JSONField(default=dict, blank=True)
    requested_by = models.CharField(max_length=120)
    requested_by_label = models.CharField(max_length=200)
    job = models.ForeignKey("core.Job", models.PROTECT, null=True, blank=True, related_name="+")
    # the file lies encrypted in the firm's storage, its key wrapped by the firm's (apps.clients.models.sealed_files)
    stored_name = models.CharField(max_length=200, blank=True)
    wrapped_key = models.TextField(blank=True)
    filename = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0)
    head_sequence = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)

    objects = AuditExportQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename or f"{self.get_format_display()} {self.created_at:%Y-%m-%d %H:%M}"

    def audit_subject(self) -> Household | None:
        """Return whose trail this is; None for the whole firm."""
        return self.household

    @property
    def is_ready(self) -> bool:
        """Whether the file is there."""
        return self.built_at is not None
