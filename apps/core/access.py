"""The first of the two checks of access: the permission, at the entry. The second is `visible_to` on the query."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from apps.core.actors import Actor
from apps.kernel.errors import NotAllowedError, gettext_noop


class AnonymousError(NotAllowedError):
    """Nobody is signed in."""

    code = "not_signed_in"
    status = 401


def actor_of(request: HttpRequest) -> Actor:
    """Return the actor of a request; raise AnonymousError when nobody is signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise AnonymousError(gettext_noop("Nobody is signed in."), mend=gettext_noop("Sign in and try again."))
    return actor


def demand(actor: Actor, permission: str) -> None:
    """Raise NotAllowedError unless the actor holds the permission."""
    if not actor.can(permission):
        raise NotAllowedError(
            gettext_noop("Your role, %(role)s, may not do this."),
            mend=gettext_noop("Ask a principal of your firm: they can do it or change your role."),
            role=actor.role or "none",
        )


def requires(permission: str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Decorate a view: signed in, else to the sign-in page; with the permission, else 403."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if getattr(request, "actor", None) is None:
                return redirect_to_login(request.get_full_path())
            demand(actor_of(request), permission)
            return view(request, *args, **kwargs)

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


class RequiresMixin:
    """The same for class-based views: `permission` is the class's declaration, and it has no default."""

    permission: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check, then go on."""
        if getattr(request, "actor", None) is None:
            return redirect_to_login(request.get_full_path())
        demand(actor_of(request), self.permission)
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response
