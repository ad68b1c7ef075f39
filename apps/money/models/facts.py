"""What every fact about a household's money has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.models import BaseModel
from apps.core.zones import has_come

# years after which a fact is no fact of today
OLDEST_FACT = 20
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

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Refuse a fact known for a day to come, and one of so long ago that it says nothing of today."""
        super().clean_fields(exclude)
        today = timezone.localdate()
        if "as_of" not in (exclude or ()):
            refuse_unless(has_come(self.as_of), "as_of", _("This day has not come yet: give today or an earlier day."))
            message = _("This is more than %(years)s years ago: look it up anew, and give the day of what you find.")
            is_recent = self.as_of.year >= today.year - OLDEST_FACT
            refuse_unless(is_recent, "as_of", message % {"years": OLDEST_FACT})


class FieldCheck(models.CheckConstraint):
    """A constraint whose refusal stands at a field; to the database and its migrations a plain one."""

    def __init__(self, *, field: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.field = field

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """Return it as what the database knows: where a refusal is shown is no matter of the schema."""
        _path, args, options = super().deconstruct()
        return "django.db.models.CheckConstraint", args, options

    def clone(self) -> FieldCheck:
        """Return the same once more, with its field."""
        _path, _args, options = self.deconstruct()
        return FieldCheck(field=self.field, **options)

    def validate(self, *args: Any, **options: Any) -> None:
        """Hold a row to it. Raises ValidationError at the field."""
        try:
            super().validate(*args, **options)
        except ValidationError as wrong:
            raise ValidationError({self.field: wrong.messages}) from wrong


def positive(field: str, name: str) -> FieldCheck:
    """Return the constraint that an amount is not negative."""
    return FieldCheck(
        field=field,
        condition=models.Q(**{f"{field}__gte": 0}),
        name=name,
        violation_error_message=_("An amount here cannot be negative."),
    )


def refuse_unless(is_right: bool, field: str, message: object) -> None:  # noqa: FBT001 - reads as a sentence
    """Raise ValidationError at a field for what cannot be."""
    if not is_right:
        raise ValidationError({field: message})
