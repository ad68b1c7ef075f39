"""One adult's risk profile: what they answered, what was scored, how far it has come."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class AssessmentState(models.TextChoices):
    """How far an assessment has come."""

    OPEN = "open", _("Waiting for answers")
    ANSWERED = "answered", _("To be reviewed")
    REVIEWED = "reviewed", _("In force")
    SUPERSEDED = "superseded", _("Replaced")
    EXPIRED = "expired", _("Expired")


class AssessmentKind(models.TextChoices):
    """Whose profile it is."""

    INDIVIDUAL = "individual", _("Own profile")
    JOINT = "joint", _("Joint profile")


class Channel(models.TextChoices):
    """How the answers were given."""

    PORTAL = "portal", _("In the portal")
    MEETING = "meeting", _("Taken down by the firm")
    PARTNER = "partner", _("Sent by a partner's application")


class RiskLevel(models.IntegerChoices):
    """The seven levels that tolerance, capacity and need are told in."""

    PRESERVATION = 1, _("1 · Preservation")
    LOW = 2, _("2 · Low")
    MODERATELY_LOW = 3, _("3 · Moderately low")
    MODERATE = 4, _("4 · Moderate")
    MODERATELY_HIGH = 5, _("5 · Moderately high")
    HIGH = 6, _("6 · High")
    VERY_HIGH = 7, _("7 · Very high")


class RiskAssessmentQuerySet(models.QuerySet["RiskAssessment"]):
    """Assessments by state and by who may see them."""

    def visible_to(self, actor: Actor) -> RiskAssessmentQuerySet:
        """Return those of households the actor may see; a client sees their own answers, not their partner's."""
        condition = households_of(actor, "household")
        rows = self if condition is None else self.filter(condition)
        if actor.can(Permission.USE_PORTAL) and actor.user_id is not None:
            own = Q(person__user_id=actor.user_id) | Q(kind=AssessmentKind.JOINT)
            return rows.filter(own)
        return rows

    def open(self) -> RiskAssessmentQuerySet:
        """Return those that wait for answers."""
        return self.filter(state=AssessmentState.OPEN)

    def to_review(self) -> RiskAssessmentQuerySet:
        """Return those that are answered and wait for the advisor, or for an acknowledgement."""
        return self.filter(state=AssessmentState.ANSWERED)

    def in_force(self) -> RiskAssessmentQuerySet:
        """Return those that advice rests on; one may be past its date until the daily job has seen it."""
        return self.filter(state=AssessmentState.REVIEWED)


class RiskAssessment(BaseModel):
    """One questionnaire of one adult: answers are immutable once submitted (the database refuses it, too).

    Tolerance is scored when the answers are submitted. Recommendation, need and losses are filled in when the
    household's capacity is known (`capacity`), and stand still once the advisor has reviewed them.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"answers", "given_how", "contradictions", "tolerance_trail", "disagreements", "bad_year", "profile_trail"}
    )

    household = models.ForeignKey("clients.Household", models.PROTECT, related_name="risk_assessments")
    person = models.ForeignKey("clients.Person", models.PROTECT, related_name="risk_assessments")
    kind = models.CharField(max_length=10, choices=AssessmentKind.choices, default=AssessmentKind.INDIVIDUAL)
    state = models.CharField(max_length=10, choices=AssessmentState.choices, default=AssessmentState.OPEN)
    questionnaire = models.ForeignKey("compliance.MethodTable", models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=8, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, blank=True)
    given_how = models.CharField(_("how the answers were given"), max_length=300, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    tolerance_score = models.PositiveSmallIntegerField(null=True, blank=True)
    tolerance_level = models.PositiveSmallIntegerField(choices=RiskLevel.choices, null=True, blank=True)
    contradictions = models.JSONField(default=list, blank=True)
    tolerance_trail = models.JSONField(default=list, blank=True)

    capacity = models.ForeignKey(
        "compliance.CapacityAssessment", models.PROTECT, null=True, blank=True, related_name="profiles"
    )
    levels = models.ForeignKey("compliance.MethodTable", models.PROTECT, null=True, blank=True, related_name="+")
    need_level = models.PositiveSmallIntegerField(choices=RiskLevel.choices, null=True, blank=True)
    recommended_level = models.PositiveSmallIntegerField(choices=RiskLevel.choices, null=True, blank=True)
    binding = models.CharField(max_length=10, blank=True)
    disagreements = models.JSONField(default=list, blank=True)
    bad_year = models.JSONField(default=dict, blank=True)
    profile_trail = models.JSONField(default=list, blank=True)

    valid_until = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    objects = RiskAssessmentQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["household", "state"], name="assessment_of_household"),
            models.Index(fields=["state", "valid_until"], name="assessment_by_end"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state="open"),
                name="one_open_assessment",
                violation_error_message=_("This person has an open questionnaire already."),
            ),
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(state="reviewed"), name="one_assessment_in_force"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "superseded"])
                | Q(submitted_at__isnull=False, tolerance_level__isnull=False),
                name="assessment_scored_when_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state="reviewed") | Q(recommended_level__isnull=False, valid_until__isnull=False),
                name="assessment_reconciled_when_in_force",
            ),
            models.CheckConstraint(
                condition=Q(tolerance_level__isnull=True) | Q(tolerance_level__gte=1, tolerance_level__lte=7),
                name="tolerance_level_1_to_7",
            ),
        )

    def __str__(self) -> str:
        return str(self.person)

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    def is_stale_on(self, day: dt.date) -> bool:
        """Whether advice on this day would rest on an old profile."""
        return self.valid_until is None or day > self.valid_until
