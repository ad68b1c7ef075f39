"""The first page of the day."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import TemplateView

from apps.accounts.models import User
from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.jobs import titles
from apps.desk.selectors.background import work_under_way
from apps.desk.selectors.today import today
from apps.desk.selectors.tours import first_tour


class TodayView(RequiresMixin, TemplateView):
    """GET /: what is due for a person of the firm, and why; clients go on to their portal."""

    permission = Permission.VIEW_HOUSEHOLDS
    template_name = "staff/desk/today.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send clients to their own first page."""
        actor = getattr(request, "actor", None)
        if actor is not None and actor.can(Permission.USE_PORTAL):
            return redirect("portal:home")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is due, and on the first day the tour of the role."""
        due = today(actor_of(self.request), timezone.localdate())
        tour = first_tour(cast("User", self.request.user))
        return super().get_context_data(today=due, under_way=work_under_way(titles()), tour=tour, **kwargs)
