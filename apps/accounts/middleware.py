"""The second factor: who must have one enrols before doing anything else."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from apps.accounts.models import FirmProfile

_OPEN_PREFIXES = ("/accounts/", "/static/", "/brand.css", "/jsi18n/", "/logout")


class SecondFactorMiddleware:
    """Sends a person whose role needs a second factor to its enrolment until they have one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, or redirect to the enrolment."""
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated or request.path.startswith(_OPEN_PREFIXES):
            return self.get_response(request)
        if request.session.get("second_factor_known"):
            return self.get_response(request)
        if user.role not in FirmProfile.current().mfa_roles or is_mfa_enabled(user):
            request.session["second_factor_known"] = True
            return self.get_response(request)
        return redirect(f"{reverse('mfa_activate_totp')}?next={request.path}")
