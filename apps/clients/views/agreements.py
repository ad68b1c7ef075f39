"""Agreements: drafted from the firm's template, sent for signature."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from apps.accounts.policies import Permission
from apps.clients.forms.documents import AgreementForm
from apps.clients.models import Agreement, SignatureRequest
from apps.clients.services.agreement_texts import FeeSummary, FeeTier
from apps.clients.services.agreements import AgreementDraft, draft_agreement, ensure_standard_template, send_agreement
from apps.clients.services.signatures import withdraw_request
from apps.clients.views.households import HouseholdMixin
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.kernel.money import Money


class AgreementNewView(HouseholdMixin, ServiceFormView):
    """Draft an agreement."""

    permission = Permission.SEND_AGREEMENTS
    template_name = "staff/clients/agreement_new.html"
    form_class = AgreementForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the agreements that could be replaced."""
        return super().get_form_kwargs() | {"household": self.household}

    def perform(self, form: AgreementForm, by: Actor) -> str:
        """Draft it; the preview is the paper itself."""
        agreement = draft_agreement(
            household=self.household,
            template=ensure_standard_template(by=by),
            draft=AgreementDraft(
                fees=fee_summary(form, self.household.currency),
                effective_on=form.effective(),
                supersedes=form.cleaned_data["supersedes"],
            ),
            by=by,
        )
        return reverse("clients:document-detail", args=[agreement.document.public_id])


def fee_summary(form: AgreementForm, currency: str) -> FeeSummary:
    """Return the terms that were typed."""
    said = form.cleaned_data
    minimum = said["minimum_annual"]
    return FeeSummary(
        tiers=tuple(FeeTier(Money(up_to, currency) if up_to else None, rate) for up_to, rate in form.tiers()),
        kind=said["kind"],
        frequency=said["frequency"],
        timing=said["timing"],
        value_basis=said["value_basis"],
        minimum_annual=Money(minimum, currency) if minimum else None,
        discount=said["discount"] or Decimal(0),
    )


class AgreementSendView(ActionView):
    """Send a draft for signature."""

    permission = Permission.SEND_AGREEMENTS
    success_message = gettext_lazy("The agreement is out for signature.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base class's signature
        """Send it to the people who decide for the household."""
        agreement = Agreement.objects.visible_to(by).filter(public_id=self.kwargs["agreement_id"]).first()
        if agreement is None:
            raise NotFoundError(gettext_noop("There is no such agreement."))
        send_agreement(agreement=agreement, by=by)
        return reverse("clients:household-documents", args=[agreement.household.public_id])


class SignatureWithdrawView(ActionView):
    """Take a request for signatures back."""

    permission = Permission.SEND_AGREEMENTS
    success_message = gettext_lazy("The request for signatures is withdrawn.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Withdraw it."""
        asked = SignatureRequest.objects.visible_to(by).filter(public_id=self.kwargs["request_id"]).first()
        if asked is None:
            raise NotFoundError(gettext_noop("There is no such request for signatures."))
        withdraw_request(request=asked, reason=request.POST.get("reason", "")[:500], by=by)
        return ""
