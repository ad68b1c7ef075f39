"""The firm's partners: list, register, renew, suspend."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, View

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.integrations.forms import PartnerForm, SuspendForm
from apps.integrations.models import Partner
from apps.integrations.services.partners import register_partner, renew_secret, suspend_partner
from apps.integrations.tokens import public_keys
from apps.kernel.errors import InvalidInputError, gettext_noop


class PartnerList(RequiresMixin, ListView):  # type: ignore[type-arg]
    """Who may call the API."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/partner_list.html"
    queryset = Partner.objects.select_related("application")
    context_object_name = "partners"


class RegisterPartner(ServiceFormView):
    """Register; the secret is shown on the answer itself and nowhere again."""

    permission = Permission.MANAGE_PARTNERS
    template_name = "staff/integrations/partner_form.html"
    form_class = PartnerForm

    def perform(self, form: Any, by: Actor) -> str:
        """Register and keep the secret for the answer."""
        self.credentials = register_partner(**form.cleaned_data, by=by)
        return reverse("integrations:partner-list")

    def form_valid(self, form: Any) -> HttpResponse:
        """Show the credentials instead of going away."""
        answer = super().form_valid(form)
        if answer.status_code != 302 or not hasattr(self, "credentials"):  # a form sent twice shows no secret again
            return answer
        return render(self.request, "staff/integrations/partner_secret.html", {"credentials": self.credentials})


class RenewSecret(RequiresMixin, View):
    """POST: a new secret, shown once."""

    permission = Permission.MANAGE_PARTNERS
    http_method_names = ["post"]

    def post(self, request: HttpRequest, partner_id: str) -> HttpResponse:
        """Renew and show."""
        partner = get_object_or_404(Partner, public_id=partner_id)
        credentials = renew_secret(partner=partner, by=actor_of(request))
        return render(request, "staff/integrations/partner_secret.html", {"credentials": credentials})


class SuspendPartner(ActionView):
    """POST: shut the partner out."""

    permission = Permission.MANAGE_PARTNERS
    success_message = _("The partner is shut out; its tokens no longer work.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Suspend with the reason given."""
        partner = get_object_or_404(Partner, public_id=self.kwargs["partner_id"])
        form = SuspendForm(request.POST)
        if not form.is_valid():
            raise InvalidInputError(gettext_noop("Say why: the reason stands on the trail."))
        suspend_partner(partner=partner, reason=form.cleaned_data["reason"], by=by)
        return reverse("integrations:partner-list")


def jwks(_request: HttpRequest) -> JsonResponse:
    """GET /.well-known/jwks.json: the firm's public keys, for partners who check tokens themselves."""
    return JsonResponse(public_keys(), headers={"Cache-Control": "public, max-age=3600"})
