"""Django's session and sign-in layers, for firms' sites only: the public site knows no users."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponseBase


class SessionMiddleware(DjangoSessionMiddleware):
    """Sessions lie in the firm's schema; the public site has none."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass by where no firm is entered."""
        if getattr(request, "tenant", None) is None:
            return cast("HttpResponseBase", self.get_response(request))
        return cast("HttpResponseBase", super().__call__(request))


class AuthenticationMiddleware(DjangoAuthenticationMiddleware):
    """Users lie in the firm's schema; everybody is a stranger to the public site."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Name the stranger where no firm is entered."""
        if getattr(request, "tenant", None) is None:
            request.user = AnonymousUser()
            return cast("HttpResponseBase", self.get_response(request))
        return cast("HttpResponseBase", super().__call__(request))
