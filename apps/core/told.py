"""Messages to who uses a page, put into words at once."""

from __future__ import annotations

from django.contrib.messages.storage.cookie import CookieStorage


class SpokenStorage(CookieStorage):
    """Messages in a cookie, since the public site has no sessions.

    A text that waits for its language is spoken when it is told: a cookie is written after the request, when the
    reader's language is no longer in force.
    """

    def add(self, level: int, message: object, extra_tags: str | None = "") -> None:
        """Queue a message as the reader reads it; marked-safe markup stays so."""
        super().add(level, str(message), extra_tags)
