"""How much loss a household's finances can bear, as assessed on a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.compliance.models.assessment import RiskLevel
from apps.core.actors import Actor
from apps.core.models import BaseModel


class CapacityAssessmentQuerySet(models.QuerySet["CapacityAssessment"]):
    """Assessments by who may see them."""

    def visible_to(self, actor: Actor) -> CapacityAssessmentQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class CapacityAssessment(BaseModel):
    """One assessment, kept as it was made; a later one takes its place.

    `facts` are the eight facts as exact text, `sources` where each came from ("advisor", or the part of the product
    that supplied it, with its date). All adults of the household share it.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"facts", "portfolio_value", "trail", "note"})

    household = models.ForeignKey("clients.Household", models.PROTECT, related_name="capacity_assessments")
    table = models.ForeignKey("compliance.MethodTable", models.PROTECT, related_name="+")
    facts = models.JSONField()
    sources = models.JSONField(default=dict, blank=True)
    portfolio_value = models.DecimalField(_("value of the portfolio"), max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    required_return = models.DecimalField(
        _("return the plan requires"), max_digits=7, decimal_places=5, null=True, blank=True
    )
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1)
    level = models.PositiveSmallIntegerField(_("level"))
    caps = models.JSONField(default=list, blank=True)
    trail = models.JSONField(default=list, blank=True)
    assessed_on = models.DateField(_("assessed on"))
    assessed_by = models.CharField(max_length=120)
    note = models.TextField(_("note"), blank=True)

    objects = CapacityAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["household", "-id"], name="capacity_of_household"),)
        constraints = (
            models.CheckConstraint(condition=models.Q(level__gte=1, level__lte=7), name="capacity_level_1_to_7"),
            models.CheckConstraint(condition=models.Q(score__gte=0, score__lte=100), name="capacity_score_0_to_100"),
            models.CheckConstraint(
                condition=models.Q(portfolio_value__gte=0),
                name="capacity_value_not_negative",
                violation_error_message=_("A portfolio's value cannot be negative."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.household} {self.assessed_on}"

    @property
    def level_words(self) -> str:
        """The level as tolerance and need are told."""
        return str(RiskLevel(self.level).label)

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
