"""Start-up of plans."""

from django.apps import AppConfig


class PlansConfig(AppConfig):
    """Financial plans."""

    name = "apps.plans"
    label = "plans"
