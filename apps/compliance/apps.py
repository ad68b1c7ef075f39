"""Start-up of compliance."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Suitability, checks, audit reports."""

    name = "apps.compliance"
    label = "compliance"
