"""The public site: what it is, the sign-up, how far a registration is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, View

from apps.accounts.selectors.guests import guest
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.firms.forms import RegistrationForm
from apps.firms.models import Registration
from apps.firms.selectors.registrations import registration_progress
from apps.firms.services.registrations import FirmWish, register_firm, request_link_again, retry_registration
from apps.kernel.errors import DomainError


def _guest(request: HttpRequest, label: str) -> Actor:
    return guest(request.origin, label=label)  # type: ignore[attr-defined]


class LandingView(TemplateView):
    """What Steward is and what it costs."""

    template_name = "public/landing.html"


class RegisterView(FormView):  # type: ignore[type-arg]
    """The sign-up: one form, one service; what is refused stands at its field and what was typed stays."""

    template_name = "public/register.html"
    form_class = RegistrationForm

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        """Register, or say what is wrong."""
        wish = FirmWish(**form.wish())
        try:
            registration = register_firm(wish=wish, by=_guest(self.request, wish.principal_email))
        except DomainError as refused:
            told = shown(refused)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return self.form_invalid(form, status=told.status)
        return redirect("firms:registration", token=registration.token)

    def form_invalid(self, form: RegistrationForm, status: int = 422) -> HttpResponse:
        """Show the form again."""
        return self.render_to_response(self.get_context_data(form=form), status=status)


@method_decorator(never_cache, name="dispatch")
class RegistrationView(TemplateView):
    """How far one registration is; htmx asks for the panel alone."""

    template_name = "public/registration.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the progress."""
        return super().get_context_data(progress=registration_progress(kwargs["token"]), **kwargs)

    def get_template_names(self) -> list[str]:
        """Return the page, or its panel."""
        return ["public/_registration_panel.html"] if self.request.headers.get("HX-Request") else [self.template_name]


class RegistrationActionView(View):
    """A button of a registration's page; what forbids it is told there."""

    http_method_names = ["post"]

    def perform(self, registration: Registration, by: Actor) -> None:
        """Call the service."""
        raise NotImplementedError(f"{type(self).__name__} must say which service it calls.")

    def post(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """Do it and show the page."""
        registration = get_object_or_404(Registration, token=token)
        try:
            self.perform(registration, _guest(request, registration.principal_email))
        except DomainError as refused:
            view = RegistrationView()
            view.setup(request, token=token)
            context = view.get_context_data(token=token, refusal=shown(refused))
            return view.render_to_response(context, status=refused.status)
        return redirect(reverse("firms:registration", args=[token]))


class RetryView(RegistrationActionView):
    """The button of a failed registration."""

    def perform(self, registration: Registration, by: Actor) -> None:
        """Try again."""
        retry_registration(registration=registration, by=by)


class LinkAgainView(RegistrationActionView):
    """The button of an open one whose principal has no mail."""

    def perform(self, registration: Registration, by: Actor) -> None:
        """Send the link again."""
        request_link_again(registration=registration, by=by)
        messages.success(self.request, _("A new link is on its way."))
