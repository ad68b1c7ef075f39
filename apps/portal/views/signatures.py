"""A paper to sign: read it, consent, type the name."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from apps.accounts.services.proofs import Proof
from apps.clients.models import Signature
from apps.clients.selectors.signatures import signature_for
from apps.clients.services.signatures import Signing, current_consent, decline_signature, sign, view_for_signing
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.plans.models import Plan
from apps.plans.services.moved_facts import moved_of, told
from apps.portal.forms import DeclineForm, SignForm
from apps.portal.views._files import paper
from apps.portal.views._page import MemberMixin


class SignatureMixin(MemberMixin):
    """One signature that the client is asked for."""

    kwargs: dict[str, Any]

    @cached_property
    def signature(self) -> Signature:
        """The signature of the address, if it is the client's to see."""
        return signature_for(actor_of(self.request), self.kwargs["signature_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the signature."""
        return super().get_context_data(signature=self.signature, **kwargs)


class SignatureView(SignatureMixin, ServiceFormView):
    """GET the paper and the consent, POST the signature."""

    template_name = "portal/signature.html"
    form_class = SignForm

    def get_initial(self) -> dict[str, Any]:
        """Send along which consent is shown."""
        return {"consent_version": current_consent().version}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the consent word for word, whether this person is the one to sign, and what a plan no longer knows."""
        is_theirs = self.signature.person.user_id == self.request.user.pk
        plans = Plan.objects.visible_to(actor_of(self.request)).filter(signature_request=self.signature.request_id)
        plan = plans.select_related("household").first()
        context = {"consent": current_consent(), "is_theirs": is_theirs, "moved": told(moved_of(plan))}
        return super().get_context_data(**context, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Sign, once it is proved anew who does; the form is kept meanwhile and sent on by itself."""
        raise_if_reauthentication_required(self.request, app="account")
        given = form.cleaned_data
        signing = Signing(given["typed_name"], given["consent_version"], proof_of(self.request))
        sign(signature=self.signature, signing=signing, by=by)
        messages.success(self.request, _("Signed. The certificate follows in your documents once all have signed."))
        return reverse("portal:signature", kwargs={"signature_id": self.signature.public_id})


class PaperView(MemberMixin, View):
    """GET: the very bytes to sign; that they were opened is kept."""

    def get(self, request: HttpRequest, signature_id: UUID) -> HttpResponse:
        """Hand them over."""
        actor = actor_of(request)
        signature = signature_for(actor, signature_id)
        content = view_for_signing(signature=signature, by=actor)
        version = signature.request.version
        return paper(content, mime=version.mime, filename=version.filename, inline=True)


class DeclineView(SignatureMixin, ServiceFormView):
    """GET asks why, POST declines."""

    template_name = "portal/signature_decline.html"
    form_class = DeclineForm

    def perform(self, form: Any, by: Actor) -> str:
        """Decline."""
        decline_signature(signature=self.signature, reason=form.cleaned_data["reason"], by=by)
        messages.success(self.request, _("Your advisor hears that you do not sign, and why."))
        return reverse("portal:home")


def proof_of(request: HttpRequest) -> Proof:
    """Return how the person signed in and when they last proved it, by password, factor or sign-in."""
    records = get_authentication_records(request, request.user)
    used = [f"{record['method']} {record.get('type', '')}".strip() for record in records]
    latest = max((record["at"] for record in records), default=None)
    at = None if latest is None else dt.datetime.fromtimestamp(latest, dt.UTC)
    return Proof(", ".join(dict.fromkeys(used)) or "session", at)
