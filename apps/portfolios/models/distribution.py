"""What the law asks to know of a retirement account before it says how much must be taken out."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account


class HeirKind(models.TextChoices):
    """What the heir is to the one who died (the engine's `inherited.Heir`)."""

    SPOUSE = "spouse", _("Spouse")
    MINOR_CHILD = "minor_child", _("Child under 21")
    DISABLED = "disabled", _("Disabled or chronically ill")
    PERSON = "person", _("Another person")
    NO_PERSON = "no_person", _("No person: an estate or a charity")


class DistributionTermsQuerySet(models.QuerySet["DistributionTerms"]):
    """Terms by who may see them."""

    def visible_to(self, actor: Actor) -> DistributionTermsQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "account__household")
        return self if condition is None else self.filter(condition)


class DistributionTerms(BaseModel):
    """Who will inherit an account, or from whom it was inherited."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"spouse", "deceased_born_on", "died_on", "heir", "left_by_deceased"}
    )

    account = models.OneToOneField(
        Account, models.CASCADE, related_name="distribution_terms", verbose_name=_("account")
    )
    spouse = models.ForeignKey(
        "clients.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("spouse who is the only beneficiary"),
    )
    deceased_born_on = models.DateField(_("date of birth of the deceased"), null=True, blank=True)
    died_on = models.DateField(_("day of death"), null=True, blank=True)
    heir = models.CharField(_("the heir is"), max_length=12, choices=HeirKind.choices, blank=True)
    is_ten_year = models.BooleanField(_("the heir chose the ten years"), default=False)
    left_by_deceased = models.DecimalField(
        _("required for the year of death and not taken"),
        max_digits=14,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(0))],
    )

    objects = DistributionTermsQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("terms of required distributions")
        verbose_name_plural = _("terms of required distributions")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(died_on=None, deceased_born_on=None, heir="")
                | (
                    models.Q(died_on__isnull=False, deceased_born_on__isnull=False, spouse=None)
                    & models.Q(heir__in=HeirKind.values, died_on__gt=models.F("deceased_born_on"))
                ),
                name="distribution_terms_of_one_kind",
                violation_error_message=_("Say of an inherited account who died, when, and what the heir was to them."),
            ),
        )

    def __str__(self) -> str:
        return str(self.account)

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household
