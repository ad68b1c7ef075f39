"""Bank and card accounts with their posted entries."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.clients.models.household import Household, households_of
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel


class BankAccountKind(models.TextChoices):
    """What kind of account it is; a card's balance is a debt."""

    CHECKING = "checking", _("Checking")
    SAVINGS = "savings", _("Savings")
    CREDIT_CARD = "credit_card", _("Credit card")
    OTHER = "other", _("Other")


class Category(models.TextChoices):
    """What an entry was for."""

    INCOME = "income", _("Income")
    HOUSING = "housing", _("Housing")
    UTILITIES = "utilities", _("Utilities")
    GROCERIES = "groceries", _("Groceries")
    DINING = "dining", _("Eating out")
    TRANSPORT = "transport", _("Transport")
    HEALTH = "health", _("Health")
    INSURANCE = "insurance", _("Insurance")
    EDUCATION = "education", _("Education and children")
    SHOPPING = "shopping", _("Shopping")
    LEISURE = "leisure", _("Leisure")
    TRAVEL = "travel", _("Travel")
    GIVING = "giving", _("Giving")
    TAXES = "taxes", _("Taxes")
    FEES = "fees", _("Fees and interest")
    CASH = "cash", _("Cash withdrawn")
    DEBT = "debt", _("Debt payments")
    SAVING = "saving", _("Saving and investing")
    TRANSFER = "transfer", _("Transfers between own accounts")
    OTHER = "other", _("Other")


class BankAccountQuerySet(models.QuerySet["BankAccount"]):
    """Bank accounts by who may see them."""

    def visible_to(self, actor: Actor) -> BankAccountQuerySet:
        """Return those of households the actor may see."""
        condition = households_of(actor, "household")
        return self if condition is None else self.filter(condition)


class BankAccount(BaseModel):
    """An account at a bank. `balance` is what the bank said on `balance_as_of`; a card's is negative when owed."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "number", "balance"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"number", "number_digest"})

    household = models.ForeignKey(Household, models.CASCADE, related_name="bank_accounts")
    name = models.CharField(_("name"), max_length=120)
    institution = models.CharField(_("bank"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=BankAccountKind.choices)
    number = models.TextField(_("account number"), blank=True)
    last_four = models.CharField(max_length=4, blank=True, editable=False)
    number_digest = models.CharField(max_length=64, blank=True, editable=False)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    balance = models.DecimalField(_("balance"), max_digits=16, decimal_places=2, null=True, blank=True)
    balance_as_of = models.DateField(_("balance as of"), null=True, blank=True)

    objects = BankAccountQuerySet.as_manager()
    history = history(excluded_fields=["number", "number_digest"])

    class Meta:
        ordering = ("household", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["household", "number_digest"],
                condition=~models.Q(number_digest=""),
                name="bank_account_number_once",
                violation_error_message=_("The household has this account already."),
            ),
            models.CheckConstraint(
                condition=models.Q(balance=None, balance_as_of=None)
                | models.Q(balance__isnull=False, balance_as_of__isnull=False),
                name="bank_balance_has_its_day",
                violation_error_message=_("Give a balance together with its day."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.masked_number}".strip()

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.household

    @property
    def masked_number(self) -> str:
        """The number as pages show it."""
        return f"•••• {self.last_four}" if self.last_four else ""


class BankTransaction(BaseModel):
    """One posted entry. `amount` is signed: money in is more than zero. `key` is the same in every file."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"payee", "memo", "amount"})

    account = models.ForeignKey(BankAccount, models.CASCADE, related_name="entries")
    key = models.CharField(max_length=200)
    posted_on = models.DateField(_("posted on"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    payee = models.CharField(_("from or to"), max_length=200, blank=True)
    memo = models.CharField(_("memo"), max_length=300, blank=True)
    category = models.CharField(_("category"), max_length=10, choices=Category.choices, default=Category.OTHER)
    # a guess by the category table until a person says what it was
    is_category_certain = models.BooleanField(default=False)

    class Meta:
        ordering = ("-posted_on", "-id")
        indexes = (models.Index(fields=["account", "posted_on"], name="bank_entry_of_account"),)
        constraints = (models.UniqueConstraint(fields=["account", "key"], name="bank_entry_once"),)

    def __str__(self) -> str:
        return f"{self.posted_on} {self.payee}"

    def audit_subject(self) -> Household:
        """Return whose trail this is."""
        return self.account.household
