"""The Social Security explorer of a plan: page and passports."""

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
from apps.plans.selectors.claiming_pages import USUAL_RATE, Chosen, chosen_in
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.what_if import Asked, asked_of
from apps.plans.services.explored import explored_claiming
from apps.plans.views.addresses import tab_of
from apps.plans.views.what_if import asked_for


def benefits_of(plan: Plan) -> str:
    """Return the address of a version's explorer."""
    return reverse("plans:social-security", kwargs={"plan_id": plan.public_id})


def asked_in(request: HttpRequest, asked: Asked) -> tuple[Chosen, str]:
    """Return what the address asks for; where that cannot be, the usual and why."""
    try:
        return chosen_in(asked, request.GET.dict()), ""
    except DomainError as refusal:
        return Chosen(USUAL_RATE, None), shown(refusal).sentence


class SocialSecurity(RequiresMixin, TemplateView):
    """When to claim."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/social_security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the choices, if the version has a result."""
        actor = actor_of(self.request)
        plan = plan_for(actor, kwargs["plan_id"])
        asked = asked_of(plan)
        context: dict[str, Any] = {"plan": plan, "household": plan.household, "back_url": tab_of(plan)}
        if asked is not None:
            chosen, context["refused"] = asked_in(self.request, asked)
            try:
                found = explored_claiming(asked=asked, chosen=chosen, by=actor)
            except DomainError as refusal:
                if chosen.ages is None:
                    raise
                context["refused"], chosen = shown(refusal).sentence, Chosen(chosen.rate, None)
                found = explored_claiming(asked=asked, chosen=chosen, by=actor)
            if found is not None:
                context["page"], context["figures"] = found.page, f"{benefits_of(plan)}figures/"
                context["query"] = found.page.chosen.query
        context["has_result"], context["may_edit"] = asked is not None, actor.can(Permission.EDIT_PLANS)
        return super().get_context_data(**context, **kwargs)


class SocialSecurityPassport(RequiresMixin, TemplateView):
    """Where a figure of the explorer comes from: the address names the ages, and the engine is asked again."""

    permission = Permission.VIEW_PLANS

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/plans/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        actor = actor_of(self.request)
        plan, asked = asked_for(actor, kwargs["plan_id"])
        chosen = chosen_in(asked, self.request.GET.dict())
        found = explored_claiming(asked=asked, chosen=chosen, by=actor)
        if found is None:
            raise NotFoundError(gettext_noop("This plan has no Social Security to explore."))
        passport = explorer_passport(asked, found.page, kwargs["key"], found.origin)
        back = f"{benefits_of(plan)}?{found.page.chosen.query}"
        return super().get_context_data(passport=passport, back_url=back, **kwargs)
