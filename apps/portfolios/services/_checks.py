"""Rows that are wrong, told as refusals a form or partner can mend."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.utils.translation import gettext

from apps.kernel.errors import InvalidInputError, gettext_noop

_FEWER_DIGITS = gettext_noop("Give “%(label)s” with fewer digits.")
# how to mend what a field refuses, by Django's code of the complaint
_MENDS = {
    "blank": gettext_noop("Fill in “%(label)s”."),
    "null": gettext_noop("Fill in “%(label)s”."),
    "invalid_choice": gettext_noop("Choose a value that “%(label)s” offers."),
    "max_length": gettext_noop("Shorten “%(label)s”."),
    "max_digits": _FEWER_DIGITS,
    "max_decimal_places": _FEWER_DIGITS,
    "max_whole_digits": _FEWER_DIGITS,
    "min_value": gettext_noop("Give a larger value for “%(label)s”."),
    "max_value": gettext_noop("Give a smaller value for “%(label)s”."),
    "unique": gettext_noop("Change the one that exists, or give another value for “%(label)s”."),
}
_MEND = gettext_noop("Correct “%(label)s”.")


def checked(row: Model, *, exclude: list[str] | None = None) -> None:
    """Demand of a row what its model does. Raises InvalidInputError that names the field and how to mend it."""
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as wrong:
        raise refusal(wrong, row) from wrong


def refusal(wrong: ValidationError, row: Model) -> InvalidInputError:
    """Turn the first complaint of a model, which is in the reader's language already, into a refusal.

    What a constraint of several fields says names its own mend.
    """
    name, (first, *_others) = next(iter(wrong.error_dict.items()))
    message = " ".join(ValidationError(first).messages)
    if name == NON_FIELD_ERRORS:
        return InvalidInputError(message)
    label = str(getattr(row._meta.get_field(name), "verbose_name", name))
    label = label[:1].upper() + label[1:]
    mend = gettext(_MENDS.get(first.code or "", _MEND)) % {"label": label}
    return InvalidInputError(message, mend=mend, field=name)
