"""Start-up of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notifications and their delivery."""

    name = "apps.notices"
    label = "notices"

    def ready(self) -> None:
        """Give accounts, which lies below, a way to send mail."""
        from apps.accounts.ports import connect_post
        from apps.notices.services.mails import queue_mail

        connect_post(queue_mail)
