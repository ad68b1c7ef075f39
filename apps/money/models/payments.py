"""What a household pays a year that the law may let it deduct: gifts of cash and medical costs."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive

_YEARS = range(1900, 2201)


class PaymentKind(models.TextChoices):
    """What is paid for."""

    GIFT = "gift", _("Gifts of cash to charity")
    MEDICAL = "medical", _("Medical costs")


class YearlyPayment(FactOfHousehold):
    """An amount a year of today's money, from the first to the last calendar year, which leaves besides living costs.

    Medical costs may be part of the living costs; gifts that are, are an expense of the category for giving.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "annual_amount"})

    kind = models.CharField(_("kind"), max_length=8, choices=PaymentKind.choices)
    annual_amount = models.DecimalField(
        _("amount a year"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)],
        help_text=_("In money of today: it rises with inflation. What an insurer pays back does not count."),
    )  # fmt: skip
    first_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    last_year = models.PositiveSmallIntegerField(
        _("last year"), null=True, blank=True, help_text=_("Left empty: as long as anybody lives.")
    )
    in_costs = models.BooleanField(
        _("the living costs hold it"), default=False,
        help_text=_("Of medical costs only. Otherwise it is paid besides the living costs."),
    )  # fmt: skip

    objects = FactQuerySet["YearlyPayment"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (positive("annual_amount", "yearly_payment_not_negative"),)

    @property
    def years_text(self) -> str:
        """The calendar years in words."""
        if self.first_year and self.last_year:
            return f"{self.first_year}–{self.last_year}" if self.last_year > self.first_year else f"{self.first_year}"
        if self.first_year:
            return gettext("from %(year)s") % {"year": self.first_year}
        return gettext("until %(year)s") % {"year": self.last_year} if self.last_year else gettext("every year")

    def clean(self) -> None:
        """Refuse, at its field, a window that is none, and gifts that would be counted twice."""
        for name in ("first_year", "last_year"):
            year = getattr(self, name)
            if year is not None and year not in _YEARS:
                raise ValidationError({name: _("Enter a calendar year such as 2030.")})
        if self.last_year is not None and self.last_year < (self.first_year or 0):
            raise ValidationError({"last_year": _("The last year lies before the first.")})
        if self.last_year is not None and self.as_of is not None and self.last_year < self.as_of.year:
            raise ValidationError({"last_year": _("This year has passed: remove what is no longer paid.")})
        if self.in_costs and self.kind == PaymentKind.GIFT:
            message = _(
                "Gifts within the living costs are told as an expense of the category “Giving”: leave this open."
            )
            raise ValidationError({"in_costs": message})
