"""The Roth conversion explorer of a plan: page and passports."""

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
from apps.plans.engine.conversion_map import ConversionMap
from apps.plans.models import Plan
from apps.plans.selectors.conversion_pages import (
    ChosenWay,
    ConversionPage,
    chosen_way_in,
    conversion_origin,
    conversion_page,
)
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.what_if import Asked, asked_of
from apps.plans.services.explorers import conversions_of_run, converted_answer_of_run
from apps.plans.views.addresses import tab_of
from apps.plans.views.what_if import asked_for


def explored(asked: Asked, chosen: ChosenWay, by: Actor) -> tuple[ConversionMap, ConversionPage]:
    """Return what each way comes to, and the page, with the chance of each on all futures."""
    run, owner = asked.run, chosen.owner
    found = conversions_of_run(run=run, owner=owner, by=by)
    answers = {each.way.key: converted_answer_of_run(run=run, owner=owner, way=each.way, by=by) for each in found.ways}
    return found, conversion_page(asked, found, chosen, answers)


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
                _found, context["page"] = explored(asked, chosen, actor)
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
        found, page = explored(asked, chosen, actor)
        passport = explorer_passport(asked, page, kwargs["key"], conversion_origin(asked, chosen, found))
        return super().get_context_data(passport=passport, back_url=f"{conversions_of(plan)}?{page.query}", **kwargs)
