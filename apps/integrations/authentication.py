"""A partner's access token becomes an actor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from rest_framework.request import Request

from apps.core.actors import Actor, ActorKind, Origin, acting_as
from apps.integrations.models import Partner


class PartnerAuthentication(OAuth2Authentication):
    """Client credentials: the token lies in the firm's own schema, so no other firm's token is ever found.

    `request.auth` is the partner as an Actor, whose permissions are the token's scopes; `request.user` stays None:
    an application is nobody's login.
    """

    def authenticate(self, request: Request) -> tuple[None, Actor] | None:
        """Return the partner, or None when there is no valid token."""
        found: tuple[Any, Any] | None = super().authenticate(request)
        if found is None:
            return None
        token = found[1]
        partner = Partner.objects.active().filter(application_id=token.application_id).first()
        if partner is None:
            return None
        origin: Origin = request._request.origin  # type: ignore[attr-defined]  # noqa: SLF001 - set by the middleware
        actor = Actor(
            kind=ActorKind.PARTNER,
            key=f"partner:{partner.public_id}",
            label=partner.name,
            role="partner",
            permissions=frozenset(token.scope.split()),
            origin=Origin(origin.ip, origin.user_agent, origin.request_id, f"{request.method} api"),
        )
        # the context of this request's thread; RequestIdMiddleware starts each request with a fresh one
        acting_as(actor).__enter__()
        return None, actor


class PartnerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI file describes the sign-in of partners."""

    target_class = PartnerAuthentication
    name = "partner"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, Any]:
        """Return the client credentials flow with its scopes."""
        scopes = {name: str(label) for name, label in settings.API_SCOPES.items()}
        return {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/api/oauth/token", "scopes": scopes}}}
