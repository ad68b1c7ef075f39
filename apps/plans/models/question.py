"""What a client asks about a plan, and the answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission, is_client
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.plan import Plan


class PlanQuestionQuerySet(models.QuerySet["PlanQuestion"]):
    """Questions by who may see them and by state."""

    def visible_to(self, actor: Actor) -> PlanQuestionQuerySet:
        """Return those of households the actor may see; who may not read plans sees none."""
        if actor.is_person and not (actor.can(Permission.VIEW_PLANS) or is_client(actor)):
            return self.none()
        condition = households_of(actor, "plan__household")
        return self if condition is None else self.filter(condition)

    def open(self) -> PlanQuestionQuerySet:
        """Return those without an answer."""
        return self.filter(answered_at=None)


class PlanQuestion(BaseModel):
    """A question and its answer."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"text", "answer"})

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="questions")
    person = models.ForeignKey("clients.Person", models.PROTECT, related_name="plan_questions")
    text = models.TextField(_("question"), max_length=4000)
    answer = models.TextField(_("answer"), max_length=8000, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = PlanQuestionQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("plan", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answer="")
                | (models.Q(answered_at__isnull=False) & ~models.Q(answer="")),
                name="answered_question_has_its_answer",
            ),
        )

    def __str__(self) -> str:
        return self.text[:60]

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household
