"""What the household expects: phases of spending, and money that comes once."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive, refuse_unless


class PhaseChange(models.TextChoices):
    """How living costs change."""

    MORE = "more", _("More a month")
    LESS = "less", _("Less a month")
    SHARE = "share", _("By a share of living costs")


class SpendingPhase(FactOfHousehold):
    """Living costs that change for a time: childcare, travel, a quieter age. Amounts are in today's money.

    Without a beginning it runs already, without an end it goes on.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "monthly_amount"})

    change = models.CharField(_("change"), max_length=6, choices=PhaseChange.choices, default=PhaseChange.MORE)
    monthly_amount = models.DecimalField(
        _("amount a month"), max_digits=12, decimal_places=2, null=True, blank=True, help_text=_("In today's money.")
    )
    share = models.DecimalField(_("share of living costs"), max_digits=6, decimal_places=5, null=True, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True, help_text=_("Left empty: it runs already."))
    starts_at_retirement = models.BooleanField(_("from retirement on"), default=False)
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("Left empty: it goes on."))
    years = models.PositiveSmallIntegerField(
        _("for how many years"), null=True, blank=True, help_text=_("Instead of a last day; needs a beginning.")
    )
    person = models.ForeignKey(
        "clients.Person", models.CASCADE, null=True, blank=True, related_name="spending_phases",
        verbose_name=_("until somebody has reached an age: who"),
    )  # fmt: skip
    until_age = models.PositiveSmallIntegerField(_("until the age of"), null=True, blank=True)
    is_essential = models.BooleanField(_("cannot be left out"), default=True)

    objects = FactQuerySet["SpendingPhase"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("monthly_amount", "spending_phase_not_negative"),
            models.CheckConstraint(
                condition=models.Q(change="share", share__isnull=False, monthly_amount__isnull=True)
                | models.Q(~models.Q(change="share"), share__isnull=True, monthly_amount__isnull=False),
                name="spending_phase_says_how_much",
                violation_error_message=_("Give an amount a month, or a share, as the change says."),
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on=None)
                | models.Q(ends_on=None)
                | models.Q(ends_on__gt=models.F("starts_on")),
                name="spending_phase_ends_after_start",
                violation_error_message=_("The phase ends before it begins."),
            ),
        )

    def clean(self) -> None:
        """Refuse, at its field, what says too little or two things at once."""
        if self.change == PhaseChange.SHARE:
            refuse_unless(bool(self.share), "share", _("Say by which share living costs change."))
            refuse_unless(self.monthly_amount is None, "monthly_amount", _("Leave the amount empty: a share is given."))
        else:
            refuse_unless(bool(self.monthly_amount), "monthly_amount", _("Say how much it is a month."))
            refuse_unless(self.share is None, "share", _("Leave the share empty: an amount is given."))
        both = self.starts_on is not None and self.starts_at_retirement
        refuse_unless(not both, "starts_on", _("A phase begins on a day or with retirement: choose one."))
        self._check_end()

    def _check_end(self) -> None:
        ends = [self.ends_on is not None, bool(self.years), self.person_id is not None or self.until_age is not None]
        refuse_unless(sum(ends) <= 1, "ends_on", _("A phase ends on a day, after years, or at an age: choose one."))
        has_start = self.starts_on is not None or self.starts_at_retirement
        refuse_unless(not self.years or has_start, "years", _("Say from when on the years count."))
        if ends[2]:
            refuse_unless(self.person_id is not None, "person", _("Say whose age it is."))
            refuse_unless(self.until_age is not None, "until_age", _("Say at which age it ends."))
            known = self.person is None or self.person.date_of_birth is not None
            refuse_unless(known, "person", _("Their date of birth is not known: enter it first."))
        last, field = self.last_day(), "ends_on" if self.ends_on is not None else "until_age"
        if last is not None:
            begins = self.starts_on or self.as_of
            refuse_unless(begins is None or last > begins, field, _("The phase ends before it begins."))
            refuse_unless(self.as_of is None or last > self.as_of, field, _("This phase is over already."))

    def last_day(self) -> dt.date | None:
        """Return the day on which it ends: its own, or a birthday; None where years or nothing end it."""
        if self.ends_on is not None or self.person is None or self.until_age is None:
            return self.ends_on
        born = self.person.date_of_birth
        if born is None:
            return None
        leap = born.month == 2 and born.day == 29
        return dt.date(born.year + self.until_age, 3 if leap else born.month, 1 if leap else born.day)


class WindfallKind(models.TextChoices):
    """Where it comes from."""

    INHERITANCE = "inheritance", _("Inheritance")
    GIFT = "gift", _("Gift received")
    BONUS = "bonus", _("Bonus or settlement")
    OTHER = "other", _("Other")


class Windfall(FactOfHousehold):
    """Money that is expected once. A plan takes it as certain: what may not come is better left out."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "amount"})

    kind = models.CharField(_("kind"), max_length=12, choices=WindfallKind.choices, default=WindfallKind.INHERITANCE)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    is_inflation_linked = models.BooleanField(_("in today's money: rises with inflation until then"), default=True)
    expected_on = models.DateField(_("expected on"))
    is_taxable = models.BooleanField(
        _("taxed as income"),
        default=False,
        help_text=_("An inheritance or a gift of money is not; a bonus, a settlement or an inherited IRA is."),
    )
    person = models.ForeignKey(
        "clients.Person", models.CASCADE, null=True, blank=True, related_name="windfalls", verbose_name=_("whose"),
        help_text=_("It does not come after their death. Left empty: the household's."),
    )  # fmt: skip
    account = models.ForeignKey(
        "portfolios.Account", models.SET_NULL, null=True, blank=True, related_name="windfalls",
        verbose_name=_("into the account"),
        help_text=_("A taxable account. Left empty: the one that takes what is left of income."),
    )  # fmt: skip

    objects = FactQuerySet["Windfall"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (positive("amount", "windfall_not_negative"),)

    def clean(self) -> None:
        """Refuse what has come already, nothing, and accounts that cannot take it."""
        refuse_unless(self.amount is None or self.amount > 0, "amount", _("Say how much is expected."))
        if self.expected_on is not None and self.as_of is not None:
            is_ahead = self.expected_on > self.as_of
            refuse_unless(is_ahead, "expected_on", _("This day has passed: what has come is in an account."))
        is_open = self.account is None or self.account.tax_treatment == "taxable"
        refuse_unless(
            is_open, "account", _("The law lets only regular contributions into this account: choose another.")
        )
