"""Start-up of integrations."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Partners and connectors."""

    name = "apps.integrations"
    label = "integrations"

    def ready(self) -> None:
        """Offer FIX as a route of orders."""
        from apps.integrations.services.fix_orders import FixRoute
        from apps.portfolios.ports import connect_route

        connect_route(FixRoute())
