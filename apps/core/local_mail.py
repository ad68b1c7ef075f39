"""Mail of a machine without a mail server: kept as files, shown on the inbox page of the public site."""

from __future__ import annotations

import email.policy
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone


def _folder() -> Path:
    """Return where mails lie; settings without an inbox have no such backend."""
    if settings.LOCAL_INBOX is None:
        raise ImproperlyConfigured("LOCAL_INBOX names no folder.")
    return Path(settings.LOCAL_INBOX)


class InboxBackend(BaseEmailBackend):
    """Writes each mail as one .eml file; the newest sorts last."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the mails."""
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S.%f}-{uuid.uuid4().hex[:8]}"
            part = folder / f"{name}.part"
            part.write_bytes(message.message().as_bytes())
            part.rename(folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class InboxMail:
    """One mail as the page shows it."""

    key: str
    sent_at: datetime
    sender: str
    to: str
    subject: str
    text: str
    attachments: tuple[str, ...]


def inbox(limit: int = 200) -> list[InboxMail]:
    """Read the newest mails, newest first."""
    folder = _folder()
    files = sorted(folder.glob("*.eml"), reverse=True)[:limit] if folder.is_dir() else []
    return [_read(path) for path in files]


def _read(path: Path) -> InboxMail:
    message = message_from_bytes(path.read_bytes(), policy=email.policy.default)
    body = message.get_body(("plain", "html"))
    return InboxMail(
        key=path.stem,
        sent_at=datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone()),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()) if body else "",
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )
