"""Start-up of portal."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The client's pages."""

    name = "apps.portal"
    label = "portal"
