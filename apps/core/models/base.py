"""The base of all models."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, cast

from django.db import models
from django.utils.encoding import force_str


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

    def _get_FIELD_display(self, field: models.Field[Any, Any]) -> str:  # noqa: N802 - Django's own name
        """Return the label of one choice; Django's own translates all of them to find it."""
        value = getattr(self, field.attname)
        for choice, label in field.flatchoices:
            if choice == value:
                return str(label)
        return cast("str", force_str(value, strings_only=True))
