"""What the advisor made of an assessment, and what the client acknowledged."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.compliance.models.assessment import RiskLevel
from apps.core.actors import Actor
from apps.core.models import BaseModel


class AdvisorRiskReviewQuerySet(models.QuerySet["AdvisorRiskReview"]):
    """Reviews by who may see them."""

    def visible_to(self, actor: Actor) -> AdvisorRiskReviewQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "assessment__household")
        return self if condition is None else self.filter(condition)


class AdvisorRiskReview(BaseModel):
    """The level that was accepted, by whom and why. Above the recommended one it is an exception with its reason."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"note", "exception_reason"})

    assessment = models.OneToOneField("compliance.RiskAssessment", models.PROTECT, related_name="review")
    reviewer = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    accepted_level = models.PositiveSmallIntegerField(_("accepted level"), choices=RiskLevel.choices)
    is_exception = models.BooleanField(default=False)
    note = models.TextField(_("what was discussed"))
    exception_reason = models.TextField(_("reason for the exception"), blank=True)

    objects = AdvisorRiskReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(accepted_level__gte=1, accepted_level__lte=7), name="accepted_level_1_to_7"
            ),
            models.CheckConstraint(
                condition=models.Q(is_exception=False) | ~models.Q(exception_reason=""),
                name="exception_has_reason",
                violation_error_message=_("An exception needs its reason."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.assessment}: {self.get_accepted_level_display()}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.assessment.household


class AcknowledgementPurpose(models.TextChoices):
    """What a client says yes to."""

    EXCEPTION = "exception", _("A level above the recommended one")
    JOINT_PROFILE = "joint_profile", _("One profile for both")


class RiskAcknowledgementQuerySet(models.QuerySet["RiskAcknowledgement"]):
    """Acknowledgements by who may see them."""

    def visible_to(self, actor: Actor) -> RiskAcknowledgementQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "assessment__household")
        return self if condition is None else self.filter(condition)


class RiskAcknowledgement(BaseModel):
    """One client's yes, with the words that were shown."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"statement"})

    assessment = models.ForeignKey("compliance.RiskAssessment", models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey("clients.Person", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=14, choices=AcknowledgementPurpose.choices)
    statement = models.TextField()
    given_how = models.CharField(max_length=300, blank=True)

    objects = RiskAcknowledgementQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["assessment", "person", "purpose"], name="acknowledged_once"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.get_purpose_display()}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.assessment.household
