"""Plans of the firm by meaning: a fit over all of them, and each one's vector."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel
from apps.plans.models.plan import Plan


class PlanLikeness(BaseModel):
    """One fit. `precision` is the firm's own measure (`engine.likeness.precision_at`), None where it cannot be told."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    n_plans = models.PositiveIntegerField(_("number of plans"))
    precision = models.FloatField(_("share of nearest plans that fit"), null=True, blank=True)
    # the model of embeddings that the firm connected; empty: the words, as `engine.likeness` weighs them
    model_name = models.CharField(_("model for embeddings"), max_length=120, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.n_plans} plans"

    def audit_subject(self) -> None:
        """A fit is the firm's."""
        return


class PlanVector(BaseModel):
    """Where a plan lies in a fit; cast to pgvector's type by the query, so that tables need no extension.

    `traits` are codes of what the plan is about: its goals, the advice that was taken, the situation.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"traits"})

    likeness = models.ForeignKey(PlanLikeness, models.CASCADE, related_name="vectors")
    plan = models.OneToOneField(Plan, models.CASCADE, related_name="vector")
    vector = ArrayField(models.FloatField())
    traits = models.JSONField(default=list)

    class Meta:
        ordering = ("plan",)

    def __str__(self) -> str:
        return str(self.plan_id)
