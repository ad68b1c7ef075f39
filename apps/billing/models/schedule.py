"""Fee schedules: what the firm charges, in dated versions that never change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission, is_client
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class ScheduleKind(models.TextChoices):
    """How a value becomes an annual fee; the values are those of the fee engine."""

    GRADUATED = "graduated", _("Graduated: each slice at its own rate")
    CLIFF = "cliff", _("Banded: the whole value at the rate of its band")
    FLAT = "flat", _("Flat: one rate")
    FIXED = "fixed", _("Fixed: an amount a year")


class FeeTiming(models.TextChoices):
    """Whether a period is billed before or after it is served."""

    ADVANCE = "advance", _("In advance")
    ARREARS = "arrears", _("In arrears")


PERIODS_PER_YEAR = [(12, _("Monthly")), (4, _("Quarterly")), (2, _("Half-yearly")), (1, _("Yearly"))]


def may_read_bills(actor: Actor) -> bool:
    """Say whether the actor reads bills at all: clients read their own, of the staff those with the permission."""
    return not actor.is_person or actor.can(Permission.VIEW_BILLING) or is_client(actor)


class FeeScheduleQuerySet(models.QuerySet["FeeSchedule"]):
    """Schedules by who may see them."""

    def visible_to(self, actor: Actor) -> FeeScheduleQuerySet:
        """Return all for those who read billing: a schedule says nothing of a client. A client sees none."""
        may = not actor.is_person or actor.can(Permission.VIEW_BILLING)
        return self if may else self.none()


class FeeSchedule(BaseModel):
    """A named schedule; its terms stand in its versions."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    name = models.CharField(
        _("name"), max_length=120, unique=True, error_messages={"unique": _("Another schedule has this name.")}
    )
    description = models.TextField(_("what it is for"), blank=True)
    is_active = models.BooleanField(_("offered to new clients"), default=True)

    objects = FeeScheduleQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class FeeScheduleVersion(BaseModel):
    """The terms of a schedule from a day on. A change of terms is a new version; a household moves to it only under an
    agreement that its client signed."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    schedule = models.ForeignKey(FeeSchedule, models.PROTECT, related_name="versions", verbose_name=_("schedule"))
    number = models.PositiveSmallIntegerField(_("version"))
    effective_on = models.DateField(_("may be agreed from"))
    kind = models.CharField(_("kind"), max_length=10, choices=ScheduleKind.choices)
    timing = models.CharField(_("billed"), max_length=8, choices=FeeTiming.choices)
    periods_per_year = models.PositiveSmallIntegerField(_("how often"), choices=PERIODS_PER_YEAR, default=4)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    # the engine's FeeTerms as plain values (engine.documents): every term with its clause
    terms = models.JSONField(_("terms"))
    defined_by = models.CharField(_("written by"), max_length=200)

    class Meta:
        ordering = ("schedule", "-number")
        constraints = (
            models.UniqueConstraint(fields=["schedule", "number"], name="schedule_version_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ScheduleKind.values), name="schedule_kind_known"),
            models.CheckConstraint(condition=models.Q(timing__in=FeeTiming.values), name="schedule_timing_known"),
            models.CheckConstraint(
                condition=models.Q(periods_per_year__in=[1, 2, 4, 12]), name="schedule_periods_of_a_year"
            ),
        )

    def __str__(self) -> str:
        return f"{self.schedule.name} v{self.number}"
