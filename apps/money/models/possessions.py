"""What the household owns besides accounts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive


class PropertyKind(models.TextChoices):
    """What it is."""

    HOME = "home", _("Own home")
    REAL_ESTATE = "real_estate", _("Other real estate")
    VEHICLE = "vehicle", _("Vehicle")
    BUSINESS = "business", _("Business interest")
    COLLECTIBLE = "collectible", _("Collection")
    OTHER = "other", _("Other")


class Property(FactOfHousehold):
    """A thing of value. `value` is an estimate of the day; `basis` is where it comes from."""

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

    objects = FactQuerySet["Property"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        verbose_name_plural = "properties"
        constraints = (positive("value", "property_value_not_negative"),)
