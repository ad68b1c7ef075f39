"""Start-up of billing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Fee schedules, runs, invoices, payments."""

    name = "apps.billing"
    label = "billing"

    def ready(self) -> None:
        """Have accounts, which lies below, ask for approvals of runs and tell how they ended."""
        from apps.accounts.ports import connect_approvals
        from apps.billing.services.runs import APPROVAL_KIND, hear_decision

        connect_approvals(APPROVAL_KIND, _("Billing run"), hear_decision)
