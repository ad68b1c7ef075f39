"""The overview of one household."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.desk.selectors.overviews import household_overview


class HouseholdView(RequiresMixin, TemplateView):
    """GET: people, next step, key figures, and what happened."""

    permission = Permission.VIEW_HOUSEHOLDS
    template_name = "staff/desk/household.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the household."""
        actor = actor_of(self.request)
        household = household_for(actor, self.kwargs["household_id"])
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            overview=household_overview(household, actor, timezone.localdate()),
            **kwargs,
        )
