"""The receipt of a fee: what an amount on an invoice opens."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.billing.selectors.receipts import account_receipt, fee_parts, household_receipt_for
from apps.core.access import RequiresMixin, actor_of


class ReceiptPage(RequiresMixin, TemplateView):
    """Tier by tier, day by day, to the cent; in the side panel, and as a page of its own."""

    permission = Permission.VIEW_BILLING

    def get_template_names(self) -> list[str]:
        """Return the part alone for htmx."""
        part = bool(self.request.headers.get("HX-Request"))
        return ["staff/billing/_receipt.html" if part else "staff/billing/receipt_detail.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the receipt."""
        receipt = account_receipt(actor_of(self.request), kwargs["fee_id"])
        return super().get_context_data(receipt=receipt, whole=receipt.household, **kwargs)


class HouseholdReceiptPage(ReceiptPage):
    """The same for a whole household: its accounts, each of which opens its own receipt."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the household's receipt."""
        whole = household_receipt_for(actor_of(self.request), kwargs["fee_id"])
        return TemplateView.get_context_data(self, whole=whole, accounts=fee_parts(whole), **kwargs)
