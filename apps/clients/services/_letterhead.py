"""What every paper of clients carries around its content."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import FirmProfile


def letterhead(title: str) -> dict[str, Any]:
    """Return the context that templates/_pdf/base.html asks for."""
    profile = FirmProfile.current()
    return {
        "firm_name": profile.display_name or profile.legal_name,
        "firm_legal_name": profile.legal_name,
        "firm_address": profile.address,
        "document_title": title,
        "disclosure": profile.disclosures.split("\n", 1)[0],
        "letter": profile.currency == "USD",
    }
