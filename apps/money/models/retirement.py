"""What of a household's retirement money was taxed before."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive, refuse_unless

# the first year in which a contribution to an IRA could be made without deduction (Tax Reform Act of 1986)
FIRST_YEAR = 1987
# the first year of Roth IRAs (P.L. 105-34) and of Roth accounts in employers' plans (IRC 402A)
FIRST_ROTH_YEARS = {"ira": 1998, "plan": 2006}


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


class RothKind(models.TextChoices):
    """Whose rules hold: all Roth IRAs of a person are one, those of employers' plans have their own."""

    IRA = "ira", _("Roth IRAs")
    PLAN = "plan", _("Roth accounts of employers' plans")


class RothBasis(FactOfHousehold):
    """What a person paid and converted into Roth accounts and has not taken out, at the end of `tax_year`.

    Conversions count for five tax years: `converted_0` is that of the year itself, `converted_4` that of four years
    before, each the part that was taxed then.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "contributions"})

    person = models.ForeignKey("clients.Person", models.CASCADE, related_name="roth_bases", verbose_name=_("whose"))
    kind = models.CharField(_("which accounts"), max_length=4, choices=RothKind.choices, default=RothKind.IRA)
    first_year = models.PositiveSmallIntegerField(
        _("first year with a contribution"), null=True, blank=True,
        help_text=_("The tax year of the first contribution or conversion. Left empty: more than five years ago."),
    )  # fmt: skip
    contributions = models.DecimalField(
        _("paid in and not taken out"), max_digits=14, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
        help_text=_(
            "In dollars, without conversions: line 22 of Form 8606, or from statements. Left empty: all that is there "
            "today."
        ),
    )  # fmt: skip
    tax_year = models.PositiveSmallIntegerField(_("state at the end of the tax year"))
    converted_0 = models.DecimalField(
        _("converted in that year"), max_digits=14, decimal_places=2, default=0, validators=[MinValueValidator(0)],
        help_text=_("The part that was taxed then; what of it was after-tax money counts as paid in."),
    )  # fmt: skip
    converted_1 = models.DecimalField(
        _("converted one year before"), max_digits=14, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    converted_2 = models.DecimalField(
        _("converted two years before"), max_digits=14, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    converted_3 = models.DecimalField(
        _("converted three years before"), max_digits=14, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    converted_4 = models.DecimalField(
        _("converted four years before"), max_digits=14, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )

    objects = FactQuerySet["RothBasis"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("contributions", "roth_basis_not_negative"),
            models.UniqueConstraint(
                fields=["person", "kind"],
                name="roth_basis_once",
                violation_error_message=_("The Roth accounts of this person are told already: change that entry."),
            ),
        )

    def conversions(self) -> tuple[tuple[int, Decimal], ...]:
        """Return the year and the amount of each conversion that is told."""
        told = (getattr(self, f"converted_{before}") for before in range(5))
        return tuple((self.tax_year - before, amount) for before, amount in enumerate(told) if amount)

    def clean(self) -> None:
        """Refuse, at its field, years in which there were no such accounts, or that have not begun."""
        if self.tax_year is None or self.as_of is None or self.kind not in FIRST_ROTH_YEARS:
            return
        first = FIRST_ROTH_YEARS[self.kind]
        message = _("Enter a year from %(first)s to %(last)s.")
        refuse_unless(
            first <= self.tax_year <= self.as_of.year, "tax_year", message % {"first": first, "last": self.as_of.year}
        )
        refuse_unless(
            self.first_year is None or first <= self.first_year <= self.tax_year,
            "first_year",
            message % {"first": first, "last": self.tax_year},
        )
        for before in range(5):
            field, year = f"converted_{before}", self.tax_year - before
            amount = getattr(self, field)
            refuse_unless(
                not amount or self.kind == RothKind.IRA,
                field,
                _("Only Roth IRAs take conversions: leave it at nothing."),
            )
            refuse_unless(
                not amount or self.first_year is None or year >= self.first_year,
                field,
                _("This lies before the first year: correct one of the two."),
            )
