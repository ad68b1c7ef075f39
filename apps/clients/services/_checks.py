"""Model validation as refusals that name the field."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from apps.kernel.errors import InvalidInputError


def checked(instance: models.Model, exclude: Iterable[str] = ()) -> None:
    """Run `full_clean`; raise InvalidInputError with the first sentence and the field it belongs to.

    Django's sentences are translated already, and a percent sign in them is no place to fill.
    """
    try:
        instance.full_clean(exclude=set(exclude))
    except ValidationError as invalid:
        field, errors = next(iter(invalid.error_dict.items()))
        sentence = " ".join(str(message) for error in errors for message in error.messages)
        raise InvalidInputError(sentence, field="" if field == NON_FIELD_ERRORS else field) from invalid
