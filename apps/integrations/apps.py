"""Start-up of integrations."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Partners and connectors."""

    name = "apps.integrations"
    label = "integrations"

    def ready(self) -> None:
        """Offer FIX as a route of orders, and the firm's language model to plans."""
        from apps.integrations.services.fix_orders import FixRoute
        from apps.integrations.services.language_models import FirmsModel
        from apps.plans.ports import connect_language_model
        from apps.portfolios.ports import connect_route

        connect_route(FixRoute())
        connect_language_model(FirmsModel())
