"""Rows that are wrong, told as refusals a form or partner can mend."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from apps.core.models import BaseModel
from apps.kernel.errors import InvalidInputError


def checked(row: BaseModel, *, exclude: Sequence[str] = ()) -> None:
    """Hold the row to its fields and constraints. Raises InvalidInputError that names the first field at fault."""
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as wrong:
        field, messages = next(iter(wrong.message_dict.items()))
        raise InvalidInputError(messages[0], field="" if field == NON_FIELD_ERRORS else field) from wrong
