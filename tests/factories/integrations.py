"""Partners with a token of their own."""

from __future__ import annotations

import base64

from apps.accounts.models import User
from apps.integrations.services.partners import register_partner
from tests.cast import SiteClient


def partner_of(principal: User, *scopes: str, name: str = "Planner", host: str = "alpha.localhost") -> SiteClient:
    """Register a partner with these scopes and return the client that calls with its token."""
    given = register_partner(name=name, contact_email="it@p.example", scopes=list(scopes), by=principal.as_actor())
    basic = base64.b64encode(f"{given.client_id}:{given.client_secret}".encode()).decode()
    asking = SiteClient(headers={"host": host, "authorization": f"Basic {basic}"})
    token = asking.post("/api/oauth/token", {"grant_type": "client_credentials"}).json()["access_token"]
    return SiteClient(headers={"host": host, "authorization": f"Bearer {token}"})
