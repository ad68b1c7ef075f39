"""Closing prices and currency rates: narrow rows, since 10,000 securities × 20 years are 50 million of them.

The primary key (security, day) is the one B-tree: it answers "this security, these days" and "the last close on or
before a day" from neighbouring pages. A BRIN index on `day` (kilobytes, since rows arrive in the order of days) answers
"all prices of a day". Not partitioned: 50 million rows of about 50 bytes fit one table of some 4 GB with its key, and
each partition would add its planning time to every lookup; partition by year when a deletion of old years is wanted.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel


class Price(models.Model):
    """What one unit of a security cost at the close of a day, in the security's currency."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    pk = models.CompositePrimaryKey("security", "day")
    security = models.ForeignKey("market.Security", models.CASCADE, related_name="prices", db_index=False)
    day = models.DateField(_("day"))
    close = models.DecimalField(_("close"), max_digits=14, decimal_places=4)

    class Meta:
        indexes = (BrinIndex(fields=["day"], name="price_day_brin", autosummarize=True),)
        constraints = (models.CheckConstraint(condition=models.Q(close__gt=0), name="price_positive"),)

    def __str__(self) -> str:
        return f"{self.security_id} {self.day} {self.close}"


class PriceCorrection(models.Model):
    """A close as it was told before another took its place, and until when.

    The database keeps it with every replacement (migration 0009). Corrections are few: they stand beside the prices and
    not among them, so that no look-up of a price pays for them.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    security = models.ForeignKey(
        "market.Security", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField(_("day"))
    close = models.DecimalField(_("close"), max_digits=14, decimal_places=4)
    replaced_at = models.DateTimeField(_("replaced at"))

    class Meta:
        indexes = (models.Index(fields=["security", "day"], name="price_correction_of_day"),)

    def __str__(self) -> str:
        return f"{self.security_id} {self.day} {self.close}"


class CurrencyRate(models.Model):
    """How many units of `quote` one unit of `base` bought at the close of a day, and who said so."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    pk = models.CompositePrimaryKey("base", "quote", "day")
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    source = models.CharField(max_length=200, blank=True, default="")
    is_simulated = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="currency_rate_positive"),
            models.CheckConstraint(condition=~models.Q(base=models.F("quote")), name="currency_rate_between_two"),
        )

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.day} {self.rate}"

    @property
    def public_id(self) -> str:
        """What the trail calls it."""
        return f"{self.base}/{self.quote}/{self.day.isoformat()}"


class CurrencyRateCorrection(models.Model):
    """A rate as it was told before another took its place, and until when; kept as corrections of prices are."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    replaced_at = models.DateTimeField(_("replaced at"))

    class Meta:
        indexes = (models.Index(fields=["base", "quote", "day"], name="rate_correction_of_day"),)

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.day} {self.rate}"


class PriceLoad(BaseModel):
    """One run that wrote prices: from where, which days, how many. What the pages tell as the source of a price."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    source = models.CharField(_("source"), max_length=300)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    n_prices = models.PositiveIntegerField(_("prices"))
    is_simulated = models.BooleanField(_("simulated"))

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.source} {self.first_day}..{self.last_day}"
