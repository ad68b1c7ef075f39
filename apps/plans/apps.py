"""Start-up of plans."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Financial plans."""

    name = "apps.plans"
    label = "plans"

    def ready(self) -> None:
        """Hear of the signatures of plans, which clients, below, collects."""
        from apps.clients.ports import ports
        from apps.plans.services.publishing import SIGNATURE_PURPOSE, take_signature_end

        ports.signature_ends[SIGNATURE_PURPOSE] = take_signature_end
