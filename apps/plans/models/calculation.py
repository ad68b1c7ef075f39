"""What somebody asked a calculator and wanted kept: as a note, or told by a client to their advisor."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission, is_client
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class CalculatorKind(models.TextChoices):
    """Which calculator; those of saving become goals instead."""

    TAX = "tax", _("Tax calculator")
    LOAN = "loan", _("Loan and mortgage calculator")
    REFINANCING = "refinancing", _("Refinancing calculator")
    RENT_OR_BUY = "rent_or_buy", _("Rent or buy")
    INTEREST = "interest", _("Interest calculator")


class CalculationUse(models.TextChoices):
    """What was made of a calculation when it was kept."""

    NOTE = "note", _("A note")
    DEBT = "debt", _("A debt")
    GOAL = "goal", _("A goal of the plan")
    STEP = "step", _("A step")


class CalculationQuerySet(models.QuerySet["Calculation"]):
    """Calculations by who may see them and by state."""

    def visible_to(self, actor: Actor) -> CalculationQuerySet:
        """Return those of households the actor may see; a client sees what clients told, not the advisor's notes."""
        if actor.is_person and not (actor.can(Permission.VIEW_PLANS) or is_client(actor)):
            return self.none()
        condition = households_of(actor, "household")
        rows = self if condition is None else self.filter(condition)
        return rows.filter(person__isnull=False) if is_client(actor) else rows

    def waiting(self) -> CalculationQuerySet:
        """Return those that a client told and nobody talked about yet."""
        return self.filter(person__isnull=False, settled_at=None)


class Calculation(BaseModel):
    """A calculation as it was asked and answered; only that it was talked about is noted later.

    `asked` is what was typed, as the form takes it; `answer` holds the lines that were read, as [label, text] in the
    writer's language. `person` is the client who told it, None for a note of the firm's. `became` says what was made of
    it, empty as long as nothing was, and `became_id` is the public id of the debt, the goal or the step.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"asked", "answer", "note"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="calculations", verbose_name=_("household"))
    person = models.ForeignKey(
        "clients.Person", models.PROTECT, null=True, blank=True, related_name="calculations",
        verbose_name=_("told by"),
    )  # fmt: skip
    kind = models.CharField(_("calculator"), max_length=12, choices=CalculatorKind.choices)
    asked = models.JSONField(_("asked"))
    answer = models.JSONField(_("answer"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    written_by = models.CharField(_("written by"), max_length=200)
    became = models.CharField(_("became"), max_length=4, choices=CalculationUse.choices, blank=True)
    became_id = models.UUIDField(_("what it became"), null=True, blank=True)
    settled_by = models.CharField(_("talked about by"), max_length=200, blank=True)
    settled_at = models.DateTimeField(_("talked about"), null=True, blank=True)

    objects = CalculationQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("household", "-id")

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
