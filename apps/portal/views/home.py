"""The first page of the portal."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.core.access import actor_of
from apps.portal.selectors.changes import changes
from apps.portal.selectors.homes import portal_home
from apps.portal.selectors.todos import todos
from apps.portal.selectors.tours import first_tour
from apps.portal.views._page import PortalPage


class HomeView(PortalPage):
    """GET: are we on track, what changed, what do you need to do."""

    template_name = "portal/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the answer, the to-do list and the news."""
        actor, today = actor_of(self.request), timezone.localdate()
        home = portal_home(self.member.household, actor, today)
        return super().get_context_data(
            home=home,
            todos=todos(actor, today),
            changes=changes(actor),
            tour=first_tour(self.request.user),
            **kwargs,
        )
