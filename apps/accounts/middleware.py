"""What each request of a firm's site knows and must have: the profile, the second factor, the reader's language."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from apps.accounts.models import FirmProfile
from apps.core.middleware.requests import client_ip

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# what somebody without their second factor needs in order to enrol it, and what a page of that needs to look right
_OPEN_PREFIXES = (
    "/accounts/2fa/",
    "/accounts/confirm-email/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/reauthenticate/",
    "/brand.css",
    "/brand/logo/",
    "/health/",
    "/invitations/",
    "/jsi18n/",
    "/static/",
)
_KNOWN = "second_factor_known"
_SEEN = "last_noted"
_NOTE_EVERY_SECONDS = 60


class SessionActivityMiddleware:
    """Notes when and from where a session was last used: once a minute, and at once from another address.

    allauth's own middleware writes with each request, which costs more than most pages.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note it, then serve."""
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and request.session.session_key:
            now, address = int(time.time()), client_ip(request)
            noted_at, noted_address = request.session.get(_SEEN, (0, ""))
            if now - noted_at >= _NOTE_EVERY_SECONDS or address != noted_address:
                UserSession.objects.create_from_request(request)
                request.session[_SEEN] = [now, address]
        return self.get_response(request)


class FirmProfileMiddleware:
    """Puts `request.firm_profile`: read once, when first asked for; None on the public site."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve with the profile at hand."""
        has_firm = getattr(request, "tenant", None) is not None
        request.firm_profile = SimpleLazyObject(FirmProfile.current) if has_firm else None  # type: ignore[attr-defined]
        return self.get_response(request)


class SecondFactorMiddleware:
    """Sends a person whose role needs a second factor to its enrolment until they have one.

    Who has one passes it when signing in (allauth); the session remembers that alone. Who needs none is asked again
    with each request, so that a firm's new rule holds at once. The websocket gate asks the same (core.tenancy).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on, or send to the enrolment."""
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated or request.path.startswith(_OPEN_PREFIXES):
            return self.get_response(request)
        if request.session.get(_KNOWN):
            return self.get_response(request)
        if is_mfa_enabled(user):
            request.session[_KNOWN] = True
            return self.get_response(request)
        if user.role not in request.firm_profile.mfa_roles:  # type: ignore[attr-defined]
            return self.get_response(request)
        enrol = f"{reverse('accounts:enrol')}?{urlencode({'next': request.get_full_path()})}"
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": enrol})
        return redirect(enrol)


class PreferencesMiddleware:
    """Shows pages in the reader's language and time zone.

    The language is the person's own choice, else the first of the browser's that Steward speaks, else the firm's; the
    time zone is the person's own, else the firm's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Serve in the reader's terms."""
        if request.firm_profile is None:  # type: ignore[attr-defined]
            return self.get_response(request)
        user, profile = request.user, request.firm_profile  # type: ignore[attr-defined]
        zone = (user.time_zone if user.is_authenticated else "") or profile.time_zone
        language = (user.locale if user.is_authenticated else "") or asked_for(request) or profile.locale
        with timezone.override(zone), translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers["Content-Language"] = language
        return response


def asked_for(request: HttpRequest) -> str:
    """Return the first language of the browser's list that Steward speaks, or nothing."""
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return ""
