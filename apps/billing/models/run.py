"""Billing runs: the fees of a period for every household, as they were calculated."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission, is_client
from apps.billing.models.assignment import FeeAssignment
from apps.billing.models.schedule import FeeTiming, may_read_bills
from apps.clients.models import Household
from apps.clients.models.household import households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.kernel.dates import DateSpan


class RunState(models.TextChoices):
    """How far a run has come; the steps between are in policies."""

    DRAFT = "draft", _("Draft")
    CALCULATED = "calculated", _("Calculated")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    LOCKED = "locked", _("Locked")
    INVOICED = "invoiced", _("Invoiced")
    DISCARDED = "discarded", _("Discarded")


class BillingRunQuerySet(models.QuerySet["BillingRun"]):
    """Runs by who may see them."""

    def visible_to(self, actor: Actor) -> BillingRunQuerySet:
        """Return all for those who read billing: the fees inside are narrowed to their households."""
        may = not actor.is_person or actor.can(Permission.VIEW_BILLING)
        return self if may else self.none()


class BillingRun(BaseModel):
    """One calculation of the fees of a period, reviewed as a whole."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    timing = models.CharField(_("billed"), max_length=8, choices=FeeTiming.choices)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    periods_per_year = models.PositiveSmallIntegerField(_("periods a year"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.DRAFT)
    # the firm's settings that the fees were calculated under: currency, rounding, alerts, engine
    settings = models.JSONField(_("settings"), default=dict)
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=4, default=0)
    n_households = models.PositiveIntegerField(_("households"), default=0)
    n_blocked = models.PositiveIntegerField(_("blocked"), default=0)
    values_digest = models.CharField(max_length=64, blank=True)
    started_by = models.CharField(_("started by"), max_length=200)
    calculated_at = models.DateTimeField(_("calculated"), null=True, blank=True)
    locked_at = models.DateTimeField(_("locked"), null=True, blank=True)
    job = models.ForeignKey("core.Job", models.SET_NULL, null=True, blank=True, related_name="+")

    objects = BillingRunQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("-first_day", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["timing", "first_day", "last_day"],
                condition=~models.Q(state="discarded"),
                name="one_run_per_period",
                violation_error_message=_("This period has a run already."),
            ),
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="run_dates_in_order"),
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.first_day:%Y-%m-%d} – {self.last_day:%Y-%m-%d} ({self.get_timing_display()})"

    def get_absolute_url(self) -> str:
        """Return the page of the run."""
        return reverse("billing:run-detail", kwargs={"run_id": self.public_id})

    @property
    def span(self) -> DateSpan:
        """The billed days."""
        return DateSpan(self.first_day, self.last_day)

    def approval_payload(self) -> dict[str, Any]:
        """Return what an approval of the run is about: the period, the values behind it and the sum."""
        return {
            "run": str(self.public_id),
            "timing": self.timing,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "values_digest": self.values_digest,
            "total": f"{self.total:.4f}",
            "currency": self.currency,
            "households": self.n_households,
        }


class FeeState(models.TextChoices):
    """Whether a household's fee could be calculated."""

    CALCULATED = "calculated", _("Calculated")
    BLOCKED = "blocked", _("Blocked")


class HouseholdFeeQuerySet(models.QuerySet["HouseholdFee"]):
    """Fees by who may see them."""

    def visible_to(self, actor: Actor) -> HouseholdFeeQuerySet:
        """Return those of households the actor may see; of staff, only for those who read billing; a client sees what
        was invoiced."""
        if not may_read_bills(actor):
            return self.none()
        condition = households_of(actor, "household")
        rows = self if condition is None else self.filter(condition)
        return rows.filter(invoice__isnull=False) if is_client(actor) else rows


class HouseholdFee(BaseModel):
    """The fee of one household in a run with the receipt that proves it, as the engine made it."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"total", "billable_value", "previous_total", "receipt", "side_bills"}
    )

    run = models.ForeignKey(BillingRun, models.CASCADE, related_name="fees")
    household = models.ForeignKey(Household, models.PROTECT, related_name="fees")
    assignment = models.ForeignKey(FeeAssignment, models.PROTECT, related_name="fees")
    state = models.CharField(max_length=10, choices=FeeState.choices, default=FeeState.CALCULATED)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(_("fee"), max_digits=16, decimal_places=4, default=0)
    billable_value = models.DecimalField(_("billable value"), max_digits=20, decimal_places=4, default=0)
    annual_rate = models.DecimalField(_("agreed annual rate"), max_digits=22, decimal_places=18, null=True, blank=True)
    effective_rate = models.DecimalField(
        _("effective annual rate"), max_digits=22, decimal_places=18, null=True, blank=True
    )
    previous_total = models.DecimalField(_("last period"), max_digits=16, decimal_places=4, null=True, blank=True)
    # fee engine: the receipt, and the bills of other periods that are settled here (stubs, refunds)
    receipt = models.JSONField(null=True, blank=True)
    side_bills = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    problems = models.JSONField(default=list, blank=True)
    input_digest = models.CharField(max_length=64, blank=True)

    objects = HouseholdFeeQuerySet.as_manager()

    class Meta:
        ordering = ("run", "household__name", "id")
        constraints = (models.UniqueConstraint(fields=["run", "household"], name="household_billed_once_a_run"),)

    def __str__(self) -> str:
        return f"{self.household}: {self.total} {self.currency}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household


class AccountFeeQuerySet(models.QuerySet["AccountFee"]):
    """Fees of accounts by who may see them."""

    def visible_to(self, actor: Actor) -> AccountFeeQuerySet:
        """Return those of household fees the actor may see."""
        if not may_read_bills(actor):
            return self.none()
        condition = households_of(actor, "household_fee__household")
        rows = self if condition is None else self.filter(condition)
        return rows.filter(household_fee__invoice__isnull=False) if is_client(actor) else rows


class AccountFee(BaseModel):
    """What one account bears of its household's fee, and who pays it."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"amount", "billable_value"})

    household_fee = models.ForeignKey(HouseholdFee, models.CASCADE, related_name="accounts")
    account = models.ForeignKey("portfolios.Account", models.PROTECT, related_name="fees")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(_("fee"), max_digits=16, decimal_places=4)
    billable_value = models.DecimalField(_("billable value"), max_digits=20, decimal_places=4)
    payer_kind = models.CharField(_("collected"), max_length=8)
    paying_account = models.ForeignKey(
        "portfolios.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paying account")
    )

    objects = AccountFeeQuerySet.as_manager()

    class Meta:
        ordering = ("household_fee", "account_id")
        constraints = (models.UniqueConstraint(fields=["household_fee", "account"], name="account_billed_once_a_run"),)

    def __str__(self) -> str:
        return f"{self.account}: {self.amount} {self.currency}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household_fee.household
