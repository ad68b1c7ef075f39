"""What every fact about a household's money has."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.models import BaseModel

Fact = TypeVar("Fact", bound="FactOfHousehold")


class FactQuerySet(models.QuerySet[Fact]):
    """Facts by who may see them."""

    def visible_to(self, actor: Actor) -> FactQuerySet[Fact]:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class FactOfHousehold(BaseModel):
    """A fact with the day it is known for. Amounts are in the household's currency unless `currency` says otherwise."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="%(class)s_facts")
    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    as_of = models.DateField(_("as of"))

    class Meta:
        abstract = True
        ordering = ("household", "id")

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household


def positive(field: str, name: str) -> models.CheckConstraint:
    """Return the constraint that an amount is not negative."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{field}__gte": 0}),
        name=name,
        violation_error_message=_("An amount here cannot be negative."),
    )


def refuse_unless(is_right: bool, field: str, message: object) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise ValidationError at a field for what cannot be."""
    if not is_right:
        raise ValidationError({field: message})
