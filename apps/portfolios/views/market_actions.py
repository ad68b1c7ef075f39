"""Announced corporate actions, and a button that enters one everywhere."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView
from apps.portfolios.selectors.market_actions import action_line, action_lines
from apps.portfolios.services.market_actions import enter_market_action


class MarketActionListView(RequiresMixin, TemplateView):
    """What companies announced about what the accounts hold."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/market_actions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the actions into the page."""
        actor = actor_of(self.request)
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(lines=action_lines(actor, firm_today()), may_edit=may_edit, **kwargs)


class MarketActionEnterView(ActionView):
    """POST: enter an action in every account that is open for it."""

    permission = Permission.EDIT_PORTFOLIOS

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Enter it and say where it was refused."""
        result = enter_market_action(line=action_line(by, self.kwargs["action_id"]), by=by)
        n = len(result.entered)
        messages.success(request, ngettext("Entered in %(n)s account.", "Entered in %(n)s accounts.", n) % {"n": n})
        for account, sentence in result.refused:
            messages.error(request, f"{account}: {sentence}")
        return reverse("portfolios:market-actions")
