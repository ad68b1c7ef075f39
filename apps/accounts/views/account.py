"""One's own account: name, language, e-mail, password, second factor. For staff and clients alike."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView, View

from apps.accounts.forms import EmailChangeForm, OwnProfileForm, PasswordChangeForm
from apps.accounts.selectors.guests import guest
from apps.accounts.services.credentials import (
    change_for,
    confirm_change,
    request_email_change,
    request_password_change,
)
from apps.accounts.services.profile import finish_tour, update_own_profile
from apps.accounts.views._signed_in import SignedInMixin, person_of
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.kernel.errors import DomainError


class OwnFormView(SignedInMixin, FormView):  # type: ignore[type-arg]
    """A form about oneself whose content goes to one service."""

    def perform(self, form: Any, by: Actor) -> str:
        """Call the service; return the sentence to say."""
        raise NotImplementedError(f"{type(self).__name__} must say which service it calls.")

    def form_valid(self, form: Any) -> HttpResponse:
        """Hand the clean content to the service; a refusal stands at its field."""
        try:
            messages.success(self.request, self.perform(form, actor_of(self.request)))
        except DomainError as refused:
            told = shown(refused)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return self.form_invalid(form, status=told.status)
        return redirect("accounts:account")

    def form_invalid(self, form: Any, status: int = 422) -> HttpResponse:
        """Show the form again."""
        return self.render_to_response(self.get_context_data(form=form), status=status)


class AccountView(OwnFormView):
    """Name, language, time zone, and the way to the rest."""

    template_name = "account/account.html"
    form_class = OwnProfileForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start with what is there."""
        return {**super().get_form_kwargs(), "instance": self.request.user}

    def perform(self, form: OwnProfileForm, by: Actor) -> str:
        """Change it."""
        update_own_profile(user=person_of(self.request), **form.cleaned_data, by=by)
        return _("Saved.")


class LimitedFormView(OwnFormView):
    """A form that asks for the current password: five tries a minute."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse the sixth try of a minute."""
        if not ratelimit.consume(request, action="change_password", user=request.user):
            return render(request, "429.html", status=429)
        return super().post(request, *args, **kwargs)


class EmailChangeView(LimitedFormView):
    """A new address, confirmed by a link to it."""

    template_name = "account/email_change.html"
    form_class = EmailChangeForm

    def perform(self, form: EmailChangeForm, by: Actor) -> str:
        """Mail the link."""
        request_email_change(user=person_of(self.request), **form.cleaned_data, by=by)
        return _("We sent a link to the new address. Your address changes when you confirm it.")


class PasswordChangeView(LimitedFormView):
    """A new password, confirmed by a link."""

    template_name = "account/password_change.html"
    form_class = PasswordChangeForm

    def perform(self, form: PasswordChangeForm, by: Actor) -> str:
        """Mail the link."""
        clean = form.cleaned_data
        request_password_change(
            user=person_of(self.request),
            current_password=clean["current_password"],
            new_password=clean["new_password"],
            by=by,
        )
        return _("We sent you a link. Your password changes when you confirm it.")


@method_decorator(never_cache, name="dispatch")
class ConfirmChangeView(View):
    """The page behind the link of a change: one button. Open to whoever holds the mailbox."""

    def get(self, request: HttpRequest, key: str) -> HttpResponse:
        """Ask."""
        try:
            return render(request, "account/change_confirm.html", {"change": change_for(key)})
        except DomainError as closed:
            return self._closed(request, closed)

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        """Do it."""
        try:
            confirm_change(key=key, by=guest(request.origin))  # type: ignore[attr-defined]
        except DomainError as closed:
            return self._closed(request, closed)
        messages.success(request, _("The change is done. Sign in with it from now on."))
        return redirect("account_login" if request.user.is_anonymous else "accounts:account")

    def _closed(self, request: HttpRequest, closed: DomainError) -> HttpResponse:
        told = shown(closed)
        return render(request, "account/invitation_closed.html", {"refusal": told}, status=told.status)


@method_decorator(never_cache, name="dispatch")
class EnrolView(SignedInMixin, TemplateView):
    """Which second factor: an authenticator app or a passkey."""

    template_name = "account/enrol.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Remember where the person was going."""
        wanted = self.request.GET.get("next", "/")
        is_ours = url_has_allowed_host_and_scheme(wanted, {self.request.get_host()})
        return super().get_context_data(next=wanted if is_ours else "/", **kwargs)


class FinishTourView(SignedInMixin, View):
    """A tour was seen."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Keep it."""
        finish_tour(user=person_of(request), tour=request.POST.get("tour", ""), by=actor_of(request))
        return HttpResponse(status=204)


def password_set(_request: HttpRequest) -> HttpResponse:
    """Send allauth's second way to a password to the one there is."""
    return redirect(reverse("account_change_password"))
