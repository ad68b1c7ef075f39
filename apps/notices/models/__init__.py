"""Rows of notices."""

from apps.notices.models.digest import DigestChoice, DigestRhythm
from apps.notices.models.mail import Mail, MailState

__all__ = ["DigestChoice", "DigestRhythm", "Mail", "MailState"]
