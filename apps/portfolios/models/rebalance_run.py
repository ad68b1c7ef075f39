"""Runs of a rebalance: what was asked, what was known, what was answered. Nothing is traded by a run."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.portfolios.models.trade import TradeProposal


class RunMode(models.TextChoices):
    """What a run is for."""

    FULL = "full", _("To the targets")
    TO_BAND = "to_band", _("Into the bands")
    INVEST_CASH = "invest_cash", _("Invest cash")
    RAISE_CASH = "raise_cash", _("Raise cash")
    BUY_ONLY = "buy_only", _("Buy only")
    HARVEST = "harvest", _("Take losses")
    HOLD = "hold", _("Only look")


class RebalanceRunQuerySet(models.QuerySet["RebalanceRun"]):
    """Runs by who may see them."""

    def visible_to(self, actor: Actor) -> RebalanceRunQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class RebalanceRun(BaseModel):
    """One question and its answer, as the engine gave it. It never changes, but for the proposal made of it."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"terms", "inputs", "answer"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="rebalance_runs", verbose_name=_("household"))
    mode = models.CharField(_("purpose"), max_length=12, choices=RunMode.choices)
    as_of = models.DateField(_("as of"))
    terms = models.JSONField(_("settings"))
    inputs = models.JSONField(_("what was known"))
    inputs_digest = models.CharField(max_length=64)
    answer = models.JSONField(_("answer"))
    engine_version = models.CharField(max_length=40)
    asked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    asked_label = models.CharField(_("asked by"), max_length=200)
    proposal = models.OneToOneField(
        TradeProposal, models.PROTECT, null=True, blank=True, related_name="rebalance_run", verbose_name=_("trades")
    )

    objects = RebalanceRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("rebalance")
        verbose_name_plural = _("rebalances")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=models.Q(mode__in=RunMode.values), name="rebalance_mode_known"),
        )

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.as_of}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    def get_absolute_url(self) -> str:
        """Return the page of the run."""
        return reverse("portfolios:rebalance-detail", args=[self.public_id])
