"""Registrations for tests, made by the product's own service."""

from __future__ import annotations

import uuid
from typing import Any

from apps.accounts.selectors.guests import guest
from apps.core.actors import Origin
from apps.firms.models import Registration
from apps.firms.services.registrations import FirmWish, register_firm

VISITOR = guest(Origin(ip="203.0.113.7", request_id="test"), label="pia@harbor.example")


def wish(**changes: Any) -> FirmWish:
    """Return what the principal of Harbor asks for."""
    fields: dict[str, Any] = {
        "legal_name": "Harbor Wealth LLC",
        "registration_kind": "sec",
        "sec_number": "801-12345",
        "state_code": "MA",
        "principal_name": "Pia Harbor",
        "principal_email": "pia@harbor.example",
        "address": "harbor",
        "form_key": uuid.uuid4(),
    }
    return FirmWish(**{**fields, **changes})


def registration(**changes: Any) -> Registration:
    """Register a firm."""
    return register_firm(wish=wish(**changes), by=VISITOR)
