"""Rows of notices."""

from apps.notices.models.mail import Mail, MailState

__all__ = ["Mail", "MailState"]
