"""The page behind an invitation's link."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from apps.accounts.forms import AcceptForm
from apps.accounts.selectors.guests import guest
from apps.accounts.services.invitations import InvitationClosedError, accept_invitation, invitation_for
from apps.core.errors import shown
from apps.kernel.errors import DomainError, NotFoundError


@method_decorator(never_cache, name="dispatch")
class AcceptInvitationView(FormView):  # type: ignore[type-arg]
    """Name and password make the account; whoever was signed in here before is signed out first."""

    template_name = "account/invitation.html"
    form_class = AcceptForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Say why a link no longer opens."""
        try:
            self.invitation = invitation_for(kwargs["key"])
        except (InvitationClosedError, NotFoundError) as closed:
            told = shown(closed)
            return render(request, "account/invitation_closed.html", {"refusal": told}, status=told.status)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Start with the name of the invitation."""
        return {"full_name": self.invitation.full_name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the invitation."""
        return super().get_context_data(invitation=self.invitation, **kwargs)

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        """Make the account and sign in; a second factor follows where the role needs one."""
        clean = form.cleaned_data
        by = guest(self.request.origin, label=self.invitation.email)  # type: ignore[attr-defined]
        try:
            user = accept_invitation(
                key=self.kwargs["key"], full_name=clean["full_name"], password=clean["password"], by=by
            )
        except DomainError as refused:
            told = shown(refused)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return self.form_invalid(form, status=told.status)
        logout(self.request)
        record_authentication(self.request, user, method="password", email=user.email)
        response: HttpResponse = perform_login(self.request, user, redirect_url="/")
        return response

    def form_invalid(self, form: AcceptForm, status: int = 422) -> HttpResponse:
        """Show the form again."""
        return self.render_to_response(self.get_context_data(form=form), status=status)
