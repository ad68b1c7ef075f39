"""What changed in prices and rates, for whoever keeps values that were computed with them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PriceMark(models.Model):
    """From which day on closes of a security, or of any (None), were written.

    The database sets it with every write of a price or rate (migration 0003), in the same transaction and under a lock
    that is held to its end: ids are in the order of commits, so that "all up to this id" is a state of the prices.
    """

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    security = models.ForeignKey("market.Security", models.CASCADE, null=True, related_name="+", db_constraint=False)
    first_day = models.DateField()

    def __str__(self) -> str:
        return f"{self.security_id or '*'} {self.first_day}"
