"""What a language model was asked: by whom, which one, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel, JobState
from apps.plans.models.goal_text import GoalText, Tongue
from apps.plans.models.projection_run import ProjectionRun


class AskedState(models.TextChoices):
    """How far a question to a language model is."""

    ASKED = "asked", _("Being asked")
    ANSWERED = "answered", _("Answered")
    FAILED = "failed", _("Without an answer")


class AskedModel(BaseModel):
    """One question to the firm's language model. `refusal` and `mend` are English message ids of why it failed."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    model_key = models.UUIDField(_("connection"))
    model_name = models.CharField(_("language model"), max_length=120)
    host = models.CharField(_("server asked"), max_length=300)
    asked_by = models.CharField(_("asked by"), max_length=200)
    state = models.CharField(_("state"), max_length=8, choices=AskedState.choices, default=AskedState.ASKED)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    refusal = models.CharField(max_length=300, blank=True)
    mend = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Say whether its job is still to come or at work."""
        return (
            self.state == AskedState.ASKED
            and self.job is not None
            and self.job.state in {JobState.QUEUED, JobState.RUNNING}
        )

    @property
    def trouble(self) -> str:
        """Say in the reader's language why there is no answer; empty where there is one or it is awaited."""
        if self.state == AskedState.FAILED:
            return f"{gettext(self.refusal)} {gettext(self.mend) if self.mend else ''}".strip()
        if self.state == AskedState.ASKED and not self.is_open:
            return gettext("The question was given up. Ask again.")
        return ""


class ModelReading(AskedModel):
    """The sentences of a text that the grammar left, read by a language model; its goals are wishes like others."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    text = models.ForeignKey(GoalText, models.CASCADE, related_name="readings")
    n_sentences = models.PositiveSmallIntegerField(_("sentences sent"))
    n_found = models.PositiveSmallIntegerField(_("goals found"), default=0)
    n_refused = models.PositiveSmallIntegerField(_("goals refused"), default=0)

    history = history()

    class Meta:
        ordering = ("text", "id")

    def __str__(self) -> str:
        return f"{self.model_name} ({self.state})"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.text.household


class PlanExplanationQuerySet(models.QuerySet["PlanExplanation"]):
    """Explanations by who may see them."""

    def visible_to(self, actor: Actor) -> PlanExplanationQuerySet:
        """Return those of plans that the actor may see."""
        condition = households_of(actor, "run__plan__household")
        return self if condition is None else self.filter(condition)


class PlanExplanation(AskedModel):
    """A result told in plain words by a language model; `text` cites figures by name and states none."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"text"})

    run = models.ForeignKey(ProjectionRun, models.CASCADE, related_name="explanations")
    language = models.CharField(_("language"), max_length=2, choices=Tongue.choices)
    text = models.TextField(_("text"), blank=True)

    objects = PlanExplanationQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("run", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state=AskedState.ANSWERED) | models.Q(text=""), name="explanation_only_if_answered"
            ),
        )

    def __str__(self) -> str:
        return f"{self.model_name} ({self.state})"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.run.plan.household
