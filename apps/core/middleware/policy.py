"""Which addresses a page may talk to."""

from __future__ import annotations

from typing import Any

from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase


class PolicyMiddleware(CSPMiddleware):
    """Adds the sockets of the page's own host, by name, to what CONTENT_SECURITY_POLICY allows.

    The standard (CSP 3) counts them to `'self'`; Safari before 15.4 does not, so they are named. A scheme alone, such
    as `wss:`, would let a script talk to any server there is.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> PolicyParts:
        """Name the host that was asked; one that is not ours was refused before."""
        parts = super().get_policy_parts(request, response, *args, **kwargs)
        scheme = "wss" if request.is_secure() else "ws"
        parts.update = {**(parts.update or {}), "connect-src": [f"{scheme}://{request.get_host()}"]}
        return parts
