"""The actor of an API request."""

from __future__ import annotations

from rest_framework.request import Request

from apps.core.actors import Actor
from apps.kernel.errors import NotAllowedError, gettext_noop


def api_actor(request: Request) -> Actor:
    """Return who calls, as the authentication found it; raise NotAllowedError when nobody did."""
    actor = request.auth
    if not isinstance(actor, Actor):
        raise NotAllowedError(gettext_noop("This request carries no access token."))
    return actor
