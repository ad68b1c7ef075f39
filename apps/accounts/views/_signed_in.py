"""Pages that every signed-in person has, or everybody of the firm."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from apps.accounts.models import User
from apps.accounts.policies import STAFF_ROLES
from apps.core.access import actor_of
from apps.kernel.errors import NotAllowedError, gettext_noop


def person_of(request: HttpRequest) -> User:
    """Return the signed-in person of a request that passed SignedInMixin."""
    return cast("User", request.user)


class SignedInMixin:
    """Ask for a signed-in person, of whatever role: what the page shows is their own."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check, then go on."""
        if getattr(request, "actor", None) is None:
            return redirect_to_login(request.get_full_path())
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class StaffMixin(SignedInMixin):
    """Ask for somebody of the firm."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check, then go on."""
        if getattr(request, "actor", None) is not None and actor_of(request).role not in STAFF_ROLES:
            raise NotAllowedError(gettext_noop("This page is for the people of the firm."))
        return super().dispatch(request, *args, **kwargs)
