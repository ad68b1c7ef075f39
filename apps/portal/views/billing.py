"""Invoices: read, explained line by line, paid by card."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.generic import View

from apps.billing.selectors.invoices import invoice_for
from apps.billing.selectors.receipts import account_receipt
from apps.billing.services.payments import start_payment
from apps.core.access import actor_of
from apps.portal.selectors.bills import bill_list, bill_page
from apps.portal.views._page import MemberMixin, PortalPage


class BillingView(PortalPage):
    """GET: all invoices, and what is due."""

    def get_template_names(self) -> list[str]:
        """Answer the click on what is due with the invoices that make it, in the side panel."""
        is_panel = self.request.htmx and "due" in self.request.GET
        return ["portal/_due_panel.html" if is_panel else "portal/billing.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the invoices."""
        return super().get_context_data(page=bill_list(actor_of(self.request), timezone.localdate()), **kwargs)


class InvoiceView(PortalPage):
    """GET: one invoice with its receipt; while a payment is under way the page waits for its result."""

    def get_template_names(self) -> list[str]:
        """Answer an amount's click with the lines that make it, in the side panel."""
        is_panel = self.request.htmx and "receipt" in self.request.GET
        return ["portal/_invoice_panel.html" if is_panel else "portal/invoice.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the invoice."""
        page = bill_page(actor_of(self.request), self.kwargs["invoice_id"], timezone.localdate())
        return super().get_context_data(page=page, invoice=page.bill.invoice, **kwargs)


class ReceiptView(PortalPage):
    """GET: what an amount of an invoice is made of: tier by tier, day by day, to the cent."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the receipt alone."""
        return ["staff/billing/_receipt.html" if self.request.htmx else "portal/receipt.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the receipt of one account's fee."""
        receipt = account_receipt(actor_of(self.request), self.kwargs["fee_id"])
        return super().get_context_data(receipt=receipt, whole=receipt.household, **kwargs)


class PayView(MemberMixin, View):
    """POST: open the page where the card is entered, which lies with the payment provider.

    The browser is sent there by htmx, or by a link: the policy `form-action 'self'` would stop a redirect of the form.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, invoice_id: UUID) -> HttpResponse:
        """Start the payment, once however often it is asked for."""
        actor = actor_of(request)
        payment = start_payment(invoice=invoice_for(actor, invoice_id), by=actor)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": payment.checkout_url})
        return render(request, "portal/pay.html", {"payment": payment, "invoice": payment.invoice})
