"""What every paper of the firm carries around its content."""

from __future__ import annotations

from typing import Any

from apps.accounts.models import FirmProfile


def letterhead(title: str) -> dict[str, Any]:
    """Return the context that templates/_pdf/base.html asks for: name, address, brand, disclosures, paper size."""
    profile = FirmProfile.current()
    disclosures = [text for text in profile.disclosures.split("\n") if text.strip()]
    return {
        "firm_name": profile.display_name or profile.legal_name,
        "firm_legal_name": profile.legal_name,
        "firm_address": profile.address,
        "brand_accent": profile.accent,
        "document_title": title,
        "disclosure": disclosures[0] if disclosures else "",
        "disclosures": disclosures,
        "letter": profile.currency == "USD",
    }
