"""Who asks: the signed-in person as an Actor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from apps.core.actors import acting_as
from apps.core.middleware.requests import GetResponse


class ActorMiddleware:
    """Sets `request.actor` (None for a stranger) after authentication; the user model knows its own roles."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Name the actor, serve."""
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            request.actor = None  # type: ignore[attr-defined]
            return self.get_response(request)
        request.actor = user.as_actor(origin=request.origin)  # type: ignore[attr-defined]
        with acting_as(request.actor):  # type: ignore[attr-defined]
            return self.get_response(request)
