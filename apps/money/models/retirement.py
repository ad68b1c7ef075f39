"""What of a household's retirement money was taxed before."""

from __future__ import annotations

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive

# the first year in which a contribution to an IRA could be made without deduction (Tax Reform Act of 1986)
FIRST_YEAR = 1987


class IraBasis(FactOfHousehold):
    """What a person paid into traditional, SEP and SIMPLE IRAs without deducting it and has not taken out since.

    Line 14 of Form 8606 of `tax_year`; each person has a form of their own.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "amount"})

    person = models.ForeignKey("clients.Person", models.CASCADE, related_name="ira_bases", verbose_name=_("whose"))
    amount = models.DecimalField(
        _("after-tax money in IRAs"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)],
        help_text=_("In dollars: line 14 of Form 8606. Employer plans such as a 401(k) do not count."),
    )  # fmt: skip
    tax_year = models.PositiveSmallIntegerField(_("tax year of the form"))

    objects = FactQuerySet["IraBasis"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("amount", "ira_basis_not_negative"),
            models.UniqueConstraint(
                fields=["person"],
                name="ira_basis_once",
                violation_error_message=_("The after-tax money of this person is told already: change that entry."),
            ),
        )

    def clean(self) -> None:
        """Refuse, at its field, a year in which there was no such form, or that has not ended."""
        if self.tax_year is None or self.as_of is None:
            return
        if not FIRST_YEAR <= self.tax_year <= self.as_of.year:
            message = _("Enter the tax year of the last Form 8606: from %(first)s to %(last)s.")
            raise ValidationError({"tax_year": message % {"first": FIRST_YEAR, "last": self.as_of.year}})
