"""The what-if page: levers, the engine's answers while they move, and what would reach the target."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import TemplateView, View

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.kernel.errors import DomainError, gettext_noop
from apps.plans.models import Plan
from apps.plans.selectors.markets import markets_under
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.scenarios import opened_scenario
from apps.plans.selectors.what_if import (
    Asked,
    asked_of,
    passport_of_answer,
    query_of,
    reach_lines,
)
from apps.plans.selectors.what_if_values import changes_in, question_in
from apps.plans.services.errors import NoResultError
from apps.plans.services.tried import answered, opened
from apps.plans.services.what_if import find_reaches, warm
from apps.plans.views.addresses import figures_of, tab_of, what_if_of


def asked_for(actor: Actor, plan_id: uuid.UUID, run_id: str = "") -> tuple[Plan, Asked]:
    """Return a version the actor may see with the run that is moved. Raises NotFoundError, NoResultError."""
    plan = plan_for(actor, plan_id)
    asked = asked_of(plan, run_id)
    if asked is None:
        raise NoResultError(
            gettext_noop("This version has no result to start from."), mend=gettext_noop("Generate the plan first.")
        )
    return plan, asked


def refused(refusal: DomainError) -> HttpResponse:
    """Answer the page's script: what is wrong and at which lever."""
    told = shown(refusal)
    return JsonResponse({"code": told.code, "field": told.field, "message": told.sentence}, status=told.status)


def figures_below(plan: Plan) -> str:
    """Return the address below which the passports of answers lie."""
    return reverse("plans:what-if-figure", kwargs={"plan_id": plan.public_id, "key": "-"}).removesuffix("-/")


class WhatIfPage(RequiresMixin, TemplateView):
    """Levers of a version with the answer to where they stand; the address may move them."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/what_if.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add levers and answer."""
        actor = actor_of(self.request)
        plan = plan_for(actor, kwargs["plan_id"])
        asked = asked_of(plan)
        context: dict[str, Any] = {"plan": plan, "household": plan.household, "back_url": tab_of(plan)}
        if asked is not None:
            page = opened(asked, self.request.GET.dict(), actor)
            context |= {"groups": page.groups, "page_id": page.page_id, "result": page.result}
            context["figures"] = figures_below(plan)
            context["market_own"], context["markets"] = markets_under(asked.question, asked.run)
            context["plan_figures"] = figures_of(plan)
            context["may_edit"] = actor.can(Permission.EDIT_PLANS)
            context["scenario"] = opened_scenario(actor, plan, self.request.GET.get("scenario", ""))
        return super().get_context_data(**context, **kwargs)


class AnswerWhatIf(RequiresMixin, View):
    """The answer to where the levers stand, as a part of the page."""

    permission = Permission.VIEW_PLANS
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, plan_id: uuid.UUID) -> HttpResponseBase:
        """Ask the engine; a refusal names its lever."""
        actor = actor_of(request)
        plan, asked = asked_for(actor, plan_id)
        told = request.POST.dict()
        try:
            if told.get("precision") == "warm":
                warm(run=asked.run, by=actor)
                return HttpResponse(status=204)
            result = answered(asked, question_in(told), actor)
        except DomainError as refusal:
            return refused(refusal)
        context = {"result": result, "figures": figures_below(plan), "is_part": True}
        return render(request, "staff/plans/_what_if_answer.html", context)


class ReachTarget(RequiresMixin, View):
    """What would reach the target, one lever at a time."""

    permission = Permission.VIEW_PLANS
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, plan_id: uuid.UUID) -> HttpResponseBase:
        """Ask the engine."""
        actor = actor_of(request)
        plan, asked = asked_for(actor, plan_id)
        try:
            changes = changes_in(request.POST.dict())
            found = find_reaches(run=asked.run, changes=changes, by=actor)
        except DomainError as refusal:
            return refused(refusal)
        lines = reach_lines(asked, found, changes)
        context = {"lines": lines, "plan": plan, "figures": figures_below(plan), "query": query_of(asked, changes)}
        return render(request, "_components/what_if_reach.html", context)


class WhatIfPassport(RequiresMixin, TemplateView):
    """Where a figure of an answer comes from: the address names the levers, and the engine is asked again."""

    permission = Permission.VIEW_PLANS

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/plans/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        actor = actor_of(self.request)
        plan, asked = asked_for(actor, kwargs["plan_id"], self.request.GET.get("run", ""))
        question = question_in({**self.request.GET.dict(), "page": uuid.uuid4().hex, "number": "0"})
        if kwargs["key"].startswith("reach:"):
            found = find_reaches(run=asked.run, changes=question.changes, by=actor)
            told: Any = reach_lines(asked, found, question.changes)
        else:
            told = answered(asked, question, actor)
        passport = passport_of_answer(asked, told, kwargs["key"], question.changes)
        back = f"{what_if_of(plan)}?{query_of(asked, question.changes)}"
        return super().get_context_data(passport=passport, back_url=back, **kwargs)
