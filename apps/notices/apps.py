"""Start-up of notices."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notifications and their delivery."""

    name = "apps.notices"
    label = "notices"
