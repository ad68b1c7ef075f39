"""The versions of questionnaire and tables that this firm has used, word for word."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.core.models import BaseModel


class MethodKind(models.TextChoices):
    """What a table is for."""

    QUESTIONNAIRE = "questionnaire", _("Risk questionnaire")
    CAPACITY = "capacity", _("Capacity score")
    LEVELS = "levels", _("Risk levels")


class MethodTableQuerySet(models.QuerySet["MethodTable"]):
    """Tables by kind and day."""

    def in_force(self, kind: str, on: dt.date) -> MethodTableQuerySet:
        """Return the versions of a kind that apply on the day, the newest first."""
        return self.filter(kind=kind, effective_from__lte=on).order_by("-effective_from", "-version")


class MethodTable(BaseModel):
    """One version of one table, kept as it was when it was used; only its adoption by the firm is written later.

    The content comes from `apps/compliance/reference/*.toml`; another content needs another version.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    kind = models.CharField(_("kind"), max_length=14, choices=MethodKind.choices)
    version = models.CharField(_("version"), max_length=20)
    effective_from = models.DateField(_("in force from"))
    source = models.CharField(_("source"), max_length=300)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    adopted_at = models.DateTimeField(_("adopted"), null=True, blank=True)
    adopted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("adopted by")
    )

    objects = MethodTableQuerySet.as_manager()
    history = history(excluded_fields=["content"])

    class Meta:
        ordering = ("kind", "-effective_from")
        constraints = (models.UniqueConstraint(fields=["kind", "version"], name="method_version_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"

    @property
    def is_adopted(self) -> bool:
        """Whether somebody of the firm has answered for this version."""
        return self.adopted_at is not None
