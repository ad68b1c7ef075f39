"""The base of all models."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class BaseModel(models.Model):
    """A row with a public id. `id` never leaves the process: URLs, API, events and files carry `public_id`.

    Each model declares whether its rows may change (`MUTABLE`) and which fields say something about a person
    (`PERSONAL_FIELDS`); tests/architecture asks every model for both.
    """

    MUTABLE: ClassVar[bool]
    PERSONAL_FIELDS: ClassVar[frozenset[str]]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
