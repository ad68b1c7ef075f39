"""What the firm holds to be substantially identical, from when to when, as a second person approved it."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.instrument import Instrument


class EquivalenceState(models.TextChoices):
    """How a group stands."""

    WAITING = "waiting", _("Waiting for approval")
    APPROVED = "approved", _("In force")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EquivalenceRole(models.TextChoices):
    """How a security belongs to its group (engine.equivalence.Role)."""

    SAME = "same", _("The stock, or a class of it")
    RIGHT = "right", _("An option or contract to acquire it")


class EquivalenceQuerySet(models.QuerySet["EquivalenceGroup"]):
    """Groups by state."""

    def in_force(self) -> EquivalenceQuerySet:
        """Return those that a second person approved, whatever their days."""
        return self.filter(state=EquivalenceState.APPROVED)

    def on(self, day: dt.date) -> EquivalenceQuerySet:
        """Return those in force on a day."""
        return self.in_force().filter(valid_from__lte=day).exclude(valid_to__lt=day)


class EquivalenceGroup(BaseModel):
    """Securities that are substantially identical to each other (IRC 1091(a)) from one day to another.

    What it says never changes: another version replaces it from a day on, one without members ends it.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"proposed_by"})

    name = models.CharField(_("name"), max_length=120)
    basis = models.CharField(_("why they are identical"), max_length=300)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=EquivalenceState.choices, default=EquivalenceState.WAITING
    )
    proposed_by = models.CharField(_("proposed by"), max_length=200)

    objects = EquivalenceQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("group of identical securities")
        verbose_name_plural = _("groups of identical securities")
        ordering = ("name", "-valid_from", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=EquivalenceState.values), name="equivalence_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="equivalence_ends_after_begin",
                violation_error_message=_("The last day is before the first: choose a later one."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> None:
        """It is of the firm, of no household."""
        return

    def approval_payload(self) -> dict[str, Any]:
        """Return what a second person approves: these securities, from this day on, in the place of that group."""
        return {
            "name": self.name,
            "basis": self.basis,
            "valid_from": self.valid_from.isoformat(),
            "replaces": self.replaces_id,
            "members": [
                [member.instrument_id, member.role, f"{member.shares.normalize():f}"]
                for member in self.members.order_by("pk")
            ],
        }

    def get_absolute_url(self) -> str:
        """Return the page where it stands."""
        return reverse("portfolios:equivalence-list")


class EquivalenceMember(BaseModel):
    """A security of a group. `shares` is how many shares of the group one unit stands for."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    group = models.ForeignKey(EquivalenceGroup, models.CASCADE, related_name="members")
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="equivalences", verbose_name=_("security"))
    role = models.CharField(_("as"), max_length=5, choices=EquivalenceRole.choices, default=EquivalenceRole.SAME)
    shares = models.DecimalField(_("shares of the group per unit"), max_digits=20, decimal_places=8, default=1)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["group", "instrument"], name="equivalence_member_once"),
            models.CheckConstraint(
                condition=models.Q(shares__gt=0),
                name="equivalence_shares_positive",
                violation_error_message=_("The shares per unit are more than nothing."),
            ),
        )

    def __str__(self) -> str:
        return str(self.instrument)
