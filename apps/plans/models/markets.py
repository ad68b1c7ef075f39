"""How the firm's plans draw their markets, and the history that they may draw from."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel


class MarketKindChoice(models.TextChoices):
    """What a plan's chance is counted on; history as it went is counted beside it, since it has no error to tell."""

    LOG_NORMAL = "log_normal", _("By formula: months like a bell curve")
    FAT_TAILED = "fat_tailed", _("By formula: months with fat tails")
    BOOTSTRAP = "bootstrap", _("Blocks of real history in another order")


class MarketHistory(BaseModel):
    """Monthly returns that the firm loaded. A later load stands beside it: results go on naming theirs.

    The latest is drawn from; a firm goes back to an earlier one by loading it again. `content`
    holds the engine's history (first month, columns, rows of fractions), `digest` its name in results.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"loaded_by"})

    source = models.CharField(_("source"), max_length=300)
    content = models.JSONField()
    digest = models.CharField(max_length=64, db_index=True)
    loaded_by = models.CharField(_("loaded by"), max_length=200)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.source


class MarketChoice(BaseModel):
    """The markets of plans from now on. The latest holds; a result keeps the markets it was made with."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"set_by"})

    kind = models.CharField(
        _("markets of plans"), max_length=12, choices=MarketKindChoice.choices, default=MarketKindChoice.LOG_NORMAL
    )
    mean_block = models.PositiveSmallIntegerField(
        _("months of a block on average"), default=12, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    is_recentred = models.BooleanField(_("history is moved to the assumed returns"), default=True)
    set_by = models.CharField(_("set by"), max_length=200)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return str(MarketKindChoice(self.kind).label)
