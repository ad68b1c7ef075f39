"""The people of a household."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.core.zones import has_come
from apps.kernel.dates import age_on


class Relationship(models.TextChoices):
    """What a person is in the household."""

    HEAD = "head", _("Head")
    PARTNER = "partner", _("Partner")
    CHILD = "child", _("Child")
    DEPENDANT = "dependant", _("Dependant")
    OTHER = "other", _("Other")


# who decides is of age, and a plan goes to the age of 110 at most
_OF_AGE, _OLDEST = 18, 110
YOUNGEST_RETIRED, OLDEST_RETIRED = 30, 100


def birth_problem(relationship: str, born: dt.date) -> str:
    """Say why somebody of the household cannot be born on a day; empty where they can."""
    decides = relationship in {Relationship.HEAD, Relationship.PARTNER}
    if not has_come(born):
        child = _("This day is still to come: enter a child once it is born.")
        return str(_("This day is still to come: check the year.") if decides else child)
    age = age_on(born, max(timezone.localdate(), born))
    if age > _OLDEST:
        told = _("Somebody born then would be %(age)s years old; a plan goes to %(most)s: check the year.")
        return told % {"age": age, "most": _OLDEST}
    if decides and age < _OF_AGE:
        told = _("Somebody born then is %(age)s; who decides for a household is %(least)s at least: check the year.")
        return told % {"age": age, "least": _OF_AGE}
    return ""


class PersonQuerySet(models.QuerySet["Person"]):
    """People by who may see them."""

    def visible_to(self, actor: Actor) -> PersonQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def adults(self) -> PersonQuerySet:
        """Return those who decide: head and partner."""
        return self.filter(relationship__in=[Relationship.HEAD, Relationship.PARTNER])


class Person(BaseModel):
    """One member of a household: an advised client, or somebody the plan must count."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"first_name", "last_name", "date_of_birth", "email", "phone", "tax_id", "occupation", "annual_income"}
    )
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"tax_id"})

    household = models.ForeignKey(Household, models.CASCADE, related_name="people", verbose_name=_("household"))
    relationship = models.CharField(_("in the household"), max_length=10, choices=Relationship.choices)
    first_name = models.CharField(_("first name"), max_length=100)
    last_name = models.CharField(_("last name"), max_length=100)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    marital_status = models.CharField(
        _("marital status"),
        max_length=10,
        blank=True,
        choices=[
            ("single", _("Single")),
            ("married", _("Married")),
            ("partnered", _("Partnered")),
            ("divorced", _("Divorced")),
            ("widowed", _("Widowed")),
        ],
    )
    # encrypted with the firm's key (apps.core.secrets); only its last four digits are ever shown
    tax_id = models.TextField(_("tax number"), blank=True)
    occupation = models.CharField(_("occupation"), max_length=120, blank=True)
    employment_status = models.CharField(
        _("employment"),
        max_length=14,
        blank=True,
        choices=[
            ("employed", _("Employed")),
            ("self_employed", _("Self-employed")),
            ("retired", _("Retired")),
            ("not_working", _("Not working")),
            ("student", _("Student")),
        ],
    )
    annual_income = models.DecimalField(_("income a year"), max_digits=14, decimal_places=2, null=True, blank=True)
    retirement_age = models.PositiveSmallIntegerField(_("would like to retire at"), null=True, blank=True)
    # of a child or another dependant; without it the law's own ages are taken (`supported_until_age`)
    supported_until = models.PositiveSmallIntegerField(
        _("supported until the age of"),
        null=True,
        blank=True,
        help_text=_(
            "Of a child or dependant, in whole years. Left empty: 19, while studying 24, and a relative for good."
        ),
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    user = models.OneToOneField(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="person", verbose_name=_("portal account")
    )
    external_id = models.CharField(_("number in another system"), max_length=64, blank=True)

    objects = PersonQuerySet.as_manager()
    history = history(excluded_fields=["tax_id"])

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ("household", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(relationship="head"),
                name="one_head_per_household",
                violation_error_message=_("A household has one head."),
            ),
            models.CheckConstraint(
                condition=models.Q(annual_income__isnull=True) | models.Q(annual_income__gte=0),
                name="income_not_negative",
                violation_error_message=_("An income cannot be negative."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    def clean(self) -> None:
        """Refuse who cannot be, an age at retirement that nobody has, and support of who is not supported."""
        if self.date_of_birth is not None and (wrong := birth_problem(self.relationship, self.date_of_birth)):
            raise ValidationError({"date_of_birth": wrong})
        if self.retirement_age is not None and not YOUNGEST_RETIRED <= self.retirement_age <= OLDEST_RETIRED:
            message = _("Give an age from %(low)s to %(high)s.")
            raise ValidationError({"retirement_age": message % {"low": YOUNGEST_RETIRED, "high": OLDEST_RETIRED}})
        if self.supported_until is not None and self.relationship not in {Relationship.CHILD, Relationship.DEPENDANT}:
            raise ValidationError({"supported_until": _("Only a child or a dependant is supported: leave this empty.")})

    def supported_until_age(self) -> int | None:
        """Return the age at which a child or dependant no longer counts as one, None for a relative without an end.

        Without a stated age a child counts until 19 and a student until 24 (IRC 152(c)(3)).
        """
        if self.supported_until is not None:
            return self.supported_until
        if self.relationship == Relationship.DEPENDANT:
            return None
        return 24 if self.employment_status == "student" else 19

    def age_on(self, day: dt.date) -> int | None:
        """Return the age in whole years, None when the birth date is not known."""
        return None if self.date_of_birth is None else age_on(self.date_of_birth, day)
