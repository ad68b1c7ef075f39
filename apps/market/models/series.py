"""Economic series: inflation, yields and the like, each with its unit and source."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel


class MarketSeries(BaseModel):
    """A named series of dated values; what it earns or costs is in its currency."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    unit = models.CharField(_("unit"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    source = models.CharField(_("source"), max_length=300)

    class Meta:
        ordering = ("key",)
        verbose_name_plural = "market series"

    def __str__(self) -> str:
        return self.name


class MarketPoint(models.Model):
    """The value of a series on a day."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    pk = models.CompositePrimaryKey("series", "day")
    series = models.ForeignKey(MarketSeries, models.CASCADE, related_name="points", db_index=False)
    day = models.DateField()
    value = models.DecimalField(max_digits=20, decimal_places=8)

    def __str__(self) -> str:
        return f"{self.series_id} {self.day} {self.value}"
