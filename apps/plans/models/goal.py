"""What money is wanted for."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.plan import Plan

MAX_WAIT_YEARS, LEAST_SHARE = 30, Decimal("0.05")
# of the client's own words, whose texts have 5,000 each
MAX_OWN_WORDS = 10_000


class GoalKind(models.TextChoices):
    """What the goal is for; a plan has at most one for the time after work."""

    RETIREMENT = "retirement", _("Retirement")
    EDUCATION = "education", _("Education")
    HOME = "home", _("A home")
    OTHER = "other", _("Something else")


class GoalPriority(models.TextChoices):
    """Essential goals decide whether the plan succeeds; the others are paid after them."""

    ESSENTIAL = "essential", _("Must be met")
    IMPORTANT = "important", _("Important")
    ASPIRATIONAL = "aspirational", _("Would be nice")


class Goal(BaseModel):
    """A goal of one version. Amounts are in money of today.

    Retirement: `annual_amount` is what a year of living costs; it starts when work ends and lasts to the horizon, so
    it has neither start nor years. The others cost `annual_amount` in each of `years` years from `starts_on`.
    `funded_by` holds the public ids of the accounts that pay first and are kept for the goal; `wait_years` and
    `least_share` are None where nobody was asked whether it may come later or be smaller.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "annual_amount", "own_words", "calculation"})

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="goals")
    kind = models.CharField(_("kind"), max_length=12, choices=GoalKind.choices)
    name = models.CharField(_("name"), max_length=120)
    annual_amount = models.DecimalField(
        _("amount a year, in money of today"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)]
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    years = models.PositiveSmallIntegerField(_("for how many years"), default=0)
    priority = models.CharField(_("priority"), max_length=12, choices=GoalPriority.choices)
    person = models.ForeignKey(
        "clients.Person", models.PROTECT, null=True, blank=True, related_name="goals", verbose_name=_("for whom")
    )
    funded_by = models.JSONField(_("paid from"), default=list, blank=True)
    funded_only = models.BooleanField(_("nothing else pays"), default=False)
    wait_years = models.PositiveSmallIntegerField(
        _("can wait up to, in years"), null=True, blank=True, validators=[MaxValueValidator(MAX_WAIT_YEARS)]
    )
    least_share = models.DecimalField(
        _("part that is enough"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST_SHARE), MaxValueValidator(1)],
    )
    own_words = models.TextField(_("in the client's own words"), blank=True)
    # what a calculator was asked and answered, as {kind, on, asked, chance, needed, engine}; None: set by hand
    calculation = models.JSONField(_("calculation it comes from"), null=True, blank=True, default=None)

    history = history()

    class Meta:
        ordering = ("plan", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["plan"],
                condition=models.Q(kind=GoalKind.RETIREMENT),
                name="one_retirement_goal",
                violation_error_message=_("The plan has a retirement goal already; change that one."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind=GoalKind.RETIREMENT, starts_on=None, years=0)
                | (~models.Q(kind=GoalKind.RETIREMENT) & models.Q(starts_on__isnull=False, years__gte=1)),
                name="goal_has_its_time",
                violation_error_message=_("Say from when and for how many years the money is needed."),
            ),
            models.CheckConstraint(condition=models.Q(annual_amount__gte=0), name="goal_amount_not_negative"),
            models.CheckConstraint(
                condition=~models.Q(kind=GoalKind.RETIREMENT)
                | models.Q(funded_only=False, wait_years=None, least_share=None),
                name="retirement_does_not_give_way",
                violation_error_message=_("Living in retirement neither waits nor is cut: choose a rule of spending."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household
