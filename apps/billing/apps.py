"""Start-up of billing."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Fee schedules, runs, invoices, payments."""

    name = "apps.billing"
    label = "billing"
