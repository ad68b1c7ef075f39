"""What a household said it wants, in its own words, and the goals that were found in them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission, is_client
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.goal import LEAST_SHARE, MAX_WAIT_YEARS, GoalKind, GoalPriority


class Tongue(models.TextChoices):
    """A language that is read."""

    ENGLISH = "en", _("English")
    PORTUGUESE = "pt", _("Portuguese")


class WishState(models.TextChoices):
    """Where a goal that was found in words is: only the advisor makes it a goal of the plan."""

    FOUND = "found", _("Found in the words")
    MEANT = "meant", _("Confirmed by the client")
    TAKEN = "taken", _("In the plan")
    DROPPED = "dropped", _("Not meant")


OPEN_WISHES = frozenset({WishState.FOUND, WishState.MEANT})


class GoalTextQuerySet(models.QuerySet["GoalText"]):
    """Texts by who may see them."""

    def visible_to(self, actor: Actor) -> GoalTextQuerySet:
        """Return those of households the actor may see; a client sees what clients wrote, not the advisor's notes."""
        if actor.is_person and not (actor.can(Permission.VIEW_PLANS) or is_client(actor)):
            return self.none()
        condition = households_of(actor, "household")
        rows = self if condition is None else self.filter(condition)
        return rows.filter(by_client=True) if is_client(actor) else rows


class GoalText(BaseModel):
    """A text as it was written; it is never changed. `person` is who speaks: "I" and their ages are theirs.

    `unread` are where the sentences stand in which the grammar found nothing.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"text"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="goal_texts")
    person = models.ForeignKey(
        "clients.Person", models.PROTECT, related_name="goal_texts", verbose_name=_("who speaks")
    )
    by_client = models.BooleanField(_("written in the portal"))
    written_by = models.CharField(_("written by"), max_length=200)
    language = models.CharField(_("language"), max_length=2, choices=Tongue.choices)
    text = models.TextField(_("text"), max_length=5000)
    unread = models.JSONField(default=list, blank=True)

    objects = GoalTextQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("household", "-id")

    def __str__(self) -> str:
        return self.text[:60]

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household


class GoalWish(BaseModel):
    """A goal found in a text: what was said of it, and what became of it.

    `parts` are where its words stand, `marks` where its amount, time and length do. `doubts` are what the words leave
    open: a code with the word it is about. `reading` is the language model's that found it, None where the grammar
    did. `retirement_age` is of `person`, in a goal for the time after work. `heard` is where the words stand that say
    of its means: how long it can wait, what part is enough, the public ids of the accounts that pay; by their field.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "annual_amount", "retirement_age"})

    text = models.ForeignKey(GoalText, models.CASCADE, related_name="wishes")
    place = models.PositiveSmallIntegerField(_("place in the text"))
    parts = models.JSONField(default=list, blank=True)
    marks = models.JSONField(default=list, blank=True)
    doubts = models.JSONField(default=list, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=GoalKind.choices)
    name = models.CharField(_("name"), max_length=120)
    priority = models.CharField(_("priority"), max_length=12, choices=GoalPriority.choices)
    annual_amount = models.DecimalField(
        _("amount a year, in money of today"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    years = models.PositiveSmallIntegerField(_("for how many years"), default=0, validators=[MaxValueValidator(80)])
    retirement_age = models.PositiveSmallIntegerField(
        _("age at retirement"), null=True, blank=True, validators=[MinValueValidator(18), MaxValueValidator(100)]
    )
    person = models.ForeignKey(
        "clients.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for whom")
    )
    funded_by = models.JSONField(_("paid from"), default=list, blank=True)
    funded_only = models.BooleanField(_("nothing else pays"), default=False)
    wait_years = models.PositiveSmallIntegerField(
        _("can wait up to, in years"), null=True, blank=True, validators=[MaxValueValidator(MAX_WAIT_YEARS)]
    )
    least_share = models.DecimalField(
        _("part that is enough"),
        max_digits=4,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(LEAST_SHARE), MaxValueValidator(1)],
    )
    heard = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=WishState.choices, default=WishState.FOUND)
    reading = models.ForeignKey("plans.ModelReading", models.SET_NULL, null=True, blank=True, related_name="wishes")
    goal = models.ForeignKey("plans.Goal", models.SET_NULL, null=True, blank=True, related_name="+")
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    history = history()

    class Meta:
        ordering = ("text", "place")
        constraints = (
            models.UniqueConstraint(fields=["text", "place"], name="wish_place_once"),
            models.CheckConstraint(
                condition=models.Q(state=WishState.FOUND, decided_at=None)
                | (~models.Q(state=WishState.FOUND) & models.Q(decided_at__isnull=False)),
                name="decided_wish_says_when",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.text.household
