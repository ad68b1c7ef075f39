"""What becomes of advice: dated steps with an owner and evidence, and contributions that are watched."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.role import Permission, is_client
from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.recommendation import Recommendation


class StepOwner(models.TextChoices):
    """Who does it."""

    ADVISOR = "advisor", _("Advisor")
    CLIENT = "client", _("Client")
    OTHER = "other", _("Somebody else")


class StepStatus(models.TextChoices):
    """How far it is; the steps between are in policies.STEP_MOVES."""

    OPEN = "open", _("To do")
    BLOCKED = "blocked", _("Waiting")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class PlanStepQuerySet(models.QuerySet["PlanStep"]):
    """Steps by who may see them and by state."""

    def visible_to(self, actor: Actor) -> PlanStepQuerySet:
        """Return those of households the actor may see; who may not read plans sees none, a client no dropped one."""
        if actor.is_person and not (actor.can(Permission.VIEW_PLANS) or is_client(actor)):
            return self.none()
        condition = households_of(actor, "household")
        rows = self if condition is None else self.filter(condition)
        return rows.exclude(status=StepStatus.DROPPED) if is_client(actor) else rows

    def under_way(self) -> PlanStepQuerySet:
        """Return those that are still to be done."""
        return self.filter(status__in=[StepStatus.OPEN, StepStatus.BLOCKED])

    def due_by(self, day: dt.date) -> PlanStepQuerySet:
        """Return those to do now that are due on the day or before."""
        return self.filter(status=StepStatus.OPEN, due_on__lte=day)


class PlanStep(BaseModel):
    """One step. `code` names the template it came from (empty: somebody wrote it), whose words are `title`.

    A step that is done rests on evidence: a note, a paper, or an entry of an account's ledger. One that waits or was
    dropped says why. `reminded_on` is when its owner was last reminded.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"title", "reason", "note", "owner_name"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="plan_steps", verbose_name=_("household"))
    recommendation = models.ForeignKey(
        Recommendation, models.PROTECT, null=True, blank=True, related_name="steps", verbose_name=_("recommendation")
    )
    code = models.CharField(max_length=40, blank=True)
    title = models.CharField(_("what is to be done"), max_length=200)
    owner = models.CharField(_("who does it"), max_length=8, choices=StepOwner.choices)
    person = models.ForeignKey(
        "clients.Person", models.SET_NULL, null=True, blank=True, related_name="plan_steps", verbose_name=_("whose")
    )
    owner_name = models.CharField(_("name"), max_length=120, blank=True)
    due_on = models.DateField(_("until"))
    status = models.CharField(_("status"), max_length=8, choices=StepStatus.choices, default=StepStatus.OPEN)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    note = models.TextField(_("evidence"), max_length=2000, blank=True)
    document = models.ForeignKey(
        "clients.Document", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    entry = models.ForeignKey(
        "portfolios.Transaction", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("entry")
    )
    closed_by = models.CharField(_("closed by"), max_length=200, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    reminded_on = models.DateField(null=True, blank=True)

    objects = PlanStepQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=["household", "status", "due_on"], name="steps_of_household"),)
        constraints = (
            models.UniqueConstraint(
                fields=["recommendation", "code"],
                condition=~models.Q(code=""),
                name="plan_step_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=StepStatus.DONE)
                | ~models.Q(note="")
                | models.Q(document__isnull=False)
                | models.Q(entry__isnull=False),
                name="done_step_has_its_evidence",
                violation_error_message=_("Say how it was done, or file the paper that shows it."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=[StepStatus.BLOCKED, StepStatus.DROPPED]) | ~models.Q(reason=""),
                name="halted_step_has_its_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=[StepStatus.DONE, StepStatus.DROPPED], closed_at__isnull=False)
                | models.Q(status__in=[StepStatus.OPEN, StepStatus.BLOCKED], closed_at=None),
                name="closed_step_has_its_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(owner=StepOwner.OTHER) | ~models.Q(owner_name=""),
                name="other_owner_has_a_name",
                violation_error_message=_("Say who does it."),
            ),
        )

    def __str__(self) -> str:
        return self.title[:60]

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    @property
    def words(self) -> str:
        """What is to be done: words of a template in the reader's language, somebody's own as they wrote them."""
        return gettext(self.title) if self.code and self.title else self.title

    @property
    def is_under_way(self) -> bool:
        """Whether it is still to be done."""
        return self.status in {StepStatus.OPEN, StepStatus.BLOCKED}


class ContributionWatchQuerySet(models.QuerySet["ContributionWatch"]):
    """Watched contributions by who may see them and by state."""

    def visible_to(self, actor: Actor) -> ContributionWatchQuerySet:
        """Return those of households the actor may see; who may not read plans sees none."""
        if actor.is_person and not (actor.can(Permission.VIEW_PLANS) or is_client(actor)):
            return self.none()
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def active(self) -> ContributionWatchQuerySet:
        """Return those that are held against the ledger."""
        return self.filter(stopped_on=None)


class ContributionWatch(BaseModel):
    """What should arrive in an account every month since advice to save more was accepted.

    `monthly_amount` is all that is paid in, what was paid in before included. Months from `first_month` on are judged
    once each; `judged_through` is the first day of the last that was.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"monthly_amount"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="watched_contributions")
    recommendation = models.ForeignKey(Recommendation, models.PROTECT, related_name="watches")
    account = models.ForeignKey(
        "portfolios.Account", models.PROTECT, related_name="watched_contributions", verbose_name=_("into the account")
    )
    monthly_amount = models.DecimalField(
        _("amount a month"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    first_month = models.DateField(_("first month"))
    judged_through = models.DateField(null=True, blank=True)
    stopped_on = models.DateField(_("stopped"), null=True, blank=True)
    stop_reason = models.TextField(_("reason"), max_length=2000, blank=True)

    objects = ContributionWatchQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("household", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(stopped_on=None),
                name="one_watch_of_an_account",
                violation_error_message=_("What arrives in this account is watched already."),
            ),
            models.CheckConstraint(
                condition=models.Q(monthly_amount__gt=0),
                name="watched_amount_is_positive",
                violation_error_message=_("The amount must be more than nothing."),
            ),
            models.CheckConstraint(
                condition=models.Q(stopped_on=None) | ~models.Q(stop_reason=""),
                name="stopped_watch_has_its_reason",
                violation_error_message=_("Say why."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household
