"""What the household owns besides accounts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, FieldCheck, positive


def last_part_on(sold: dt.date, instalments: int) -> dt.date:
    """Return the day on which the last yearly part of a price is paid; of a leap day the last of February."""
    try:
        return sold.replace(year=sold.year + instalments - 1)
    except ValueError:
        return dt.date(sold.year + instalments - 1, 2, 28)


class PropertyKind(models.TextChoices):
    """What it is."""

    HOME = "home", _("Own home")
    REAL_ESTATE = "real_estate", _("Other real estate")
    VEHICLE = "vehicle", _("Vehicle")
    BUSINESS = "business", _("Business interest")
    COLLECTIBLE = "collectible", _("Collection")
    OTHER = "other", _("Other")


class Property(FactOfHousehold):
    """A thing of value. `value` is an estimate of the day; `basis` is where it comes from.

    A plan counts it in what the household is worth, and as money only once it is sold.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "value"})

    kind = models.CharField(_("kind"), max_length=12, choices=PropertyKind.choices)
    value = models.DecimalField(_("value"), max_digits=14, decimal_places=2)
    basis = models.CharField(
        _("value by"),
        max_length=10,
        default="owner",
        choices=[
            ("owner", _("The owner's estimate")),
            ("appraisal", _("An appraisal")),
            ("tax", _("The tax assessment")),
            ("purchase", _("The purchase price")),
        ],
    )

    annual_growth = models.DecimalField(
        _("growth a year"), max_digits=6, decimal_places=5, null=True, blank=True,
        help_text=_("Of the price, inflation included. Left empty: the expected inflation."),
    )  # fmt: skip
    cost = models.DecimalField(
        _("bought for"), max_digits=14, decimal_places=2, null=True, blank=True,
        help_text=_("With improvements: the gain over it is taxed when it is sold."),
    )  # fmt: skip
    sells_on = models.DateField(
        _("to be sold on"), null=True, blank=True,
        help_text=_("Left empty: it is kept. Sold already, with parts of the price to come: the value is the price."),
    )  # fmt: skip
    selling_cost = models.DecimalField(_("cost of the sale"), max_digits=5, decimal_places=4, default=Decimal("0.06"))
    debt = models.ForeignKey(
        "money.Debt", models.SET_NULL, null=True, blank=True, related_name="secured_by",
        verbose_name=_("debt that the sale pays off"),
    )  # fmt: skip

    sold_share = models.DecimalField(
        _("share sold"), max_digits=5, decimal_places=4, default=Decimal(1),
        help_text=_("Of what the household owns of it; the rest is kept."),
    )  # fmt: skip
    instalments = models.PositiveSmallIntegerField(
        _("price paid in yearly parts"), default=1,
        help_text=_("1: all at the sale. Else equal parts, the first at the sale, each with its part of the gain."),
    )  # fmt: skip
    instalment_rate = models.DecimalField(
        _("interest of the buyer a year"), max_digits=5, decimal_places=4, null=True, blank=True,
        help_text=_("On what of the price is still to be paid. Left empty: none is counted."),
    )  # fmt: skip
    is_passive = models.BooleanField(
        _("the owner does not work in the business"), default=False,
        help_text=_("The gain of its sale then bears the tax on net investment income as well."),
    )  # fmt: skip
    property_tax = models.DecimalField(
        _("property tax a year"), max_digits=12, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("Part of the living costs. A plan deducts it where that leaves less tax."),
    )  # fmt: skip
    kept_until_death = models.BooleanField(_("kept until death"), default=False)

    objects = FactQuerySet["Property"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        verbose_name_plural = "properties"
        constraints = (
            positive("value", "property_value_not_negative"),
            positive("cost", "property_cost_not_negative"),
            positive("property_tax", "property_tax_not_negative"),
            FieldCheck(
                field="selling_cost",
                condition=models.Q(selling_cost__gte=0, selling_cost__lte=Decimal("0.5")),
                name="property_selling_cost_is_a_fraction",
                violation_error_message=_("A sale costs between nothing and half of the price."),
            ),
            FieldCheck(
                field="sold_share",
                condition=models.Q(sold_share__gt=0, sold_share__lte=1),
                name="property_sold_share_is_a_fraction",
                violation_error_message=_("The share sold lies above nothing and is at most the whole."),
            ),
            FieldCheck(
                field="instalments",
                condition=models.Q(instalments__gte=1, instalments__lte=30),
                name="property_instalments_in_years",
                violation_error_message=_("The price is paid in 1 to 30 yearly parts."),
            ),
            FieldCheck(
                field="instalment_rate",
                condition=models.Q(instalment_rate__gte=0, instalment_rate__lte=Decimal("0.3")),
                name="property_instalment_rate_is_a_fraction",
                violation_error_message=_("Interest of the buyer lies between nothing and 30 per cent a year."),
            ),
            models.UniqueConstraint(
                fields=["debt"],
                name="property_debt_once",
                violation_error_message=_("Another sale pays this debt off already."),
            ),
        )

    def clean(self) -> None:
        """Refuse a sale that is over, one of whose gain nothing is known, and what contradicts itself."""
        if self.is_passive and self.kind != PropertyKind.BUSINESS:
            raise ValidationError({"is_passive": _("Only in a business can the owner work: leave this open.")})
        if self.property_tax and self.kind not in {PropertyKind.HOME, PropertyKind.REAL_ESTATE}:
            raise ValidationError({"property_tax": _("Property tax is told of a home or other real estate only.")})
        if self.sells_on is None:
            if self.sold_share != 1 or self.instalments != 1:
                raise ValidationError({"sells_on": _("Say when it is sold, or leave share and parts as they were.")})
            return
        if self.kept_until_death:
            raise ValidationError({"kept_until_death": _("It is either sold or kept until death: choose one.")})
        if self.instalment_rate is not None and self.instalments == 1:
            raise ValidationError(
                {"instalment_rate": _("Only a price paid in parts bears interest: leave this empty.")}
            )
        if self.as_of is not None and self.sells_on <= self.as_of:
            self._check_parts_to_come(self.as_of)
        if self.cost is None:
            raise ValidationError(
                {"cost": _("Say what it was bought for: without it the tax on the sale is not known.")}
            )

    def _check_parts_to_come(self, day: dt.date) -> None:
        """Refuse a sale that is over and of whose price nothing is still to come."""
        if self.instalments == 1:
            message = _("This day has passed: remove what was sold, or say in how many yearly parts the price is paid.")
            raise ValidationError({"sells_on": message})
        last = last_part_on(self.sells_on, self.instalments) if self.sells_on else day
        if last <= day:
            message = _("The last part of the price came on %(day)s: remove what was sold, or correct the parts.")
            raise ValidationError({"instalments": message % {"day": date_format(last)}})
