"""The places of the portal, for the head of each page and the bar at the foot of a phone."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PLACES: tuple[tuple[str, str | Promise, str], ...] = (
    ("portal:home", _("Home"), "home"),
    ("portal:plan", _("Plan"), "route"),
    ("portal:portfolio", _("Portfolio"), "chart-pie"),
    ("portal:documents", _("Documents"), "documents"),
    ("portal:billing", _("Billing"), "receipt"),
)


def portal_places(path: str) -> list[dict[str, Any]]:
    """Return url, label, icon and whether the reader is there; a page belongs to the longest address above it."""
    entries = [{"url": reverse(name), "label": label, "icon": icon} for name, label, icon in PLACES]
    above = [str(entry["url"]) for entry in entries if path.startswith(str(entry["url"]))]
    here = max(above, key=len, default="")
    home = reverse("portal:home")
    # a page of no place (a signature, one's own account) marks none, not the home above all
    return [{**entry, "active": entry["url"] == here and (here != home or path == home)} for entry in entries]
