"""The passport of a figure: in the side panel, or on a page of its own."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.portal.selectors.passports import figure_passport
from apps.portal.views._page import PortalPage


class PassportView(PortalPage):
    """GET: method, day, source and lines of one figure."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return ["portal/passport_panel.html" if self.request.htmx else "portal/passport.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        passport = figure_passport(self.member.household, self.kwargs["figure"], timezone.localdate())
        return super().get_context_data(passport=passport, **kwargs)
