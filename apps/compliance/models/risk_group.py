"""People of the firm in groups of like risk: each month's fit, its groups, who was in which; a lens, no decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.models import BaseModel


class RiskGroupFit(BaseModel):
    """One fit over all people of the firm with a risk profile, kept as it was made.

    `features` are the facts that counted, each with its middle, scale and weight, how many people lacked it, and the
    firm's quartiles; `dropped` are those that did not count, with why. `tried` holds what each number of groups came
    to. `trouble` says why there are no groups.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    fitted_on = models.DateField(_("facts as of"))
    version = models.CharField(_("method"), max_length=40)
    input_digest = models.CharField(_("digest of the facts"), max_length=64)
    continues = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    is_continued = models.BooleanField(_("begun where the last one ended"), default=False)
    n_people = models.PositiveIntegerField(_("number of people"))
    n_left_out = models.PositiveIntegerField(_("people left out"))
    n_laid = models.PositiveIntegerField(_("people when groups were laid anew"), default=0)
    n_changed = models.PositiveIntegerField(_("people who changed group"), default=0)
    features = models.JSONField(_("facts that counted"), default=list, blank=True)
    dropped = models.JSONField(_("facts that did not count"), default=dict, blank=True)
    tried = models.JSONField(_("numbers of groups tried"), default=list, blank=True)
    n_groups = models.PositiveSmallIntegerField(_("number of groups"), default=0)
    stability = models.FloatField(_("stability"), null=True, blank=True)
    silhouette = models.FloatField(_("how far groups lie apart"), null=True, blank=True)
    trouble = models.CharField(_("why there are no groups"), max_length=20, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["-fitted_on"], name="risk_groups_by_day"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(trouble="", n_groups__gte=2, stability__isnull=False) | (~Q(trouble="") & Q(n_groups=0)),
                name="risk_groups_or_why_not",
            ),
        )

    def __str__(self) -> str:
        return f"{self.fitted_on}: {self.n_groups}"

    def audit_subject(self) -> None:
        """A fit is the firm's."""
        return


class RiskGroup(BaseModel):
    """A group of a fit. `number` is the same from fit to fit; `traits` are what names it.

    `centre` is in scales of the fit's features, `middles` the quartiles and number known of each fact among its people.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    fit = models.ForeignKey(RiskGroupFit, models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField(_("number"))
    traits = models.JSONField(_("what names it"), default=list, blank=True)
    telling = models.JSONField(_("what sets it apart"), default=list, blank=True)
    size = models.PositiveIntegerField(_("people"))
    centre = models.JSONField(_("centre"), default=list, blank=True)
    middles = models.JSONField(_("quartiles"), default=dict, blank=True)

    class Meta:
        ordering = ("fit", "number")
        constraints = (models.UniqueConstraint(fields=["fit", "number"], name="risk_group_number_once"),)

    def __str__(self) -> str:
        return f"{self.fit_id}/{self.number}"

    def audit_subject(self) -> None:
        """A group is the firm's."""
        return


class RiskMembershipQuerySet(models.QuerySet["RiskMembership"]):
    """Who was in which group, by who may see them."""

    def visible_to(self, actor: Actor) -> RiskMembershipQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class RiskMembership(BaseModel):
    """A person in a fit; without a group `left_out` says why.

    `facts` are what was known on the day, `reasons` the facts that speak most for the group rather than `other`, the
    next nearest. `came_from` is the number of the group before where it changed, `moved_by` the facts that did it (none
    when the groups moved and not the person). `misfits` are codes of what does not fit.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"facts", "reasons", "moved_by", "misfits"})

    fit = models.ForeignKey(RiskGroupFit, models.CASCADE, related_name="memberships")
    household = models.ForeignKey("clients.Household", models.CASCADE, related_name="risk_memberships")
    person = models.ForeignKey("clients.Person", models.CASCADE, related_name="risk_memberships")
    group = models.ForeignKey(RiskGroup, models.CASCADE, null=True, blank=True, related_name="memberships")
    other = models.ForeignKey(RiskGroup, models.CASCADE, null=True, blank=True, related_name="+")
    distance = models.FloatField(_("distance to the group's middle"), null=True, blank=True)
    other_distance = models.FloatField(_("distance to the next group's middle"), null=True, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    came_from = models.PositiveSmallIntegerField(_("group before"), null=True, blank=True)
    moved_by = models.JSONField(_("facts that moved the person"), default=list, blank=True)
    misfits = models.JSONField(_("what does not fit"), default=list, blank=True)
    left_out = models.CharField(_("why left out"), max_length=20, blank=True)

    objects = RiskMembershipQuerySet.as_manager()

    class Meta:
        ordering = ("fit", "person")
        constraints = (
            models.UniqueConstraint(fields=["fit", "person"], name="risk_membership_once"),
            models.CheckConstraint(
                condition=Q(group__isnull=True) | Q(other__isnull=False, distance__isnull=False, left_out=""),
                name="risk_membership_is_placed",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.group_id}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
