"""Debts and insurance."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.history import history
from apps.core.templatetags.formats import money_text
from apps.kernel.money import Money
from apps.money.models.facts import FactOfHousehold, FactQuerySet, FieldCheck, positive

_CENT = Decimal("0.01")


class DebtKind(models.TextChoices):
    """What the debt is for."""

    MORTGAGE = "mortgage", _("Mortgage")
    HOME_EQUITY = "home_equity", _("Home equity line")
    AUTO = "auto", _("Car loan")
    STUDENT = "student", _("Student loan")
    CREDIT_CARD = "credit_card", _("Credit card")
    PERSONAL = "personal", _("Personal loan")
    OTHER = "other", _("Other")


def bought_a_home(kind: str, *, as_told: bool) -> bool:
    """Say whether a loan bought, built or improved a home, by its kind or, of a home equity line, as it was told.

    Only then may the law let its interest be deducted (IRC 163(h)(3)(B)).
    """
    return kind == DebtKind.MORTGAGE or (kind == DebtKind.HOME_EQUITY and as_told)


class Debt(FactOfHousehold):
    """A debt with its balance on a day. The rate is a fraction a year."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "lender", "balance", "monthly_payment"})

    kind = models.CharField(_("kind"), max_length=12, choices=DebtKind.choices)
    lender = models.CharField(_("lender"), max_length=120, blank=True)
    balance = models.DecimalField(_("balance owed"), max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(_("interest a year"), max_digits=7, decimal_places=6)
    monthly_payment = models.DecimalField(_("payment a month"), max_digits=12, decimal_places=2)
    taken_out_on = models.DateField(
        _("taken out on"), null=True, blank=True,
        help_text=_("Of a loan on a home: until 15 December 2017 interest on a larger debt may be deducted."),
    )  # fmt: skip
    bought_home = models.BooleanField(
        _("bought, built or improved the home"), default=False,
        help_text=_("Of a home equity line only: its interest may then be deducted."),
    )  # fmt: skip

    objects = FactQuerySet["Debt"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("balance", "debt_balance_not_negative"),
            positive("monthly_payment", "debt_payment_not_negative"),
            FieldCheck(
                field="annual_rate",
                condition=models.Q(annual_rate__gte=0, annual_rate__lt=1),
                name="debt_rate_is_a_fraction",
                violation_error_message=_("A rate of interest lies between nothing and the whole a year."),
            ),
        )

    @property
    def is_deductible(self) -> bool:
        """Whether the law may let its interest be deducted: a loan that bought, built or improved a home."""
        return bought_a_home(self.kind, as_told=self.bought_home)

    def clean(self) -> None:
        """Refuse a day to come, the use of another loan than a home equity line, and a debt that would grow."""
        self._check_payment()
        if self.bought_home and self.kind != DebtKind.HOME_EQUITY:
            raise ValidationError({"bought_home": _("This is asked of a home equity line only: leave it open.")})
        if self.taken_out_on is not None and self.as_of is not None and self.taken_out_on > self.as_of:
            raise ValidationError({"taken_out_on": _("A loan with a balance was taken out before that day.")})

    def _check_payment(self) -> None:
        """Refuse a payment that its interest eats up: the debt would never be paid off."""
        told = (self.balance, self.annual_rate, self.monthly_payment)
        if any(value is None or value < 0 for value in told) or not self.balance or self.annual_rate >= 1:
            return
        interest = self.balance * self.annual_rate / 12
        if self.monthly_payment <= interest:
            least = Money(interest.quantize(_CENT, rounding=ROUND_FLOOR) + _CENT, self.currency)
            message = _("This does not cover the interest, and the debt would grow for ever: give at least %(least)s.")
            raise ValidationError({"monthly_payment": message % {"least": money_text(least, style="exact")}})


class InsuranceKind(models.TextChoices):
    """What is insured."""

    LIFE = "life", _("Life")
    DISABILITY = "disability", _("Disability")
    LONG_TERM_CARE = "long_term_care", _("Long-term care")
    HEALTH = "health", _("Health")
    HOME = "home", pgettext_lazy("insurance", "Home")
    AUTO = "auto", _("Car")
    UMBRELLA = "umbrella", _("Umbrella liability")


class LifeForm(models.TextChoices):
    """How long cover of a life lasts."""

    UNKNOWN = "", _("Not known")
    TERM = "term", _("For a term")
    WHOLE = "whole", _("For the whole life")


class InsurancePolicy(FactOfHousehold):
    """A policy: what it pays and what it costs.

    Cover of a life pays the coverage at the death of the insured while it is in force; a plan counts that.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "insurer", "coverage", "annual_premium"})

    kind = models.CharField(_("kind"), max_length=14, choices=InsuranceKind.choices)
    person = models.ForeignKey(
        "clients.Person", models.CASCADE, null=True, blank=True, related_name="policies", verbose_name=_("insured")
    )
    insurer = models.CharField(_("insurer"), max_length=120, blank=True)
    coverage = models.DecimalField(_("coverage"), max_digits=14, decimal_places=2)
    annual_premium = models.DecimalField(_("premium a year"), max_digits=12, decimal_places=2, default=0)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    life_form = models.CharField(
        _("cover of a life"), max_length=5, choices=LifeForm.choices, blank=True, default=LifeForm.UNKNOWN,
        help_text=_("Of life insurance only. Where nothing is known a plan counts on it until retirement."),
    )  # fmt: skip
    premium_in_costs = models.BooleanField(
        _("the living costs hold the premium"), default=True,
        help_text=_("They fall by it when the cover of a life ends. Otherwise a plan pays the premium besides."),
    )  # fmt: skip

    objects = FactQuerySet["InsurancePolicy"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("coverage", "policy_coverage_not_negative"),
            positive("annual_premium", "policy_premium_not_negative"),
        )

    def clean(self) -> None:
        """Refuse cover that is over, and what is said of a life where none is insured."""
        is_life = self.kind == InsuranceKind.LIFE
        if not is_life and self.life_form:
            raise ValidationError({"life_form": _("Only life insurance covers a life: leave this open.")})
        if not is_life or self.ends_on is None:
            return
        if self.life_form == LifeForm.WHOLE:
            raise ValidationError({"ends_on": _("Cover for the whole life has no last day: leave it empty.")})
        if self.as_of is not None and self.ends_on <= self.as_of:
            raise ValidationError({"ends_on": _("This day has passed: remove cover that is over.")})
