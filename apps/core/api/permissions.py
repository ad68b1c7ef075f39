"""Scopes: what a token may do."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from apps.core.actors import Actor


class ScopedPermission(BasePermission):
    """Asks for `<area>:read` or `<area>:write` of the view's `scope_area`; a view without one is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the token holds the scope."""
        area = getattr(view, "scope_area", None)
        actor = request.auth
        if area is None or not isinstance(actor, Actor):
            return False
        scope = f"{area}:{'read' if request.method in SAFE_METHODS else 'write'}"
        self.message = f"The token lacks the scope {scope}."
        return scope in actor.permissions
