"""Start-up of firms."""

from django.apps import AppConfig


class FirmsConfig(AppConfig):
    """Firms, their addresses and their provisioning (public schema)."""

    name = "apps.firms"
    label = "firms"
