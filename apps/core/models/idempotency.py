"""Answers that a partner may ask for again, and forms that came."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class IdempotentAnswer(models.Model):
    """What one POST answered, kept for a day (apps.core.cleaning): the same key again does nothing again.

    The key is a partner's Idempotency-Key, or `form:` and the token of a form (apps.core.once).
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"body"})

    actor_key = models.CharField(max_length=120)
    key = models.CharField(max_length=128)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["actor_key", "key"], name="idempotency_key_once"),)

    def __str__(self) -> str:
        return self.key
