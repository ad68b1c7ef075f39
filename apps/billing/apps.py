"""Start-up of billing."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Fee schedules, runs, invoices, payments."""

    name = "apps.billing"
    label = "billing"

    def ready(self) -> None:
        """Have accounts ask for approvals of runs; tell portfolios which fees were paid from outside or are due."""
        from apps.accounts.ports import connect_approvals
        from apps.billing.selectors.fees_due import fees_due
        from apps.billing.selectors.paid_fees import paid_from_outside
        from apps.billing.services.runs import APPROVAL_KIND, hear_decision
        from apps.portfolios.ports import cash_due, fees_paid_elsewhere

        cash_due.connect(fees_due)
        fees_paid_elsewhere.connect(paid_from_outside)
        connect_approvals(APPROVAL_KIND, _("Billing run"), hear_decision)
