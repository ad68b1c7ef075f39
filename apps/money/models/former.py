"""A marriage that has ended, as far as Social Security asks for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.kernel.dates import age_on
from apps.money.models.facts import FactOfHousehold, FactQuerySet, positive, refuse_unless

_EARLIEST, _LATEST, _SURVIVOR = 62, 70, 60
# nobody marries as a child, and nobody's former spouse was born longer ago
_MARRIED, _OLDEST = 15, 120


class FormerSpouse(FactOfHousehold):
    """A spouse who has died, or from whom a member of the household is divorced: benefits may be due on the record."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"name", "date_of_birth", "monthly_amount"})

    person = models.ForeignKey(
        "clients.Person", models.CASCADE, related_name="former_spouses", verbose_name=_("whose former spouse")
    )
    date_of_birth = models.DateField(_("date of birth of the former spouse"))
    monthly_amount = models.DecimalField(
        _("their benefit a month at full retirement age"),
        max_digits=12,
        decimal_places=2,
        help_text=_("In today's money, as their Social Security statement says it."),
    )
    married_on = models.DateField(_("married on"))
    divorced_on = models.DateField(_("divorced on"), null=True, blank=True, help_text=_("Left empty: never divorced."))
    died_on = models.DateField(_("died on"), null=True, blank=True, help_text=_("Left empty: still living."))
    claimed_on = models.DateField(
        _("their benefit had begun on"),
        null=True,
        blank=True,
        help_text=_("Left empty: it has not, or had not when they died."),
    )
    remarried_on = models.DateField(
        _("married again on"), null=True, blank=True, help_text=_("A later marriage that still lasts.")
    )
    benefit_from = models.DateField(
        _("survivor's benefit from"),
        null=True,
        blank=True,
        help_text=_("Left empty: with the own benefit, but not before 60, or at full age, whichever is first."),
    )

    objects = FactQuerySet["FormerSpouse"].as_manager()
    history = history()

    class Meta(FactOfHousehold.Meta):
        constraints = (positive("monthly_amount", "former_spouse_not_negative"),)

    def clean(self) -> None:
        """Refuse a marriage that has not ended, and days that cannot follow each other."""
        ended = self.divorced_on or self.died_on
        refuse_unless(ended is not None, "divorced_on", _("Say when the marriage ended: by divorce, or by death."))
        refuse_unless(bool(self.monthly_amount), "monthly_amount", _("Without a benefit of theirs nothing is due."))
        self._clean_lives()
        follows = (
            ("married_on", self.date_of_birth, _("This is before the birth.")),
            ("divorced_on", self.married_on, _("This is before the marriage.")),
            ("died_on", self.divorced_on or self.married_on, _("This is before the marriage ended or began.")),
            ("remarried_on", ended, _("This is before the marriage ended.")),
        )
        for field, earlier, message in follows:
            day = getattr(self, field)
            refuse_unless(day is None or earlier is None or day >= earlier, field, message)
        for field in ("date_of_birth", "married_on", "divorced_on", "died_on", "claimed_on", "remarried_on"):
            day = getattr(self, field)
            has_come = day is None or self.as_of is None or day <= self.as_of
            refuse_unless(has_come, field, _("This day has not come yet."))
        self._clean_benefits()

    def _clean_lives(self) -> None:
        """Refuse who would be older than anybody, and a marriage of a child."""
        born = self.date_of_birth
        if born is None:
            return
        is_possible = timezone.localdate().year - born.year <= _OLDEST
        refuse_unless(is_possible, "date_of_birth", _("Nobody born then can still count: check the year."))
        grown = self.married_on is None or self.married_on < born or age_on(born, self.married_on) >= _MARRIED
        refuse_unless(grown, "married_on", _("They were a child on that day: check it and the day of birth."))

    def _clean_benefits(self) -> None:
        is_survivor = self.benefit_from is None or self.died_on is not None
        refuse_unless(is_survivor, "benefit_from", _("Only of who has died: leave it empty."))
        if self.claimed_on is not None and self.date_of_birth is not None:
            age = age_on(self.date_of_birth, self.claimed_on)
            wrong = not _EARLIEST <= age <= _LATEST or (self.died_on is not None and self.claimed_on > self.died_on)
            refuse_unless(not wrong, "claimed_on", _("A benefit begins between 62 and 70, while its owner lives."))
        born = self.person.date_of_birth if self.person_id else None
        if self.benefit_from is not None and born is not None:
            is_before = self.died_on is not None and self.benefit_from < self.died_on
            wrong = is_before or age_on(born, self.benefit_from) < _SURVIVOR
            refuse_unless(
                not wrong, "benefit_from", _("A survivor's benefit begins at 60 at the earliest, after the death.")
            )
