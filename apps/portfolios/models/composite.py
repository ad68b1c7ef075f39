"""Composites: accounts managed by one strategy, taken together for the firm's own record of performance."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.core.actors import Actor
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.account import Account
from apps.portfolios.models.benchmark import Benchmark


class CompositeQuerySet(models.QuerySet["Composite"]):
    """Composites by who may see them."""

    def visible_to(self, actor: Actor) -> CompositeQuerySet:
        """Return all for those who see the whole firm: a composite adds up accounts of many advisors."""
        may = not actor.is_person or (
            actor.can(Permission.VIEW_ALL_HOUSEHOLDS) and actor.can(Permission.VIEW_PORTFOLIOS)
        )
        return self if may else self.none()


class Composite(BaseModel):
    """A strategy's record: which accounts belong to it by definition, in one currency, beside one benchmark."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    name = models.CharField(
        _("name"), max_length=120, unique=True, error_messages={"unique": _("Another composite has this name.")}
    )
    definition = models.TextField(_("which accounts belong to it"))
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    inception = models.DateField(_("beginning"))
    benchmark = models.ForeignKey(
        Benchmark, models.PROTECT, null=True, blank=True, related_name="composites", verbose_name=_("benchmark")
    )

    objects = CompositeQuerySet.as_manager()
    history = history()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class CompositeMember(BaseModel):
    """An account's time in a composite: whole months, and why the firm has discretion over it."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    composite = models.ForeignKey(Composite, models.PROTECT, related_name="members", verbose_name=_("composite"))
    account = models.ForeignKey(Account, models.PROTECT, related_name="composites", verbose_name=_("account"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    discretion = models.CharField(_("why the firm has discretion"), max_length=300)
    ended_because = models.CharField(_("why it left"), max_length=300, blank=True)

    history = history()

    class Meta:
        ordering = ("composite", "account", "starts_on")
        constraints = (
            models.UniqueConstraint(fields=["composite", "account", "starts_on"], name="composite_member_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="composite_member_ends_after_it_starts",
                violation_error_message=_("It cannot end before it starts."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.composite} {self.account_id}"

    def counts_in(self, first: dt.date, last: dt.date) -> bool:
        """Say whether the account is a member through all of a period."""
        return self.starts_on <= first and (self.ends_on is None or self.ends_on >= last)
