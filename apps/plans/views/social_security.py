"""The Social Security explorer of a plan: page and passports."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.kernel.errors import DomainError, NotFoundError, gettext_noop
from apps.plans.models import Plan
from apps.plans.selectors.claiming_pages import (
    USUAL_RATE,
    Chosen,
    ClaimingPage,
    asked_choices,
    choice_of,
    chosen_in,
    claiming_origin,
    claiming_page,
)
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.what_if import Asked, asked_of
from apps.plans.services.explorers import answer_of_run, claiming_of_run
from apps.plans.views.addresses import tab_of
from apps.plans.views.what_if import asked_for


def explored(asked: Asked, chosen: Chosen, by: Actor) -> ClaimingPage | None:
    """Return the explorer, None where the plan has no claims. Raises InvalidInputError for an age that is past."""
    found = claiming_of_run(run=asked.run, real_rate=chosen.rate / 100, by=by)
    if found is None:
        return None
    choice_of(found, chosen)
    answers = {
        ages: answer_of_run(run=asked.run, changes=changes, is_whole=is_whole, by=by)
        for ages, changes, is_whole in asked_choices(asked, found, chosen)
    }
    return claiming_page(asked, found, chosen, answers)


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
                context["page"] = explored(asked, chosen, actor)
            except DomainError as refusal:
                if chosen.ages is None:
                    raise
                context["refused"], chosen = shown(refusal).sentence, Chosen(chosen.rate, None)
                context["page"] = explored(asked, chosen, actor)
            if context["page"] is not None:
                context["figures"], context["query"] = f"{benefits_of(plan)}figures/", context["page"].chosen.query
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
        page = explored(asked, chosen, actor)
        if page is None:
            raise NotFoundError(gettext_noop("This plan has no Social Security to explore."))
        passport = explorer_passport(asked, page, kwargs["key"], claiming_origin(asked, chosen))
        return super().get_context_data(
            passport=passport, back_url=f"{benefits_of(plan)}?{page.chosen.query}", **kwargs
        )
