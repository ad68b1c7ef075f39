"""Start-up of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The people of one firm."""

    name = "apps.accounts"
    label = "accounts"
