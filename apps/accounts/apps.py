"""Start-up of accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The people of one firm."""

    name = "apps.accounts"
    label = "accounts"
    verbose_name = _("People and approvals")

    def ready(self) -> None:
        """Hear what the libraries say of sign-ins and second factors; tell jobs the firm's time zone."""
        from apps.accounts import receivers  # noqa: F401 - connects on import
        from apps.accounts.selectors.firm_days import firm_zone
        from apps.core.zones import connect_zone

        connect_zone(firm_zone)
