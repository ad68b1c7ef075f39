"""The household: the unit of service, and whose rows a person of the firm may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from apps.accounts.models.role import Permission
from apps.core.actors import Actor, ActorKind
from apps.core.history import history
from apps.core.models import BaseModel

if TYPE_CHECKING:
    from django.db.models import Q


class HouseholdStatus(models.TextChoices):
    """Where the relationship stands."""

    PROSPECT = "prospect", _("Prospect")
    ONBOARDING = "onboarding", _("Onboarding")
    ACTIVE = "active", _("Active")
    LEAVING = "leaving", _("Leaving")
    CLOSED = "closed", _("Closed")


def households_of(actor: Actor, path: str = "") -> Q | None:
    """Return the condition under which rows are the actor's to see, None for all, through `path` to the household.

    Every `visible_to` of every app above is built on this one: compliance and principals see all, others what
    guardian's grants name (their own or their team's), a client their own household, a partner's application
    what its scopes open (checked at the entry), anybody else nothing.
    """
    key = f"{path}__pk" if path else "pk"
    if actor.kind in {ActorKind.SYSTEM, ActorKind.PARTNER} or actor.can(Permission.VIEW_ALL_HOUSEHOLDS):
        return None
    if actor.can(Permission.USE_PORTAL):
        own = Household.objects.filter(people__user_id=actor.user_id or 0)
        return models.Q(**{f"{key}__in": own.values("pk")})
    if actor.can(Permission.VIEW_HOUSEHOLDS):
        mine = {"permission__codename": "view_household"}
        by_name = HouseholdUserGrant.objects.filter(user_id=actor.user_id, **mine)
        by_team = HouseholdGroupGrant.objects.filter(group__user=actor.user_id, **mine)
        # asked of the grants themselves: a list of all households between them and the rows is a scan for nothing
        return models.Q(**{f"{key}__in": by_name.values("content_object")}) | models.Q(
            **{f"{key}__in": by_team.values("content_object")}
        )
    return models.Q(pk__in=())


class HouseholdQuerySet(models.QuerySet["Household"]):
    """Households by who may see them and by state."""

    def visible_to(self, actor: Actor) -> HouseholdQuerySet:
        """Return those the actor may see."""
        condition = households_of(actor)
        return self if condition is None else self.filter(condition)

    def active(self) -> HouseholdQuerySet:
        """Return those that are served now."""
        return self.filter(status__in=[HouseholdStatus.ONBOARDING, HouseholdStatus.ACTIVE, HouseholdStatus.LEAVING])


class Household(BaseModel):
    """People who are advised together."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "address", "city", "postal_code"})

    name = models.CharField(_("household"), max_length=200)
    status = models.CharField(
        _("status"), max_length=12, choices=HouseholdStatus.choices, default=HouseholdStatus.PROSPECT
    )
    advisor = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="advised_households", verbose_name=_("advisor")
    )
    filing_status = models.CharField(
        _("tax filing status"),
        max_length=20,
        blank=True,
        choices=[
            ("single", _("Single")),
            ("joint", _("Married filing jointly")),
            ("separate", _("Married filing separately")),
            ("head", _("Head of household")),
        ],
    )
    address = models.TextField(_("street address"), blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    state = models.CharField(_("state of residence"), max_length=2, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    country = models.CharField(_("country"), max_length=2, default="US")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    client_since = models.DateField(_("client since"), null=True, blank=True)
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    objectives = models.TextField(_("objectives, in the client's words"), blank=True)
    external_id = models.CharField(_("number in another system"), max_length=64, blank=True)

    objects = HouseholdQuerySet.as_manager()
    history = history()

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~models.Q(external_id=""),
                name="household_external_id_once",
                violation_error_message=_("Another household has this number already."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self


class HouseholdUserGrant(UserObjectPermissionBase):
    """A person's grant on a household; a direct key makes the check one join."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
    content_object = models.ForeignKey(Household, on_delete=models.CASCADE)


class HouseholdGroupGrant(GroupObjectPermissionBase):
    """A team's grant on a household."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()
    content_object = models.ForeignKey(Household, on_delete=models.CASCADE)
