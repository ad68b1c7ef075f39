"""The table of Django's database cache, one in each schema: limits and lockouts hold while Redis is away."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class CacheEntry(models.Model):
    """One cached value (django.core.cache.backends.db writes it)."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "core_cacheentry"

    def __str__(self) -> str:
        return self.cache_key
