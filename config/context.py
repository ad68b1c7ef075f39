"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from apps.accounts.policies import Permission
from apps.accounts.selectors.branding import brand_of
from apps.portal.selectors.places import portal_places


def site(request: HttpRequest) -> dict[str, Any]:
    """Name the site, the actor and the addresses that layouts link to."""
    return {
        "public_url": settings.PUBLIC_URL,
        "actor": getattr(request, "actor", None),
        "firm": getattr(request, "tenant", None),
        "request_id": getattr(getattr(request, "origin", None), "request_id", ""),
        **brand_of(getattr(request, "firm_profile", None)),
        **_places(request),
    }


def _places(request: HttpRequest) -> dict[str, Any]:
    """Name the places of a client; staff have the rail of the settings (templatetags.navigation)."""
    actor = getattr(request, "actor", None)
    return {"navigation": portal_places(request.path)} if actor and actor.can(Permission.USE_PORTAL) else {}
