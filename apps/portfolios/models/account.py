"""Investment accounts and who owns them."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class Registration(models.TextChoices):
    """In what form the account is held."""

    INDIVIDUAL = "individual", _("Individual")
    JOINT = "joint", _("Joint")
    TRUST = "trust", _("Trust")
    CUSTODIAL = "custodial", _("Custodial (UTMA)")
    TRADITIONAL_IRA = "traditional_ira", _("Traditional IRA")
    ROTH_IRA = "roth_ira", _("Roth IRA")
    SEP_IRA = "sep_ira", _("SEP IRA")
    INHERITED_IRA = "inherited_ira", _("Inherited IRA")
    INHERITED_ROTH = "inherited_roth", _("Inherited Roth IRA")
    PLAN_401K = "plan_401k", _("401(k)")
    PLAN_403B = "plan_403b", _("403(b)")
    ROTH_401K = "roth_401k", _("Roth 401(k)")
    HSA = "hsa", _("Health savings account")
    EDUCATION_529 = "education_529", _("529 education plan")


class TaxTreatment(models.TextChoices):
    """How the law taxes the account."""

    TAXABLE = "taxable", _("Taxable")
    TAX_DEFERRED = "tax_deferred", _("Tax-deferred")
    TAX_FREE = "tax_free", _("Tax-free")
    EDUCATION = "education", _("Education")


class AccountStatus(models.TextChoices):
    """Where the account is in its life; the steps between are in policies.TRANSITIONS."""

    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved")
    FUNDING = "funding", _("Funding")
    ACTIVE = "active", _("Active")
    RESTRICTED = "restricted", _("Restricted")
    CLOSING = "closing", _("Closing")
    CLOSED = "closed", _("Closed")


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts by who may see them and by state."""

    def visible_to(self, actor: Actor) -> AccountQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)

    def open(self) -> AccountQuerySet:
        """Return those that are not closed."""
        return self.exclude(status=AccountStatus.CLOSED)

    def managed(self) -> AccountQuerySet:
        """Return those the firm manages: not held away."""
        return self.filter(is_held_away=False)

    def billable(self) -> AccountQuerySet:
        """Return those that fees are charged on: managed, and assets held away of which that is agreed."""
        return self.filter(models.Q(is_held_away=False) | models.Q(manual_asset__is_billed=True))


class Account(BaseModel):
    """An investment account of a household."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "number"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"number", "number_digest"})

    household = models.ForeignKey(Household, models.PROTECT, related_name="accounts", verbose_name=_("household"))
    name = models.CharField(_("name"), max_length=120)
    registration = models.CharField(_("registration"), max_length=16, choices=Registration.choices)
    tax_treatment = models.CharField(_("tax treatment"), max_length=14, choices=TaxTreatment.choices)
    custodian = models.CharField(_("custodian"), max_length=120, blank=True)
    # encrypted with the firm's key; last_four is what people see, number_digest what files are matched by
    number = models.TextField(_("account number"), blank=True)
    last_four = models.CharField(max_length=4, blank=True, editable=False)
    number_digest = models.CharField(max_length=64, blank=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    status = models.CharField(_("status"), max_length=12, choices=AccountStatus.choices, default=AccountStatus.PROPOSED)
    is_held_away = models.BooleanField(_("held away: seen, not managed"), default=False)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = AccountQuerySet.as_manager()
    history = history(excluded_fields=["number", "number_digest"])

    class Meta:
        ordering = ("household", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["custodian", "number_digest"],
                condition=~models.Q(number_digest=""),
                name="account_number_once",
                violation_error_message=_("Another account has this number at this custodian."),
            ),
            models.CheckConstraint(
                condition=models.Q(closed_on=None)
                | models.Q(opened_on=None)
                | models.Q(closed_on__gte=models.F("opened_on")),
                name="account_closed_after_opened",
                violation_error_message=_("The account cannot be closed before it was opened."),
            ),
            models.CheckConstraint(condition=models.Q(status__in=AccountStatus.values), name="account_status_known"),
        )

    def __str__(self) -> str:
        return self.name

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    @property
    def masked_number(self) -> str:
        """The number as pages show it."""
        return f"•••• {self.last_four}" if self.last_four else ""

    @property
    def is_retirement(self) -> bool:
        """Whether the account may pay no fee but its own (IRC 4975)."""
        return self.tax_treatment in {TaxTreatment.TAX_DEFERRED, TaxTreatment.TAX_FREE}


class AccountOwner(BaseModel):
    """A person's share of an account: a fraction of the whole."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"share"})

    account = models.ForeignKey(Account, models.CASCADE, related_name="owners")
    person = models.ForeignKey("clients.Person", models.PROTECT, related_name="owned_accounts", verbose_name=_("owner"))
    share = models.DecimalField(
        _("share"), max_digits=7, decimal_places=6, default=1, validators=[MinValueValidator(0)]
    )

    history = history()

    class Meta:
        ordering = ("account", "id")
        constraints = (
            models.UniqueConstraint(fields=["account", "person"], name="account_owner_once"),
            models.CheckConstraint(
                condition=models.Q(share__gt=0, share__lte=1),
                name="account_share_of_whole",
                violation_error_message=_("A share is more than nothing and at most 100 %."),
            ),
        )

    def __str__(self) -> str:
        return str(self.person)

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household
