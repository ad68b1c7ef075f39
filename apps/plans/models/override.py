"""Where a plan departs from the household's facts, since when and why."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household
from apps.core.history import history
from apps.core.models import BaseModel
from apps.plans.models.plan import Plan


class OverrideKind(models.TextChoices):
    """Which fact is replaced."""

    MONTHLY_SPENDING = "monthly_spending", _("Living costs a month")
    RETIREMENT_AGE = "retirement_age", _("Age at retirement")
    ANNUAL_INCOME = "annual_income", _("Salary a year")
    CLAIM_AGE = "claim_age", _("Age at which Social Security begins")
    EXTRA_SAVING = "extra_saving", _("Saved more a month than the facts say")
    EQUITY_SHARE = "equity_share", _("Shares of what is invested, in per cent")
    ROTH_BRACKET = "roth_bracket", _("Tax bracket that Roth conversions fill, in per cent")
    ROTH_STEP = "roth_step", _("Medicare surcharge that Roth conversions stay below, from 1 to 5")
    IRA_GIFTS = "ira_gifts", _("Given to charity from IRAs a year, once their owners are 70½")


# how somebody converts to Roth: one way or the other
CONVERTING = frozenset({OverrideKind.ROTH_BRACKET, OverrideKind.ROTH_STEP})
OF_A_PERSON = CONVERTING | {OverrideKind.RETIREMENT_AGE, OverrideKind.ANNUAL_INCOME, OverrideKind.CLAIM_AGE}
PER_CENT = frozenset({OverrideKind.EQUITY_SHARE, OverrideKind.ROTH_BRACKET})


class Override(BaseModel):
    """One fact that this version takes differently; the fact itself stays where it lies."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"value", "reason"})

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="overrides")
    kind = models.CharField(_("instead of"), max_length=20, choices=OverrideKind.choices)
    person = models.ForeignKey(
        "clients.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("whose")
    )
    value = models.DecimalField(_("the plan takes"), max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    reason = models.TextField(_("why"))
    set_on = models.DateField(_("since"))
    set_by = models.CharField(_("by"), max_length=200)

    history = history()

    class Meta:
        ordering = ("plan", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["plan", "kind", "person"],
                nulls_distinct=False,
                name="override_once",
                violation_error_message=_("The plan takes this differently already; change that entry."),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=sorted(OF_A_PERSON), person__isnull=False)
                | (~models.Q(kind__in=sorted(OF_A_PERSON)) & models.Q(person=None)),
                name="override_names_its_person",
                violation_error_message=_("Say whose it is."),
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_its_reason"),
            models.CheckConstraint(
                condition=~models.Q(kind__in=sorted(PER_CENT)) | models.Q(value__lte=100),
                name="override_share_at_most_whole",
                violation_error_message=_("A share is at most 100 per cent."),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=OverrideKind.CLAIM_AGE) | models.Q(value__gte=62, value__lte=70),
                name="override_claim_between_62_and_70",
                violation_error_message=_("Social Security begins between the ages of 62 and 70."),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=OverrideKind.ROTH_STEP) | models.Q(value__in=range(6)),
                name="override_surcharge_up_to_5",
                violation_error_message=_("Medicare has five surcharges; 0 converts nothing."),
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.plan.household
