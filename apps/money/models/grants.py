"""Equity that an employer grants: shares that vest, options, a purchase plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive, refuse_unless

_LEAP_DAY = 29
# forty years of vesting, and years that a form cannot have meant
MOST_MONTHS, _FIRST_YEAR, _LAST_YEAR = 480, 1950, 2200


class GrantKind(models.TextChoices):
    """How the law taxes it."""

    RSU = "rsu", _("Restricted stock units")
    NSO = "nso", _("Options, nonqualified")
    ISO = "iso", _("Options, incentive")
    ESPP = "espp", _("Employee stock purchase plan")


OPTIONS = frozenset({GrantKind.NSO, GrantKind.ISO})


class VestingStep(models.IntegerChoices):
    """How often a part vests, in months."""

    MONTHLY = 1, _("Every month")
    QUARTERLY = 3, _("Every quarter")
    YEARLY = 12, _("Every year")


class EquityGrant(FactOfHousehold):
    """A grant with its schedule; the name is that of the company, `as_of` the day of the price.

    Of a purchase plan `quantity` shares are bought in equal parts over the schedule.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset(
        {"name", "quantity", "price", "strike", "held_shares", "exercise_worth", "minimum_tax_credit"}
    )

    person = models.ForeignKey("clients.Person", models.CASCADE, related_name="equity_grants", verbose_name=_("whose"))
    kind = models.CharField(_("kind"), max_length=4, choices=GrantKind.choices)
    granted_on = models.DateField(_("granted on"))
    quantity = models.DecimalField(_("shares or options granted"), max_digits=14, decimal_places=4)
    price = models.DecimalField(_("price of a share"), max_digits=14, decimal_places=4)
    strike = models.DecimalField(
        _("strike price"), max_digits=14, decimal_places=4, null=True, blank=True, help_text=_("Of options only.")
    )
    discount = models.DecimalField(
        _("discount"), max_digits=5, decimal_places=4, default=Decimal(0), help_text=_("Of a purchase plan only.")
    )
    cliff_months = models.PositiveSmallIntegerField(
        _("nothing vests in the first months"), default=0, help_text=_("12: the first part vests after a year.")
    )
    vesting_months = models.PositiveSmallIntegerField(
        _("all is vested after months"), default=48, help_text=_("0: all of it is vested already.")
    )
    every_months = models.PositiveSmallIntegerField(
        _("a part vests"), choices=VestingStep.choices, default=VestingStep.QUARTERLY
    )
    expires_on = models.DateField(_("options expire on"), null=True, blank=True)
    exercise_on = models.DateField(
        _("to be exercised on"), null=True, blank=True, help_text=_("Left empty: each part as it vests.")
    )
    is_held = models.BooleanField(
        _("the shares are held"), default=False, help_text=_("Otherwise they are sold as they vest or are exercised.")
    )

    held_shares = models.DecimalField(
        _("shares held from earlier exercises"), max_digits=14, decimal_places=4, null=True, blank=True,
        help_text=_("Of incentive options only, and of these shares those that no account recorded here holds."),
    )  # fmt: skip
    exercised_on = models.DateField(_("exercised already on"), null=True, blank=True)
    exercise_worth = models.DecimalField(
        _("a share was worth on that day"), max_digits=14, decimal_places=4, null=True, blank=True,
        help_text=_("What it cost for the alternative minimum tax: box 4 of Form 3921."),
    )  # fmt: skip
    minimum_tax_credit = models.DecimalField(
        _("minimum tax still to come back"), max_digits=14, decimal_places=2, null=True, blank=True,
        help_text=_(
            "In dollars: line 26 of the last Form 8801. It is of the whole tax return: tell it with one grant only."
        ),
    )  # fmt: skip

    objects = FactQuerySet["EquityGrant"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (
            positive("quantity", "equity_grant_quantity_not_negative"),
            positive("price", "equity_grant_price_not_negative"),
            positive("strike", "equity_grant_strike_not_negative"),
            positive("held_shares", "equity_grant_held_shares_not_negative"),
            positive("exercise_worth", "equity_grant_exercise_worth_not_negative"),
            positive("minimum_tax_credit", "equity_grant_credit_not_negative"),
            models.CheckConstraint(
                condition=models.Q(discount__gte=0, discount__lte=Decimal("0.15")),
                name="equity_grant_discount_within_the_law",
                violation_error_message=_("A purchase plan gives at most 15 per cent."),
            ),
        )

    def clean(self) -> None:
        """Refuse, at its field, what a grant of this kind cannot have, and days that contradict each other."""
        if None in (self.vesting_months, self.cliff_months, self.every_months):
            return  # told at its field already
        is_option = self.kind in OPTIONS
        refuse_unless(self.quantity is None or self.quantity > 0, "quantity", _("Say how many were granted."))
        refuse_unless(not is_option or self.strike is not None, "strike", _("Say what an option costs."))
        refuse_unless(is_option or self.strike is None, "strike", _("Only options have a strike: leave it empty."))
        refuse_unless(
            self.kind == GrantKind.ESPP or not self.discount,
            "discount",
            _("Only a purchase plan has a discount: leave it at nothing."),
        )
        most = _("At most %(most)s months.") % {"most": MOST_MONTHS}
        refuse_unless(self.every_months > 0, "every_months", _("Choose how often a part vests."))
        for field in ("vesting_months", "cliff_months"):
            refuse_unless(0 <= getattr(self, field) <= MOST_MONTHS, field, most)
        for field in ("granted_on", "expires_on", "exercise_on"):
            day = getattr(self, field)
            refuse_unless(day is None or _FIRST_YEAR <= day.year <= _LAST_YEAR, field, _("This year cannot be right."))
        refuse_unless(
            self.cliff_months <= self.vesting_months,
            "cliff_months",
            _("The first part cannot vest after all has: shorten it."),
        )
        for field in ("expires_on", "exercise_on"):
            refuse_unless(is_option or getattr(self, field) is None, field, _("Only options have this day."))
        if self.granted_on is not None:
            self._check_days()
        self._check_held()

    def _check_held(self) -> None:
        """Refuse, at its field, shares of earlier exercises that cannot be there or whose costs are not told."""
        for field in ("held_shares", "exercised_on", "exercise_worth", "minimum_tax_credit"):
            refuse_unless(
                self.kind == GrantKind.ISO or not getattr(self, field), field, _("Only incentive options have this.")
            )
        if not self.held_shares:
            for field in ("exercised_on", "exercise_worth"):
                refuse_unless(not getattr(self, field), field, _("Say first how many shares are held."))
            return
        day = self.exercised_on
        refuse_unless(day is not None, "exercised_on", _("Say when they were exercised."))
        refuse_unless(self.exercise_worth is not None, "exercise_worth", _("Say what a share was worth then."))
        if day is None or self.granted_on is None:
            return
        in_time = day >= self.granted_on and (self.as_of is None or day <= self.as_of)
        refuse_unless(in_time, "exercised_on", _("Enter a day between the grant and the day of the price."))
        refuse_unless(
            self.quantity is None or self.held_shares <= self.vested_on(day),
            "held_shares",
            _("No more can be exercised than had vested on that day."),
        )

    def _check_days(self) -> None:
        last = max(day for day, _shares in self.tranches())
        if self.expires_on is not None:
            refuse_unless(self.expires_on >= last, "expires_on", _("The options expire before the last of them vests."))
            refuse_unless(
                self.as_of is None or self.expires_on > self.as_of, "expires_on", _("These options have expired.")
            )
        if self.exercise_on is not None:
            refuse_unless(
                self.exercise_on >= self.granted_on,
                "exercise_on",
                _("They cannot be exercised before they are granted."),
            )
            in_time = self.expires_on is None or self.exercise_on <= self.expires_on
            refuse_unless(in_time, "exercise_on", _("They expire before this day."))

    def vested_on(self, day: dt.date) -> Decimal:
        """Return how many shares or options have vested, or were bought, by a day."""
        return sum((shares for vests, shares in self.tranches() if vests <= day), Decimal(0))

    @property
    def vested(self) -> Decimal:
        """How many had vested by the day of the price."""
        return self.vested_on(self.as_of)

    @property
    def unvested_worth(self) -> Decimal:
        """What is still to vest is worth at the price of that day: above the strike, or the discount of a purchase."""
        a_share = max(Decimal(0), self.price - (self.strike or 0))
        if self.kind == GrantKind.ESPP:
            a_share = self.price * self.discount
        return (self.quantity - self.vested) * a_share

    def tranches(self) -> tuple[tuple[dt.date, Decimal], ...]:
        """Return the days on which a part vests, with how much: the part of the months that have passed since the last.

        The first vests at the cliff, the last after all months; without months all of it did on the day of the grant.
        """
        whole, step = self.vesting_months, self.every_months
        if whole == 0:
            return ((self.granted_on, self.quantity or Decimal(0)),)
        steps = {self.cliff_months or min(step, whole), *range(step, whole, step), whole}
        months = sorted(month for month in steps if month >= self.cliff_months)
        found, before = [], 0
        for month in months:
            found.append((_months_on(self.granted_on, month), (self.quantity or Decimal(0)) * (month - before) / whole))
            before = month
        return tuple(found)


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months on, or the last one that month has."""
    years, month = divmod(day.month - 1 + months, 12)
    for number in (day.day, 30, _LEAP_DAY, 28):
        try:
            return dt.date(day.year + years, month + 1, min(day.day, number))
        except ValueError:
            continue
    raise AssertionError("a month has 28 days")
