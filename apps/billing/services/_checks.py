"""What every service of billing checks alike."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from apps.kernel.errors import InvalidInputError


def checked(row: models.Model, *, exclude: list[str] | None = None) -> None:
    """Check the row; a wrong field is refused as its form would. Raises InvalidInputError."""
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as wrong:
        if hasattr(wrong, "error_dict"):
            field, messages = next(iter(wrong.message_dict.items()))
            raise InvalidInputError(messages[0], field="" if field == "__all__" else field) from wrong
        raise InvalidInputError(wrong.messages[0]) from wrong
