"""What the engine advises, and what the advisor made of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.projection_run import ProjectionRun


class Decision(models.TextChoices):
    """What the advisor decided."""

    OPEN = "open", _("To be decided")
    ACCEPTED = "accepted", _("Accepted")
    ADJUSTED = "adjusted", _("Adjusted")
    DECLINED = "declined", _("Declined")


class Recommendation(BaseModel):
    """One piece of advice of a run. `proposal` is the engine's own, texts as message ids with their values.

    `lever` names the one number an advisor may change (of the proposal's facts); `adjusted_effect` is the engine's
    answer to the changed number, None until it was computed.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"proposal", "reason", "adjusted_value"})

    run = models.ForeignKey(ProjectionRun, models.CASCADE, related_name="recommendations")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    kind = models.CharField(_("kind"), max_length=20)
    proposal = models.JSONField()
    lever = models.CharField(max_length=40, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices, default=Decision.OPEN)
    reason = models.TextField(_("reason"), blank=True)
    adjusted_value = models.DecimalField(_("changed to"), max_digits=16, decimal_places=4, null=True, blank=True)
    adjusted_effect = models.JSONField(null=True, blank=True)
    measure_job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    history = history()

    class Meta:
        ordering = ("run", "position")
        constraints = (
            models.UniqueConstraint(fields=["run", "key"], name="recommendation_once"),
            models.CheckConstraint(
                condition=models.Q(decision__in=[Decision.OPEN, Decision.ACCEPTED]) | ~models.Q(reason=""),
                name="departure_has_its_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=models.Q(decision=Decision.ADJUSTED, adjusted_value__isnull=False)
                | (~models.Q(decision=Decision.ADJUSTED) & models.Q(adjusted_value=None, adjusted_effect=None)),
                name="adjustment_has_its_value",
            ),
        )

    def __str__(self) -> str:
        return self.key

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.run.plan.household

    @property
    def waits_for_effect(self) -> bool:
        """Whether the effect of an adjustment is still to be computed."""
        return self.decision == Decision.ADJUSTED and self.adjusted_effect is None
