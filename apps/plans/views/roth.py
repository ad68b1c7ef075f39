"""The Roth conversion explorer of a plan: page and passports."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.errors import shown
from apps.kernel.errors import DomainError, NotFoundError, gettext_noop
from apps.plans.models import Plan
from apps.plans.selectors.conversion_pages import ChosenWay, chosen_way_in
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.what_if import Asked, asked_of
from apps.plans.services.explored import explored_conversions
from apps.plans.views.addresses import tab_of
from apps.plans.views.what_if import asked_for


def conversions_of(plan: Plan) -> str:
    """Return the address of a version's explorer."""
    return reverse("plans:roth", kwargs={"plan_id": plan.public_id})


def asked_in(request: HttpRequest, asked: Asked) -> tuple[ChosenWay | None, str]:
    """Return what the address asks for; where that cannot be, the usual and why."""
    try:
        return chosen_way_in(asked, request.GET.dict()), ""
    except DomainError as refusal:
        return chosen_way_in(asked, {}), shown(refusal).sentence


class RothConversions(RequiresMixin, TemplateView):
    """What to convert."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/roth.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the ways, if the version has a result and somebody something to convert."""
        actor = actor_of(self.request)
        plan = plan_for(actor, kwargs["plan_id"])
        asked = asked_of(plan)
        context: dict[str, Any] = {"plan": plan, "household": plan.household, "back_url": tab_of(plan)}
        if asked is not None:
            chosen, context["refused"] = asked_in(self.request, asked)
            if chosen is not None:
                context["page"] = explored_conversions(asked=asked, chosen=chosen, by=actor).page
                context["figures"], context["query"] = f"{conversions_of(plan)}figures/", context["page"].query
        context["has_result"], context["may_edit"] = asked is not None, actor.can(Permission.EDIT_PLANS)
        return super().get_context_data(**context, **kwargs)


class RothPassport(RequiresMixin, TemplateView):
    """Where a figure of the explorer comes from: the address names the way, and the engine is asked again."""

    permission = Permission.VIEW_PLANS

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/plans/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        actor = actor_of(self.request)
        plan, asked = asked_for(actor, kwargs["plan_id"])
        chosen = chosen_way_in(asked, self.request.GET.dict())
        if chosen is None:
            raise NotFoundError(gettext_noop("This plan has nothing to convert to Roth."))
        found = explored_conversions(asked=asked, chosen=chosen, by=actor)
        passport = explorer_passport(asked, found.page, kwargs["key"], found.origin)
        back = f"{conversions_of(plan)}?{found.page.query}"
        return super().get_context_data(passport=passport, back_url=back, **kwargs)
