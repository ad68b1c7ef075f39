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


class SpouseHolds(models.TextChoices):
    """As what a spouse holds an inherited account (the engine's `inherited.SpouseChoice`)."""

    HEIR = "heir", _("As an heir")
    AS_DECEASED = "as_deceased", _("As the one who died would have")
    OWN = "own", _("As the own account")


class Employment(models.TextChoices):
    """Whether the owner of an employer's plan works for that employer."""

    UNKNOWN = "", _("Not known")
    WORKING = "working", _("Still works there")
    RETIRED = "retired", _("Left")


class DistributionTermsQuerySet(models.QuerySet["DistributionTerms"]):
    """Terms by who may see them."""

    def visible_to(self, actor: Actor) -> DistributionTermsQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "account__household")
        return self if condition is None else self.filter(condition)


class DistributionTerms(BaseModel):
    """Who will inherit an account, or from whom it was inherited; of an employer's plan, whether the owner works there.

    `oldest_heir_born_on` is told where several heirs share and did not separate their shares in time,
    `heir_born_on` and `heir_died_on` where the heir died and the account's owner follows.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {
            "spouse",
            "deceased_born_on",
            "died_on",
            "heir",
            "left_by_deceased",
            "oldest_heir_born_on",
            "heir_born_on",
            "heir_died_on",
            "employment",
            "retired_on",
        }
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
    spouse_holds = models.CharField(
        _("the spouse holds it"), max_length=12, choices=SpouseHolds.choices, default=SpouseHolds.HEIR
    )
    oldest_heir_born_on = models.DateField(_("date of birth of the oldest heir who shares it"), null=True, blank=True)
    are_all_eligible = models.BooleanField(_("each of the heirs might take it over a life"), default=False)
    heir_born_on = models.DateField(_("date of birth of the heir who died"), null=True, blank=True)
    heir_died_on = models.DateField(_("day of death of the heir"), null=True, blank=True)
    employment = models.CharField(_("the owner works there"), max_length=8, choices=Employment.choices, blank=True)
    retired_on = models.DateField(_("left the employer on"), null=True, blank=True)
    is_five_percent_owner = models.BooleanField(
        _("owned more than five per cent of the employer"), null=True, blank=True
    )
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
            models.CheckConstraint(
                condition=models.Q(heir_died_on=None, heir_born_on=None)
                | models.Q(heir_died_on__gte=models.F("died_on"), heir_born_on__lt=models.F("heir_died_on")),
                name="distribution_terms_heir_died_after",
                violation_error_message=_("The heir died after the one who left the account, and was born before."),
            ),
            models.CheckConstraint(
                condition=models.Q(employment="retired", retired_on__isnull=False)
                | (~models.Q(employment="retired") & models.Q(retired_on=None)),
                name="distribution_terms_left_on",
                violation_error_message=_("Say when the owner left the employer."),
            ),
        )

    def __str__(self) -> str:
        return str(self.account)

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household
