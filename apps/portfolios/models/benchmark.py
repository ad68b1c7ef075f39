"""Benchmarks: dated blends of securities and series, and whose returns are held against which from a day on."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.market.models import MarketSeries, Security
from apps.portfolios.models.account import Account


class Rebalanced(models.TextChoices):
    """When the parts of a blend return to their weights; the values are those of the engine."""

    DAILY = "daily", _("Every day")
    MONTHLY = "monthly", _("At the start of each month")
    QUARTERLY = "quarterly", _("At the start of each quarter")


class BenchmarkQuerySet(models.QuerySet["Benchmark"]):
    """Benchmarks by who may see them and by state."""

    def visible_to(self, actor: Actor) -> BenchmarkQuerySet:
        """Return all for those who read portfolios: a benchmark says nothing of a client. A client sees none."""
        may = not actor.is_person or actor.can(Permission.VIEW_PORTFOLIOS)
        return self if may else self.none()

    def active(self) -> BenchmarkQuerySet:
        """Return those that can be given to a portfolio."""
        return self.filter(is_active=True)


class Benchmark(BaseModel):
    """A named blend; its parts and weights stand in its versions."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    name = models.CharField(
        _("name"), max_length=120, unique=True, error_messages={"unique": _("Another benchmark has this name.")}
    )
    description = models.TextField(_("what it stands for"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    is_active = models.BooleanField(_("offered for portfolios"), default=True)

    objects = BenchmarkQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class BenchmarkVersion(BaseModel):
    """What a benchmark is made of from a day on. A change is a new version; the returns before it stay as they were."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    benchmark = models.ForeignKey(Benchmark, models.PROTECT, related_name="versions", verbose_name=_("benchmark"))
    starts_on = models.DateField(_("from"))
    rebalanced = models.CharField(_("back to its weights"), max_length=10, choices=Rebalanced.choices)
    defined_by = models.CharField(_("written by"), max_length=200)

    class Meta:
        ordering = ("benchmark", "-starts_on")
        constraints = (
            models.UniqueConstraint(fields=["benchmark", "starts_on"], name="benchmark_version_once_a_day"),
            models.CheckConstraint(condition=models.Q(rebalanced__in=Rebalanced.values), name="benchmark_rule_known"),
        )

    def __str__(self) -> str:
        return f"{self.benchmark.name} {self.starts_on}"


class BenchmarkPart(BaseModel):
    """One part of a version: a security of the shared master or a series of the market, and its share of the whole."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    version = models.ForeignKey(BenchmarkVersion, models.CASCADE, related_name="parts", verbose_name=_("version"))
    security = models.ForeignKey(Security, models.PROTECT, null=True, blank=True, related_name="+")
    series = models.ForeignKey(MarketSeries, models.PROTECT, null=True, blank=True, related_name="+")
    weight = models.DecimalField(
        _("weight"), max_digits=9, decimal_places=8, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )

    class Meta:
        ordering = ("version", "-weight", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(security=None, series__isnull=False) | models.Q(security__isnull=False, series=None),
                name="benchmark_part_is_one",
                violation_error_message=_("A part is a security or a series: name one of them."),
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0, weight__lte=1),
                name="benchmark_part_of_whole",
                violation_error_message=_("A weight is more than nothing and at most 100 %."),
            ),
            models.UniqueConstraint(
                fields=["version", "security"],
                condition=models.Q(series=None),
                name="benchmark_security_once",
                violation_error_message=_("The security is in the benchmark already: give its parts one weight."),
            ),
            models.UniqueConstraint(
                fields=["version", "series"],
                condition=models.Q(security=None),
                name="benchmark_series_once",
                violation_error_message=_("The series is in the benchmark already: give its parts one weight."),
            ),
        )

    def __str__(self) -> str:
        return self.symbol

    @property
    def symbol(self) -> str:
        """How people name the part."""
        named = self.security.symbol if self.security is not None else self.series.key if self.series else ""
        return str(named)

    @property
    def name(self) -> str:
        """What the part is."""
        named = self.security.name if self.security is not None else self.series.name if self.series else ""
        return str(named)


class AssignmentQuerySet(models.QuerySet["BenchmarkAssignment"]):
    """Assignments by who may see them and by day."""

    def visible_to(self, actor: Actor) -> AssignmentQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def within(self, first: dt.date, last: dt.date) -> AssignmentQuerySet:
        """Return those that hold on any of the days."""
        return self.filter(starts_on__lte=last).filter(models.Q(ends_on=None) | models.Q(ends_on__gte=first))


class BenchmarkAssignment(BaseModel):
    """Which benchmark a household's managed portfolio, or one of its accounts, is held against from a day on."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    benchmark = models.ForeignKey(Benchmark, models.PROTECT, related_name="assignments", verbose_name=_("benchmark"))
    household = models.ForeignKey(Household, models.PROTECT, related_name="benchmarks", verbose_name=_("household"))
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, blank=True, related_name="benchmarks", verbose_name=_("account")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("household", "account", "-starts_on")
        constraints = (
            models.UniqueConstraint(
                fields=["household", "account", "starts_on"], nulls_distinct=False, name="benchmark_assigned_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="benchmark_ends_after_it_starts",
                violation_error_message=_("It cannot end before it starts."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.benchmark} {self.starts_on}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
