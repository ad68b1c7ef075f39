"""What companies did to their shares: announced once for all firms, each of which enters it in its own books."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel
from apps.market.models.security import Security


class ActionKind(models.TextChoices):
    """What happened."""

    SPLIT = "split", _("Split")
    STOCK_DIVIDEND = "stock_dividend", _("Dividend in shares")
    MERGER = "merger", _("Merger")
    SPIN_OFF = "spin_off", _("Spin-off")
    SYMBOL_CHANGE = "symbol_change", _("Change of symbol")
    RETURN_OF_CAPITAL = "return_of_capital", _("Return of capital")


class CorporateAction(BaseModel):
    """One action of one security on its day: from then on trades are in the new shares.

    `new_shares` for (split, merger) or on top of (dividend in shares, spin-off) `old_shares`; `into` where another
    security comes of it; cash and values are per old or new share, in the security's currency.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    security = models.ForeignKey(Security, models.PROTECT, related_name="actions", verbose_name=_("security"))
    kind = models.CharField(_("kind"), max_length=18, choices=ActionKind.choices)
    day = models.DateField(_("day"))
    new_shares = models.DecimalField(_("new shares"), max_digits=20, decimal_places=8, null=True, blank=True)
    old_shares = models.DecimalField(_("for old shares"), max_digits=20, decimal_places=8, null=True, blank=True)
    into = models.ForeignKey(
        Security, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("becomes or brings")
    )
    cash_per_share = models.DecimalField(_("cash per share"), max_digits=18, decimal_places=6, null=True, blank=True)
    fair_old = models.DecimalField(_("value of an old share"), max_digits=18, decimal_places=6, null=True, blank=True)
    fair_new = models.DecimalField(_("value of a new share"), max_digits=18, decimal_places=6, null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    is_cancelled = models.BooleanField(_("called off"), default=False)

    class Meta:
        verbose_name = _("corporate action")
        verbose_name_plural = _("corporate actions")
        ordering = ("-day", "id")
        constraints = (
            models.UniqueConstraint(fields=["security", "kind", "day"], name="corporate_action_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ActionKind.values), name="corporate_action_kind_known"),
            models.CheckConstraint(
                condition=models.Q(new_shares=None, old_shares=None) | models.Q(new_shares__gt=0, old_shares__gt=0),
                name="corporate_action_ratio_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.security} {self.day}"
