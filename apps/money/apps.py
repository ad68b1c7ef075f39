"""Start-up of money."""

from django.apps import AppConfig


class MoneyConfig(AppConfig):
    """The household's own money."""

    name = "apps.money"
    label = "money"
