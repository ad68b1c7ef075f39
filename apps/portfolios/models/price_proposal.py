"""Prices of files that do not fit what the firm holds: a second person decides."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.clients.models import Household, ImportBatch
from apps.core.history import history
from apps.core.models import BaseModel
from apps.portfolios.models.instrument import Instrument


class ProposalState(models.TextChoices):
    """How a proposed price stands."""

    WAITING = "waiting", _("Waiting for approval")
    APPLIED = "applied", _("Approved and applied")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PriceProposal(BaseModel):
    """A price as a file told it, beside the one of the firm's that it contradicts.

    `held_day` is the day of the firm's price: the same, or one beside it from which the new one jumps too far.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"source", "proposed_by"})

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="proposals", verbose_name=_("security"))
    day = models.DateField(_("day"))
    close = models.DecimalField(_("price of the file"), max_digits=18, decimal_places=6)
    held_close = models.DecimalField(_("price of the firm"), max_digits=18, decimal_places=6)
    held_day = models.DateField(_("day of the firm's price"))
    held_source = models.CharField(_("source of the firm's price"), max_length=200)
    source = models.CharField(_("file"), max_length=200)
    line = models.PositiveIntegerField(_("line"), default=0)
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("household")
    )
    # every import that told this price: it waits until the last of them is undone
    batches = models.ManyToManyField(ImportBatch, related_name="+", verbose_name=_("imports"))
    proposed_by = models.CharField(_("brought by"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.WAITING)

    history = history()

    class Meta:
        verbose_name = _("proposed price")
        verbose_name_plural = _("proposed prices")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["instrument", "day", "close"],
                condition=models.Q(state__in=["waiting", "declined"]),
                name="price_proposed_once",
            ),
            models.CheckConstraint(condition=models.Q(close__gte=0), name="proposed_price_not_negative"),
            models.CheckConstraint(condition=models.Q(state__in=ProposalState.values), name="proposal_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.instrument} {self.day} {self.close.normalize():f}"

    def audit_subject(self) -> Household | None:
        """Return whose trail this is: the household whose file told the price."""
        return self.household

    def approval_payload(self) -> dict[str, Any]:
        """Return what a second person approves: this price of this security on this day, in the place of that one."""
        return {
            "instrument": self.instrument_id,
            "day": self.day,
            "close": f"{self.close.normalize():f}",
            "held_day": self.held_day,
            "held_close": f"{self.held_close.normalize():f}",
        }

    def get_absolute_url(self) -> str:
        """Return the page that shows both prices: the import that told this one."""
        first = self.batches.order_by("pk").first()
        return reverse("clients:import-detail", args=[first.public_id]) if first else ""
