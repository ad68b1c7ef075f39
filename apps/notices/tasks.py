"""Jobs of notices."""

from __future__ import annotations

from typing import Any

from apps.core.jobs import job
from apps.notices.services import mails


@job("notices.send_mail")
def send_mail(_task: Any, mail_id: int) -> None:
    """Send one mail."""
    mails.send_mail(mail_id=mail_id)
