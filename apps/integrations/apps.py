"""Start-up of integrations."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Partners and connectors."""

    name = "apps.integrations"
    label = "integrations"
