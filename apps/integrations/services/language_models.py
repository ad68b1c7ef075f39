"""Connecting a language model, trying it, taking it away; and the way that plans ask it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.utils import timezone

from apps.core import audit
from apps.core.actors import Actor
from apps.core.outside import outside_address, places_of
from apps.core.secrets import decrypted, encrypted
from apps.core.services import service
from apps.integrations.models import LanguageModelConnection
from apps.integrations.selectors.language_models import Outcome, connection_in_use
from apps.integrations.services.chat_completions import (
    ANSWER_SECONDS,
    TRY_SECONDS,
    CompletionError,
    Line,
    completed,
    embedded,
)
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.plans.ports import ModelInUse, NoLanguageModelError


@dataclass(frozen=True, slots=True)
class ModelTerms:
    """What the firm gives. An empty `key` keeps the one in use, for the same address only."""

    address: str
    model_name: str
    key: str = field(default="", repr=False)
    embedding_name: str = ""


@service
def connect_model(*, terms: ModelTerms, by: Actor) -> LanguageModelConnection:
    """Take a language model into use, in place of the one before.

    Raises InvalidInputError at the field for an address that is not public or not encrypted, no model and no key.
    """
    address = outside_address(terms.address, field="address")
    places_of(address, field="address")
    before = LanguageModelConnection.objects.select_for_update().filter(is_active=True).first()
    url, key = terms.address.strip().rstrip("/"), terms.key.strip()
    if not terms.model_name.strip():
        raise InvalidInputError(gettext_noop("Name the model."), field="model_name")
    if key and not (key.isascii() and key.isprintable() and " " not in key):
        raise InvalidInputError(
            gettext_noop("This is no key: it holds spaces or signs that no key has."),
            mend=gettext_noop("Copy it again from where it was made."),
            field="key",
        )
    kept = before.key if before is not None and before.address == url else ""
    if not (key or kept):
        raise InvalidInputError(
            gettext_noop("Give the key."),
            mend=gettext_noop("A key is kept for the address that it was given for."),
            field="key",
        )
    if before is not None:
        _retire(before)
    row = LanguageModelConnection(
        address=url,
        model_name=terms.model_name.strip(),
        embedding_name=terms.embedding_name.strip(),
        key=encrypted(key) if key else kept,
        connected_by=by.label[:200],
    )
    row.full_clean()
    row.save()
    audit.record("integrations.connect_language_model", by=by, target=row, after=audit.snapshot(row))
    return row


@service
def disconnect_model(*, by: Actor) -> None:
    """Take the model out of use and forget its key; what is under way ends without a change."""
    row = LanguageModelConnection.objects.select_for_update().filter(is_active=True).first()
    if row is None:
        return
    before = audit.snapshot(row)
    _retire(row)
    audit.record("integrations.disconnect_language_model", by=by, target=row, before=before, after=audit.snapshot(row))


def try_model(*, by: Actor) -> Outcome:
    """Ask the models one thing that tells nothing of anybody, and note how it went. Raises NoLanguageModelError."""
    row = connection_in_use()
    if row is None:
        raise NoLanguageModelError
    try:
        completed(_line(row), instruction="Answer with one word.", content="Hello.", seconds=TRY_SECONDS)
        if row.embedding_name:
            embedded(_embedding_line(row), ["Hello."], seconds=TRY_SECONDS)
        outcome = Outcome.ANSWERED
    except CompletionError as failed:
        outcome = failed.outcome
    _note(connection=row, outcome=outcome, by=by)
    return outcome


@service
def _note(*, connection: LanguageModelConnection, outcome: Outcome, by: Actor) -> None:
    row = LanguageModelConnection.objects.select_for_update().get(pk=connection.pk)
    row.tried_at, row.outcome = timezone.now(), outcome
    row.save(update_fields=["tried_at", "outcome", "updated_at"])
    audit.record("integrations.try_language_model", by=by, target=row, facts={"outcome": str(outcome)})


def _retire(row: LanguageModelConnection) -> None:
    row.is_active, row.key = False, ""
    row.save(update_fields=["is_active", "key", "updated_at"])


def _line(row: LanguageModelConnection) -> Line:
    return Line(row.address, row.model_name, decrypted(row.key))


def _embedding_line(row: LanguageModelConnection) -> Line:
    return Line(row.address, row.embedding_name, decrypted(row.key))


class FirmsModel:
    """The way of plans to the firm's model (`plans.ports.LanguageModel`)."""

    def in_use(self) -> ModelInUse | None:
        """Return the firm's model, None where none is connected."""
        row = connection_in_use()
        if row is None:
            return None
        host = urlsplit(row.address).hostname or ""
        return ModelInUse(row.public_id, row.model_name, host, row.embedding_name)

    def answer(self, *, instruction: str, content: str) -> str:
        """Ask the firm's model. Raises LanguageModelError."""
        row = connection_in_use()
        if row is None:
            raise NoLanguageModelError
        return completed(_line(row), instruction=instruction, content=content, seconds=ANSWER_SECONDS)

    def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        """Ask the firm's model for embeddings. Raises LanguageModelError."""
        row = connection_in_use()
        if row is None or not row.embedding_name:
            raise NoLanguageModelError
        return embedded(_embedding_line(row), texts, seconds=ANSWER_SECONDS)
