"""A branch of a plan: what would be different, kept under a name to be compared, merged or locked."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.plan import Plan
from apps.plans.models.projection_run import ProjectionRun


class PlanScenarioQuerySet(models.QuerySet["PlanScenario"]):
    """Scenarios by who may see them and by state."""

    def visible_to(self, actor: Actor) -> PlanScenarioQuerySet:
        """Return those of plans that the actor may see."""
        condition = households_of(actor, "plan__household")
        return self if condition is None else self.filter(condition)

    def kept(self) -> PlanScenarioQuerySet:
        """Return those that were not set aside."""
        return self.filter(set_aside_at=None)


class PlanScenario(BaseModel):
    """A few levers of one result moved. `run` is the result that it starts from, with its frozen question.

    `changes` are the levers by key (`engine.what_if_levers`); `result` holds the engine's canonical bytes of the answer
    on all paths and of what each change does alone, None until its job has computed it. A locked one stays as it is.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "changes", "result"})

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="scenarios")
    run = models.ForeignKey(ProjectionRun, models.PROTECT, related_name="scenarios")
    name = models.CharField(_("name"), max_length=80)
    changes = models.JSONField()
    revision = models.PositiveSmallIntegerField(default=1)
    kept_by = models.CharField(_("kept by"), max_length=200)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    result = models.BinaryField(null=True, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    locked_by = models.CharField(_("locked by"), max_length=200, blank=True)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    set_aside_at = models.DateTimeField(_("set aside"), null=True, blank=True)

    objects = PlanScenarioQuerySet.as_manager()
    history = history(excluded_fields=["result"])

    class Meta:
        ordering = ("plan", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "name"],
                condition=models.Q(set_aside_at=None),
                name="scenario_name_once",
                violation_error_message=_("A scenario of this plan has that name already."),
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="scenario_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household

    @property
    def is_locked(self) -> bool:
        """Whether it stays as it is."""
        return self.locked_at is not None
