"""What a model refuses, as the refusal of a service."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction

from apps.accounts.models import User
from apps.kernel.errors import InvalidInputError, gettext_noop


def checked(instance: models.Model, **options: Any) -> None:
    """Run `full_clean`; raise InvalidInputError at the first field at fault."""
    try:
        instance.full_clean(**options)
    except ValidationError as wrong:
        raise refusal_of(wrong) from wrong


def refusal_of(wrong: ValidationError, *, field: str = "") -> InvalidInputError:
    """Return the refusal that says the same as the model did; its sentences are translated already."""
    at, messages = field, wrong.messages
    if hasattr(wrong, "error_dict"):
        at, messages = next(iter(wrong.message_dict.items()))
    return InvalidInputError(" ".join(messages), field="" if at == NON_FIELD_ERRORS else at)


def saved_once(instance: models.Model, *, field: str, message: str) -> None:
    """Insert a row that somebody else may be inserting at this moment; the later one is refused at the field."""
    try:
        with transaction.atomic():
            instance.save(force_insert=True)
    except IntegrityError as twice:
        raise InvalidInputError(message, field=field) from twice


def checked_password(password: str, user: User, *, field: str = "password") -> None:
    """Raise InvalidInputError for a password that the firm's rules refuse for this person."""
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise refusal_of(weak, field=field) from weak


def checked_current_password(password: str, user: User) -> None:
    """Raise InvalidInputError unless it is the person's password."""
    if not user.check_password(password):
        raise InvalidInputError(
            gettext_noop("This is not your current password."),
            mend=gettext_noop("Type it again, or sign out and reset it."),
            field="current_password",
        )
