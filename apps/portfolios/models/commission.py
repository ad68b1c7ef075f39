"""What was agreed with a custodian that a trade costs."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.market.models import SecurityKind


class CommissionScheduleQuerySet(models.QuerySet["CommissionSchedule"]):
    """Schedules by who may see them."""

    def visible_to(self, actor: Actor) -> CommissionScheduleQuerySet:
        """Return all for those who see portfolios: a schedule says nothing of a client."""
        may = not actor.is_person or actor.can(Permission.VIEW_PORTFOLIOS)
        return self if may else self.none()


class CommissionSchedule(BaseModel):
    """The commission of a custodian from a day on, for one kind of security or for all others. The latest holds."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"set_by"})

    custodian = models.CharField(_("custodian"), max_length=120)
    kind = models.CharField(_("for"), max_length=14, choices=SecurityKind.choices, blank=True)
    starts_on = models.DateField(_("from"))
    per_trade = models.DecimalField(
        _("per trade"), max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    per_share = models.DecimalField(
        _("per share"), max_digits=12, decimal_places=6, default=0, validators=[MinValueValidator(0)]
    )
    rate = models.DecimalField(
        _("of the amount"),
        max_digits=9,
        decimal_places=8,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    least = models.DecimalField(
        _("at least"), max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    most = models.DecimalField(
        _("at most"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    allowance = models.DecimalField(
        _("on top at most"), max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    source = models.CharField(_("where it is agreed"), max_length=300)
    set_by = models.CharField(_("set by"), max_length=200)

    objects = CommissionScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("commission schedule")
        verbose_name_plural = _("commission schedules")
        ordering = ("custodian", "kind", "-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["custodian", "kind", "starts_on"],
                name="commission_schedule_once_a_day",
                violation_error_message=_("The custodian has a schedule from this day already."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind="") | models.Q(kind__in=SecurityKind.values), name="commission_kind_known"
            ),
        )

    def __str__(self) -> str:
        return f"{self.custodian} {self.starts_on}"

    def audit_subject(self) -> None:
        """The schedule is the firm's."""
        return
