"""Securities as this firm's books know them."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.core.models import BaseModel
from apps.market.models import AssetClass, Security, SecurityKind

ONE, PER_HUNDRED = Decimal(1), Decimal("0.01")


class Instrument(BaseModel):
    """What an account holds. Linked to the shared master it takes its prices from there.

    One that the master lacks (a private fund, a security that only the firm's files name) is the firm's own and takes
    its prices from the files. `master` is the one foreign key that leaves the firm's schema; firms may only read there.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    master = models.OneToOneField(
        Security, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in the securities master")
    )
    symbol = models.CharField(_("symbol"), max_length=32, blank=True)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=14, choices=SecurityKind.choices, default=SecurityKind.OTHER)
    asset_class = models.CharField(
        _("asset class"), max_length=24, choices=AssetClass.choices, default=AssetClass.OTHER
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    cusip = models.CharField(_("CUSIP"), max_length=9, blank=True)
    isin = models.CharField(_("ISIN"), max_length=12, blank=True)

    history = history()

    class Meta:
        ordering = ("symbol", "name")
        constraints = (
            models.UniqueConstraint(fields=["symbol"], condition=~models.Q(symbol=""), name="instrument_symbol_once"),
            models.UniqueConstraint(fields=["cusip"], condition=~models.Q(cusip=""), name="instrument_cusip_once"),
            models.UniqueConstraint(fields=["isin"], condition=~models.Q(isin=""), name="instrument_isin_once"),
        )

    def __str__(self) -> str:
        return self.symbol or self.cusip or self.name

    @property
    def multiplier(self) -> Decimal:
        """What turns price times quantity into value: bonds are quoted per hundred of face value."""
        return PER_HUNDRED if self.kind == SecurityKind.BOND else ONE


class InstrumentPrice(BaseModel):
    """A price that a file of the firm gave for a day: the only price of what the master lacks."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="prices", db_index=False)
    day = models.DateField(_("day"))
    close = models.DecimalField(_("price"), max_digits=18, decimal_places=6)
    source = models.CharField(_("source"), max_length=200)
    # what was paid in the course of the day stands in until a file tells the close
    of_trade = models.BooleanField(_("price of a trade"), default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["instrument", "day"], name="instrument_price_once_a_day"),
            models.CheckConstraint(condition=models.Q(close__gte=0), name="instrument_price_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.instrument} {self.day} {self.close}"


class InstrumentPriceCorrection(models.Model):
    """A price of the firm's own as it was held before another took its place, or it was taken away, and until when.

    The database keeps it with every replacement, whoever writes.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    instrument = models.ForeignKey(Instrument, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    day = models.DateField(_("day"))
    close = models.DecimalField(_("price"), max_digits=18, decimal_places=6)
    replaced_at = models.DateTimeField(_("replaced at"))

    class Meta:
        indexes = (models.Index(fields=["instrument", "day"], name="own_price_correction_of_day"),)

    def __str__(self) -> str:
        return f"{self.instrument_id} {self.day} {self.close}"
