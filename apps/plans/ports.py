"""What plans ask of apps above: a language model, where the firm connected one (integrations)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from apps.kernel.errors import DomainError, gettext_noop


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """The model that the firm connected: `key` is another one after each new connection, `host` where texts go.

    `embedding` is the model that turns texts into vectors, empty where there is none.
    """

    key: uuid.UUID
    name: str
    host: str
    embedding: str = ""


class LanguageModelError(DomainError):
    """The language model gave no answer that can be used; nothing was changed."""

    code = "language_model_failed"
    status = 502


class NoLanguageModelError(LanguageModelError):
    """The firm has connected none, or disconnected it."""

    code = "language_model_missing"
    status = 409

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("No language model is connected."),
            mend=gettext_noop("A principal connects one in the settings; until then Steward reads by itself."),
        )


class LanguageModel(Protocol):
    """A model that answers a text with a text."""

    def in_use(self) -> ModelInUse | None:
        """Return the firm's model, None where none is connected."""
        ...

    def answer(self, *, instruction: str, content: str) -> str:
        """Return the model's text. Raises LanguageModelError; never called inside a transaction that holds locks."""
        ...

    def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector of each text, all of one length. Raises LanguageModelError; asked as `answer` is."""
        ...


class _None:
    """No app above offers one."""

    def in_use(self) -> ModelInUse | None:
        """Return None."""
        return None

    def answer(self, *, instruction: str, content: str) -> str:  # noqa: ARG002 - of the protocol
        """Refuse."""
        raise NoLanguageModelError

    def vectors(self, texts: Sequence[str]) -> list[list[float]]:  # noqa: ARG002 - of the protocol
        """Refuse."""
        raise NoLanguageModelError


_offered: list[LanguageModel] = [_None()]


def connect_language_model(model: LanguageModel) -> None:
    """Offer the one way to language models."""
    _offered[:] = [model]


def language_model() -> LanguageModel:
    """Return the way to the firm's model."""
    return _offered[0]
