"""What comes in, goes out and is put aside regularly."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.bank import Category
from apps.money.models.facts import FactOfHousehold, FactQuerySet, FieldCheck, positive


class IncomeKind(models.TextChoices):
    """Where income comes from: the law taxes each differently."""

    SALARY = "salary", _("Salary")
    SELF_EMPLOYMENT = "self_employment", _("Self-employment")
    SOCIAL_SECURITY = "social_security", _("Social Security")
    PENSION = "pension", _("Pension")
    RENTAL = "rental", _("Rent received")
    OTHER_TAXABLE = "other_taxable", _("Other, taxable")
    TAX_FREE = "tax_free", _("Other, tax-free")


class IncomeSource(FactOfHousehold):
    """An income before tax, a year. Without dates it runs from now until its person retires (or dies, for pensions)."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "annual_amount"})

    person = models.ForeignKey("clients.Person", models.CASCADE, related_name="incomes", verbose_name=_("whose"))
    kind = models.CharField(_("kind"), max_length=16, choices=IncomeKind.choices)
    annual_amount = models.DecimalField(_("amount a year, before tax"), max_digits=14, decimal_places=2)
    annual_growth = models.DecimalField(_("growth a year"), max_digits=6, decimal_places=5, default=0)
    is_inflation_linked = models.BooleanField(_("rises with inflation"), default=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    rented_out = models.ForeignKey(
        "money.Property", models.SET_NULL, null=True, blank=True, related_name="rents",
        verbose_name=_("from the property or business"),
        help_text=_("The income ends when it is sold, and falls by the share where a part is."),
    )  # fmt: skip

    objects = FactQuerySet["IncomeSource"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("annual_amount", "income_source_not_negative"),
            FieldCheck(
                field="ends_on",
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="income_source_ends_after_start",
                violation_error_message=_("The income ends before it starts."),
            ),
        )


class ExpenseLine(FactOfHousehold):
    """What the household says it spends a month on something."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "monthly_amount"})

    category = models.CharField(_("category"), max_length=10, choices=Category.choices, default=Category.OTHER)
    monthly_amount = models.DecimalField(_("amount a month"), max_digits=12, decimal_places=2)
    is_essential = models.BooleanField(_("cannot be left out"), default=True)

    objects = FactQuerySet["ExpenseLine"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (positive("monthly_amount", "expense_line_not_negative"),)


class RegularSaving(FactOfHousehold):
    """What is paid into an account every month, by the household or by an employer."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "monthly_amount"})

    account = models.ForeignKey(
        "portfolios.Account", models.CASCADE, related_name="regular_savings", verbose_name=_("into the account")
    )
    monthly_amount = models.DecimalField(_("amount a month"), max_digits=12, decimal_places=2)
    is_by_employer = models.BooleanField(_("paid by the employer"), default=False)
    is_deductible = models.BooleanField(
        _("deducted from income"), default=True,
        help_text=_("Into a tax-deferred account. Off: after-tax money, which is not taxed again when it comes out."),
    )  # fmt: skip
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = FactQuerySet["RegularSaving"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (positive("monthly_amount", "regular_saving_not_negative"),)
