"""The stress tests of a plan: page, the job that computes them, results, passports."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.views import ActionView
from apps.kernel.errors import DomainError, NotFoundError, gettext_noop
from apps.plans.models import Plan
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.stress_pages import care_in, care_text
from apps.plans.selectors.what_if import Asked, asked_of
from apps.plans.services.explored import explored_stresses
from apps.plans.services.explorers import usual_care
from apps.plans.services.stress_runs import cancel_stresses, request_stresses, stresses_kept
from apps.plans.views.addresses import tab_of
from apps.plans.views.what_if import asked_for


def stress_of(plan: Plan, part: str = "", care: Decimal | None = None) -> str:
    """Return the address of a version's stress tests, or of a part of them, at a cost of care."""
    address = reverse("plans:stress", kwargs={"plan_id": plan.public_id})
    return f"{address}{part}{'' if care is None else f'?care={care_text(care)}'}"


def part_of(plan: Plan, asked: Asked, care: Decimal) -> dict[str, Any]:
    """Return what the page shows of the tests: the results, how far their job is, or how to begin it."""
    kept = stresses_kept(asked.run, care)
    found = explored_stresses(asked=asked, kept=kept)
    return {
        "kept": kept,
        "page": found and found.page,
        "run_url": stress_of(plan, "run/"),
        "cancel_url": stress_of(plan, "cancel/", care),
        "results_url": stress_of(plan, "results/", care),
        "care": care_text(care),
        "figures": stress_of(plan, "figures/"),
        "query": f"care={care_text(care)}",
        "live": f"household:{plan.household.public_id}",
    }


class StressTests(RequiresMixin, TemplateView):
    """What the plan is put through, and how it fares."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/stress.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is asked, and what of it is known."""
        plan = plan_for(actor_of(self.request), kwargs["plan_id"])
        usual, survey = usual_care()
        refused, care = "", usual
        try:
            care = care_in(self.request.GET.dict(), usual)
        except DomainError as refusal:
            refused = shown(refusal).sentence
        context: dict[str, Any] = {"plan": plan, "household": plan.household, "back_url": tab_of(plan)}
        asked = asked_of(plan)
        if asked is not None:
            context |= part_of(plan, asked, care)
        context["care_source"], context["refused"] = survey, refused
        context["typed"] = self.request.GET.get("care", "") if refused else care_text(care)
        return super().get_context_data(has_result=asked is not None, **context, **kwargs)


class RunStressTests(ActionView):
    """Have a job put the plan through every test."""

    permission = Permission.VIEW_PLANS

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Ask for it; what is known or under way is shown as it is."""
        plan, asked = asked_for(by, self.kwargs["plan_id"])
        care = care_in(request.POST.dict(), usual_care()[0])
        request_stresses(run=asked.run, care=care, by=by)
        return stress_of(plan, "results/" if request.headers.get("hx-request") else "", care)


class CancelStressTests(ActionView):
    """Stop the tests under way."""

    permission = Permission.VIEW_PLANS

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Ask their job to stop."""
        plan, asked = asked_for(by, self.kwargs["plan_id"])
        care = care_in(request.GET.dict(), usual_care()[0])
        kept = stresses_kept(asked.run, care)
        if kept is not None:
            cancel_stresses(stress_run=kept, by=by)
        return stress_of(plan, "results/" if request.headers.get("hx-request") else "", care)


class StressResults(RequiresMixin, TemplateView):
    """The part of the page that follows the job."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/_stress_part.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is known by now."""
        plan, asked = asked_for(actor_of(self.request), kwargs["plan_id"])
        care = care_in(self.request.GET.dict(), usual_care()[0])
        return super().get_context_data(**part_of(plan, asked, care), **kwargs)


class StressPassport(RequiresMixin, TemplateView):
    """Where a figure of a test comes from."""

    permission = Permission.VIEW_PLANS

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/plans/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport. Raises NotFoundError before the tests were run."""
        plan, asked = asked_for(actor_of(self.request), kwargs["plan_id"])
        care = care_in(self.request.GET.dict(), usual_care()[0])
        found = explored_stresses(asked=asked, kept=stresses_kept(asked.run, care))
        if found is None:
            raise NotFoundError(gettext_noop("These tests were not run yet."), mend=gettext_noop("Run them first."))
        passport = explorer_passport(asked, found.page, kwargs["key"], found.origin)
        return super().get_context_data(passport=passport, back_url=stress_of(plan, care=care), **kwargs)
