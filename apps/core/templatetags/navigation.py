"""The rail and the tabs of the household page, by what the actor may open."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


def _allowed(context: dict[str, Any], permission: str) -> bool:
    actor = context.get("actor")
    return actor is not None and (not permission or actor.can(permission))


@register.simple_tag(takes_context=True)
def rail(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the entries of the left rail: url, label, icon, active."""
    path = context["request"].path
    entries = []
    for name, label, permission, icon in settings.NAVIGATION:
        if _allowed(context, permission):
            url = reverse(name)
            active = path == url if url == "/" else path.startswith(url)
            entries.append({"url": url, "label": label, "icon": icon, "active": active})
    return entries


@register.simple_tag(takes_context=True)
def household_tabs(context: dict[str, Any], household_id: object) -> list[dict[str, Any]]:
    """Return the tabs of a household's page: url, label, active; a tab stays marked on the pages beneath it."""
    path = context["request"].path
    tabs: list[dict[str, Any]] = []
    for name, label, permission in settings.HOUSEHOLD_TABS:
        if _allowed(context, permission):
            url = reverse(name, kwargs={"household_id": household_id})
            # everything stands beneath the first, the overview
            tabs.append({"url": url, "label": label, "active": path.startswith(url) if tabs else path == url})
    return tabs
