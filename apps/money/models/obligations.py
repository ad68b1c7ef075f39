"""Debts and insurance."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive


class DebtKind(models.TextChoices):
    """What the debt is for."""

    MORTGAGE = "mortgage", _("Mortgage")
    HOME_EQUITY = "home_equity", _("Home equity line")
    AUTO = "auto", _("Car loan")
    STUDENT = "student", _("Student loan")
    CREDIT_CARD = "credit_card", _("Credit card")
    PERSONAL = "personal", _("Personal loan")
    OTHER = "other", _("Other")


class Debt(FactOfHousehold):
    """A debt with its balance on a day. The rate is a fraction a year."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "lender", "balance", "monthly_payment"})

    kind = models.CharField(_("kind"), max_length=12, choices=DebtKind.choices)
    lender = models.CharField(_("lender"), max_length=120, blank=True)
    balance = models.DecimalField(_("balance owed"), max_digits=14, decimal_places=2)
    annual_rate = models.DecimalField(_("interest a year"), max_digits=7, decimal_places=6)
    monthly_payment = models.DecimalField(_("payment a month"), max_digits=12, decimal_places=2)

    objects = FactQuerySet["Debt"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("balance", "debt_balance_not_negative"),
            positive("monthly_payment", "debt_payment_not_negative"),
            models.CheckConstraint(
                condition=models.Q(annual_rate__gte=0, annual_rate__lt=1),
                name="debt_rate_is_a_fraction",
                violation_error_message=_("A rate of interest lies between nothing and the whole a year."),
            ),
        )


class InsuranceKind(models.TextChoices):
    """What is insured."""

    LIFE = "life", _("Life")
    DISABILITY = "disability", _("Disability")
    LONG_TERM_CARE = "long_term_care", _("Long-term care")
    HEALTH = "health", _("Health")
    HOME = "home", pgettext_lazy("insurance", "Home")
    AUTO = "auto", _("Car")
    UMBRELLA = "umbrella", _("Umbrella liability")


class InsurancePolicy(FactOfHousehold):
    """A policy: what it pays and what it costs."""

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

    objects = FactQuerySet["InsurancePolicy"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("coverage", "policy_coverage_not_negative"),
            positive("annual_premium", "policy_premium_not_negative"),
        )
