"""Start-up of market."""

from django.apps import AppConfig


class MarketConfig(AppConfig):
    """Securities, prices and assumptions, shared by all firms (public schema)."""

    name = "apps.market"
    label = "market"
