"""Start-up of plans."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Financial plans."""

    name = "apps.plans"
    label = "plans"

    def ready(self) -> None:
        """Hear of the signatures of plans, which clients, below, collects; tell compliance what plans say of risk."""
        from apps.clients.ports import ports
        from apps.compliance.ports import capacity_facts, risk_facts
        from apps.plans.selectors.capacity_facts import known_to_plans
        from apps.plans.selectors.risk_facts import chances_of_plans
        from apps.plans.services.publishing import SIGNATURE_PURPOSE
        from apps.plans.services.signed_plans import take_signature_end

        ports.signature_ends[SIGNATURE_PURPOSE] = take_signature_end
        risk_facts.connect(chances_of_plans)
        capacity_facts.connect(known_to_plans)
