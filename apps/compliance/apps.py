"""Start-up of compliance."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Suitability, checks, audit reports."""

    name = "apps.compliance"
    label = "compliance"

    def ready(self) -> None:
        """Tell the onboarding of clients, below, how far a household's risk profiles are."""
        from apps.clients.ports import ports
        from apps.compliance.selectors.onboarding import suitability_step

        ports.onboarding_steps["suitability"] = suitability_step
