"""Capital-market assumptions as the firm uses them: dated versions, each with its source."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel


class AssumptionQuerySet(models.QuerySet["AssumptionTable"]):
    """Versions by the day they hold."""

    def in_force(self, day: dt.date) -> AssumptionQuerySet:
        """Return those that have taken effect, the one that holds first.

        A firm's own view goes before the published tables, whichever was taken in later: what Steward ships anew never
        takes the place of what the firm said, until the firm gives its view up. Among equals the latest day of use
        holds, then the latest version.
        """
        taken = self.filter(effective_from__lte=day).order_by("-effective_from", "-number")
        own = taken.exclude(based_on=None).first()
        if own is None or own.is_given_up:
            return taken.filter(based_on=None)
        return taken.order_by(models.Case(models.When(based_on=None, then=1), default=0), "-effective_from", "-number")

    def published(self) -> AssumptionQuerySet:
        """Return the tables that Steward ships."""
        return self.filter(based_on=None)


class AssumptionTable(BaseModel):
    """One version: the published table, or the firm's own view on top of one. Versions never change.

    One that gives the firm's view up says what is published; from then on whatever is published last holds.

    `content` is the table as it was read (dates as ISO text); `digest` names the engine's set that it makes, so that
    a result says which assumptions it rests on.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    number = models.PositiveSmallIntegerField(_("version"), unique=True)
    key = models.CharField(_("key"), max_length=80)
    effective_from = models.DateField(_("in use from"))
    source = models.TextField(_("source"))
    content = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="views")
    reason = models.TextField(_("why the firm sees it differently"), blank=True)
    is_given_up = models.BooleanField(_("the firm gives its view up"), default=False)
    recorded_by = models.CharField(_("recorded by"), max_length=200)

    objects = AssumptionQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(based_on=None) | ~models.Q(reason=""), name="house_view_has_its_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.key} ({self.number})"
