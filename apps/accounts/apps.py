"""Start-up of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The people of one firm."""

    name = "apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Hear what the libraries say of sign-ins and second factors."""
        from apps.accounts import receivers  # noqa: F401 - connects on import
