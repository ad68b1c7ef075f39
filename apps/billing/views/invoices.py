"""Invoices: list, one with its receipts and payments, take back, record a payment."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.billing.forms import ApplyPaymentForm, ReasonForm, RecordPaymentForm, ReturnPaymentForm
from apps.billing.models import Invoice
from apps.billing.selectors.invoices import invoice_for, payment_for, unapplied_payments
from apps.billing.selectors.receipts import receipt_for
from apps.billing.services.invoices import record_payment, void_invoice
from apps.billing.services.unapplied import apply_payment, note_return
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.kernel.errors import InvalidInputError, gettext_noop

PAGE_SIZE = 50


class InvoiceList(RequiresMixin, TemplateView):
    """All invoices that the reader may see, by state."""

    permission = Permission.VIEW_BILLING
    template_name = "staff/billing/invoice_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List a page of them."""
        state = self.request.GET.get("state", "")
        found = Invoice.objects.visible_to(actor_of(self.request)).select_related("household")
        if state:
            found = found.filter(state=state)
        page = Paginator(found, PAGE_SIZE).get_page(self.request.GET.get("page"))
        states = Invoice._meta.get_field("state").choices
        return super().get_context_data(page=page, state=state, states=states, **kwargs)


class InvoiceDetail(RequiresMixin, TemplateView):
    """One invoice."""

    permission = Permission.VIEW_BILLING
    template_name = "staff/billing/invoice_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show it with what proves it."""
        actor = actor_of(self.request)
        invoice = invoice_for(actor, kwargs["invoice_id"])
        receipt = receipt_for(actor, invoice)
        may_edit = actor.can(Permission.EDIT_BILLING)
        context = {"invoice": invoice, "receipt": receipt, "may_edit": may_edit}
        return super().get_context_data(**context, unapplied=unapplied_payments(invoice), **kwargs)


class VoidInvoice(ActionView):
    """POST: take an invoice back."""

    permission = Permission.EDIT_BILLING
    success_message = _("The invoice is void.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Void it for the reason given."""
        invoice = invoice_for(by, self.kwargs["invoice_id"])
        form = ReasonForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(gettext_noop("Say why the invoice is taken back."), field="reason")
        return void_invoice(invoice=invoice, reason=form.cleaned_data["reason"], by=by).get_absolute_url()


class RecordPayment(ServiceFormView):
    """Record what came by check, transfer or debit."""

    permission = Permission.EDIT_BILLING
    template_name = "staff/billing/payment_form.html"
    form_class = RecordPaymentForm

    @cached_property
    def invoice(self) -> Invoice:
        """The invoice in hand."""
        return invoice_for(actor_of(self.request), self.kwargs["invoice_id"])

    def get_initial(self) -> dict[str, Any]:
        """Begin with what is due."""
        return {"amount": f"{self.invoice.due:.2f}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the invoice."""
        return super().get_context_data(invoice=self.invoice, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Record it."""
        record_payment(invoice=self.invoice, **form.cleaned_data, by=by)
        return self.invoice.get_absolute_url()


class ReturnPayment(ActionView):
    """POST: note that money which came for a void invoice was given back."""

    permission = Permission.EDIT_BILLING
    success_message = _("It is noted that the amount was given back.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Note how."""
        payment = payment_for(by, self.kwargs["payment_id"])
        form = ReturnPaymentForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(gettext_noop("Say how the amount was given back."), field="note")
        return note_return(payment=payment, note=form.cleaned_data["note"], by=by).invoice.get_absolute_url()


class ApplyPayment(ActionView):
    """POST: count money which came for a void invoice on another one."""

    permission = Permission.EDIT_BILLING
    success_message = _("The amount is applied.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Apply it."""
        payment = payment_for(by, self.kwargs["payment_id"])
        form = ApplyPaymentForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(gettext_noop("Choose an open invoice of the same household."), field="invoice")
        target = invoice_for(by, form.cleaned_data["invoice"])
        return apply_payment(payment=payment, invoice=target, by=by).invoice.get_absolute_url()
