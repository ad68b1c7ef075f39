"""The stress tests of a plan: page, results, passports."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.errors import shown
from apps.kernel.errors import DomainError
from apps.plans.models import Plan
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.stress_pages import care_in, care_text
from apps.plans.selectors.what_if import asked_of
from apps.plans.services.errors import EngineBusyError
from apps.plans.services.explored import explored_stresses
from apps.plans.services.explorers import usual_care
from apps.plans.views.addresses import tab_of
from apps.plans.views.what_if import asked_for


def stress_of(plan: Plan) -> str:
    """Return the address of a version's stress tests."""
    return reverse("plans:stress", kwargs={"plan_id": plan.public_id})


class StressTests(RequiresMixin, TemplateView):
    """What the plan is put through; the results follow as a part, since the engine takes seconds."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/stress.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is asked."""
        plan = plan_for(actor_of(self.request), kwargs["plan_id"])
        usual, survey = usual_care()
        refused, care = "", usual
        try:
            care = care_in(self.request.GET.dict(), usual)
        except DomainError as refusal:
            refused = shown(refusal).sentence
        context: dict[str, Any] = {"plan": plan, "household": plan.household, "back_url": tab_of(plan)}
        context["care_source"] = survey
        context["results_url"] = f"{stress_of(plan)}results/?care={care_text(care)}"
        context["care"] = self.request.GET.get("care", care_text(care)) if refused else care_text(care)
        return super().get_context_data(has_result=asked_of(plan) is not None, refused=refused, **context, **kwargs)


class StressResults(RequiresMixin, TemplateView):
    """How the plan fares in every test."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/_stress_results.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask the engine; while it answers others, say so and offer to ask again."""
        actor = actor_of(self.request)
        plan, asked = asked_for(actor, kwargs["plan_id"])
        care = care_in(self.request.GET.dict(), usual_care()[0])
        context: dict[str, Any] = {"plan": plan, "retry_url": self.request.get_full_path()}
        try:
            context["page"] = explored_stresses(asked=asked, care=care, by=actor).page
        except EngineBusyError as busy:
            return super().get_context_data(busy=shown(busy).sentence, **context, **kwargs)
        context["figures"], context["query"] = f"{stress_of(plan)}figures/", f"care={care_text(care)}"
        return super().get_context_data(**context, **kwargs)


class StressPassport(RequiresMixin, TemplateView):
    """Where a figure of a test comes from."""

    permission = Permission.VIEW_PLANS

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/plans/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        actor = actor_of(self.request)
        plan, asked = asked_for(actor, kwargs["plan_id"])
        care = care_in(self.request.GET.dict(), usual_care()[0])
        found = explored_stresses(asked=asked, care=care, by=actor)
        passport = explorer_passport(asked, found.page, kwargs["key"], found.origin)
        back = f"{stress_of(plan)}?care={care_text(care)}"
        return super().get_context_data(passport=passport, back_url=back, **kwargs)
