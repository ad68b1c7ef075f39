"""The securities master: one row per security, shared by all firms."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum import cusip as cusip_number
from stdnum import isin as isin_number

from apps.core.models import BaseModel


class AssetClass(models.TextChoices):
    """What a security is invested in. Keys that an assumption set has as well mean the same asset there."""

    US_EQUITY = "us_equity", _("US stocks")
    US_SMALL_EQUITY = "us_small_equity", _("US stocks of small companies")
    INTERNATIONAL_EQUITY = "international_equity", _("International stocks")
    CORPORATE_BONDS = "corporate_bonds", _("Corporate bonds")
    HIGH_GRADE_BONDS = "high_grade_bonds", _("High-grade bonds")
    GOVERNMENT_BONDS = "government_bonds", _("Government bonds")
    REAL_ESTATE = "real_estate", _("Real estate")
    COMMODITIES = "commodities", _("Commodities")
    CASH = "cash", _("Cash")
    OTHER = "other", _("Not classified")


class SecurityKind(models.TextChoices):
    """The legal form."""

    STOCK = "stock", _("Stock")
    ETF = "etf", _("Exchange-traded fund")
    MUTUAL_FUND = "mutual_fund", _("Mutual fund")
    MONEY_MARKET = "money_market", _("Money market fund")
    BOND = "bond", _("Bond")
    PRIVATE_FUND = "private_fund", _("Private fund")
    OTHER = "other", _("Other")


def check_cusip(value: str) -> None:
    """Refuse a CUSIP whose check digit is wrong."""
    if not cusip_number.is_valid(value):
        raise ValidationError(_("This is no CUSIP: nine characters, the last a check digit."), code="cusip")


def check_isin(value: str) -> None:
    """Refuse an ISIN whose check digit is wrong."""
    if not isin_number.is_valid(value):
        raise ValidationError(_("This is no ISIN: twelve characters, the last a check digit."), code="isin")


class Security(BaseModel):
    """A security that can be held. Prices on and after `simulated_from` are simulated, and pages say so."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    symbol = models.CharField(_("symbol"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=14, choices=SecurityKind.choices)
    asset_class = models.CharField(_("asset class"), max_length=24, choices=AssetClass.choices)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    cusip = models.CharField(_("CUSIP"), max_length=9, blank=True, validators=[check_cusip])
    isin = models.CharField(_("ISIN"), max_length=12, blank=True, validators=[check_isin])
    is_active = models.BooleanField(_("traded"), default=True)
    simulated_from = models.DateField(_("prices are simulated from"), null=True, blank=True)
    source = models.CharField(_("source of prices"), max_length=200, blank=True)

    class Meta:
        ordering = ("symbol",)
        verbose_name_plural = "securities"
        constraints = (
            models.UniqueConstraint(
                fields=["cusip"],
                condition=~models.Q(cusip=""),
                name="security_cusip_once",
                violation_error_message=_("Another security has this CUSIP."),
            ),
            models.UniqueConstraint(
                fields=["isin"],
                condition=~models.Q(isin=""),
                name="security_isin_once",
                violation_error_message=_("Another security has this ISIN."),
            ),
            models.CheckConstraint(
                condition=models.Q(asset_class__in=AssetClass.values), name="security_asset_class_known"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=SecurityKind.values), name="security_kind_known"),
        )

    def __str__(self) -> str:
        return self.symbol

    @property
    def is_simulated(self) -> bool:
        """Whether any of its prices is simulated."""
        return self.simulated_from is not None

    def is_simulated_on(self, day: dt.date) -> bool:
        """Whether the price of this day is simulated."""
        return self.simulated_from is not None and day >= self.simulated_from
