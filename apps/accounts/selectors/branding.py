"""The firm's brand as layouts take it."""

from __future__ import annotations

from django.urls import reverse

from apps.accounts.models import FirmProfile


def brand_of(profile: FirmProfile | None) -> dict[str, str]:
    """Return name, logo and stylesheet of a firm's site; nothing on the public site, which is Steward's own."""
    if not profile:
        return {}
    version = f"?v={profile.updated_at:%Y%m%d%H%M%S}"
    return {
        "brand_name": profile.display_name,
        "brand_css_url": reverse("accounts:brand-css") + version,
        "brand_logo_url": reverse("accounts:brand-logo") + version if profile.logo else "",
    }


def brand_css(profile: FirmProfile) -> str:
    """Return the stylesheet: one value, from which the design derives the rest (static/src/css/tokens.css)."""
    return f":root, [data-bs-theme] {{ --brand: {profile.accent}; }}\n"
