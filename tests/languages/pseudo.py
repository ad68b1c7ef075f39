"""A language that no one speaks: each message comes back in ⟦brackets⟧, so that what has none was never translated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

CODE = "en-xa"
OPEN, CLOSE = "⟦", "⟧"


class PseudoTranslation(trans_real.DjangoTranslation):
    """Answers every message with itself, marked; plural forms are English's."""

    def __init__(self) -> None:
        super().__init__("en")
        self.asked: set[str | tuple[str, str]] = set()

    def to_language(self) -> str:
        """Name itself as pages and mails do."""
        return CODE

    def gettext(self, message: str) -> str:
        """Mark one message; its context is not part of it."""
        self.asked.add(message)
        return self._marked(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Mark the form that English takes."""
        self.asked.add((msgid1, msgid2))
        return self._marked(msgid1 if n == 1 else msgid2)

    def _marked(self, message: str) -> str:
        text = message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]
        return f"{OPEN}{text}{CLOSE}" if text.strip() else text


@contextmanager
def spoken() -> Iterator[PseudoTranslation]:
    """Let Django know the language, as one that may be chosen, and speak it."""
    with override_settings(LANGUAGES=[*settings.LANGUAGES, (CODE, "Pseudo")]):
        known = trans_real._translations[CODE] = PseudoTranslation()  # the change of settings has emptied it
        with translation.override(CODE):
            yield known
