"""The frame of the settings pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission

_TABS = [
    ("accounts:settings", _("Overview"), ""),
    ("accounts:firm-profile", _("Firm"), Permission.MANAGE_FIRM),
    ("accounts:brand", _("Brand"), Permission.MANAGE_FIRM),
    ("accounts:security", _("Security"), Permission.MANAGE_FIRM),
    ("accounts:team", _("Team"), Permission.INVITE_STAFF),
    ("integrations:language-model", _("Language model"), Permission.MANAGE_FIRM),
    ("accounts:approval-rules", _("Approvals"), Permission.APPROVE),
]


class SettingsMixin:
    """Gives a settings page its tabs, by what the actor may open."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the tabs."""
        actor, path = self.request.actor, self.request.path  # type: ignore[attr-defined]
        allowed = [(reverse(name), label) for name, label, need in _TABS if not need or actor.can(need)]
        tabs = [{"url": url, "label": label, "active": url == path} for url, label in allowed]
        context: dict[str, Any] = super().get_context_data(settings_tabs=tabs, **kwargs)  # type: ignore[misc]
        return context
