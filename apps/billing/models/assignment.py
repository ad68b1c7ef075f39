"""Which household pays by which terms, and what is left out."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.billing.models.schedule import FeeScheduleVersion, may_read_bills
from apps.clients.models import Agreement, Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel

_SHARE = [MinValueValidator(0), MaxValueValidator(1)]


class Collection(models.TextChoices):
    """Where a household's fees are collected."""

    INVOICE = "invoice", _("By invoice to the client")
    OWN = "own", _("Debited from each account")
    ACCOUNT = "account", _("Debited from one account")


class FeeAssignmentQuerySet(models.QuerySet["FeeAssignment"]):
    """Assignments by who may see them and by day."""

    def visible_to(self, actor: Actor) -> FeeAssignmentQuerySet:
        """Return those of households the actor may see; of staff, only for those who read billing."""
        if not may_read_bills(actor):
            return self.none()
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def within(self, first: dt.date, last: dt.date) -> FeeAssignmentQuerySet:
        """Return those in force on some day of the span."""
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=first), starts_on__lte=last)

    def as_of(self, day: dt.date) -> FeeAssignmentQuerySet:
        """Return those in force on the day."""
        return self.within(day, day)


class FeeAssignment(BaseModel):
    """The terms a household pays by, resting on a clause of an agreement that its client signed."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    household = models.ForeignKey(Household, models.PROTECT, related_name="fee_assignments")
    version = models.ForeignKey(
        FeeScheduleVersion, models.PROTECT, related_name="assignments", verbose_name=_("schedule")
    )
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="fee_assignments", verbose_name=_("agreement")
    )
    clause = models.CharField(_("clause of the agreement"), max_length=20)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    # what this client negotiated: a rate in place of the schedule's, a share off what is then due (fractions)
    negotiated_rate = models.DecimalField(
        _("negotiated annual rate"), max_digits=9, decimal_places=8, null=True, blank=True, validators=_SHARE
    )
    discount = models.DecimalField(_("discount"), max_digits=9, decimal_places=8, default=0, validators=_SHARE)
    collection = models.CharField(_("collected"), max_length=8, choices=Collection.choices, default=Collection.INVOICE)
    paying_account = models.ForeignKey(
        "portfolios.Account",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("paying account"),
    )

    objects = FeeAssignmentQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("household", "-starts_on", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["household"],
                condition=models.Q(ends_on=None),
                name="one_open_fee_assignment",
                violation_error_message=_("The household has terms without an end already."),
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="fee_assignment_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(condition=~models.Q(clause=""), name="fee_assignment_cites_a_clause"),
            models.CheckConstraint(
                condition=models.Q(collection="account", paying_account__isnull=False)
                | (~models.Q(collection="account") & models.Q(paying_account=None)),
                name="paying_account_where_one_pays",
                violation_error_message=_("Name the paying account when, and only when, one account pays."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.household}: {self.version}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household


class ExclusionReason(models.TextChoices):
    """Why something is not billed; the values are those of the fee engine."""

    UNSUPERVISED = "unsupervised", _("Not supervised")
    CASH = "cash", _("Cash")
    EMPLOYEE = "employee", _("Account of an employee")
    RECENT_PURCHASE = "recent_purchase", _("Bought lately with a commission")
    MARGIN_DEBIT = "margin_debit", _("Margin debit")
    ACCRUED_INTEREST = "accrued_interest", _("Accrued interest")
    DOUBLE_FEE = "double_fee", _("Pays the firm already")
    BILLED_ELSEWHERE = "billed_elsewhere", _("Billed elsewhere")
    OTHER = "other", _("Other")


class FeeExclusion(BaseModel):
    """What of an account is not billed: the whole account, its cash, or one security."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    account = models.ForeignKey("portfolios.Account", models.PROTECT, related_name="fee_exclusions")
    reason = models.CharField(_("reason"), max_length=20, choices=ExclusionReason.choices)
    instrument = models.ForeignKey(
        "portfolios.Instrument", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("security")
    )
    share = models.DecimalField(_("share left out"), max_digits=9, decimal_places=8, default=1, validators=_SHARE)
    counts_for_breakpoint = models.BooleanField(_("still counts for the breakpoint"), default=False)
    clause = models.CharField(_("clause of the agreement"), max_length=20)
    note = models.CharField(_("note"), max_length=200, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    history = history()

    class Meta:
        ordering = ("account", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="fee_exclusion_dates_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(condition=~models.Q(clause=""), name="fee_exclusion_cites_a_clause"),
        )

    def __str__(self) -> str:
        what = self.instrument or self.get_reason_display()
        return f"{self.account}: {what}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household
