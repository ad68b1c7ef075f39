"""What the nightly monitor found: how far each target is from what is held, and what a person may do about it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account
from apps.portfolios.models.trade import TradeProposal


class OpportunityKind(models.TextChoices):
    """What was found. `harvest` comes from the scan of losses."""

    DRIFT = "drift", _("Out of band")
    INVEST = "invest", _("Cash to invest")
    RAISE = "raise", _("Cash missing")
    RESTRICTION = "restriction", _("Restriction broken")
    STALE = "stale", _("Price too old")
    HARVEST = "harvest", _("Loss to harvest")
    NEED = "need", _("Cash for fees and distributions")


class OpportunityOutcome(models.TextChoices):
    """What became of it."""

    GONE = "gone", _("No longer found")
    ACTED = "acted", _("Trades proposed")


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    """Opportunities by who may see them and by state."""

    def visible_to(self, actor: Actor) -> OpportunityQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def open(self) -> OpportunityQuerySet:
        """Return those that still hold."""
        return self.filter(closed_on=None)


class Opportunity(BaseModel):
    """Something to do for a household or an account of it, open until a night no longer finds it or trades answer it.

    `key` tells two of a kind apart: the security, the restriction. `amount` is what it is about, in `currency`; `facts`
    hold what the sentence on the page says.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"amount", "facts"})

    household = models.ForeignKey(Household, models.CASCADE, related_name="opportunities", verbose_name=_("household"))
    account = models.ForeignKey(
        Account, models.CASCADE, null=True, blank=True, related_name="opportunities", verbose_name=_("account")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=OpportunityKind.choices)
    key = models.CharField(max_length=80, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    opened_on = models.DateField(_("found on"))
    seen_on = models.DateField(_("last seen on"))
    closed_on = models.DateField(_("gone on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=5, choices=OpportunityOutcome.choices, blank=True)
    # the trades that answered it
    proposal = models.ForeignKey(
        TradeProposal, models.PROTECT, null=True, blank=True, related_name="opportunities", verbose_name=_("trades")
    )

    objects = OpportunityQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        ordering = ("opened_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["household", "account", "kind", "key"],
                condition=models.Q(closed_on=None),
                nulls_distinct=False,
                name="opportunity_open_once",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=OpportunityKind.values), name="opportunity_kind_known"),
        )
        indexes = (
            models.Index(fields=["kind", "opened_on"], name="opportunity_open", condition=models.Q(closed_on=None)),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.account or self.household}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household


class WatchRules(BaseModel):
    """What the nightly look calls an opportunity: the least loss, and how far ahead cash is looked for.

    The latest holds.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"set_by"})

    harvest_amount = models.DecimalField(
        _("losses from"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    harvest_share = models.DecimalField(
        _("losses from this share of the cost"),
        max_digits=7,
        decimal_places=6,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    needs_within_days = models.PositiveSmallIntegerField(
        _("cash is looked for so many days ahead"), validators=[MaxValueValidator(366)]
    )
    set_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.harvest_amount} / {self.harvest_share} / {self.needs_within_days}"

    def audit_subject(self) -> None:
        """The rules are the firm's."""
        return


class DriftReading(BaseModel):
    """How far a target was from what is held when it was last looked at: what lists sort and filter by."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"distance", "largest", "n_out"})

    household = models.ForeignKey(Household, models.CASCADE, related_name="drift_readings", db_index=False)
    # None: the household's managed accounts together
    account = models.ForeignKey(Account, models.CASCADE, null=True, blank=True, related_name="drift_readings")
    as_of = models.DateField(_("as of"))
    distance = models.DecimalField(_("distance from the target"), max_digits=9, decimal_places=6)
    largest = models.DecimalField(_("largest drift of a class"), max_digits=12, decimal_places=6)
    n_out = models.PositiveIntegerField(_("out of their bands"))

    class Meta:
        verbose_name = _("reading of drift")
        verbose_name_plural = _("readings of drift")
        ordering = ("household", "id")
        constraints = (
            models.UniqueConstraint(fields=["household", "account"], nulls_distinct=False, name="drift_reading_once"),
        )

    def __str__(self) -> str:
        return f"{self.account or self.household} {self.as_of}"
