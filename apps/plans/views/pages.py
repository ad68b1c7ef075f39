"""Pages that show plans."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404
from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.plans.models import PlanStatus
from apps.plans.selectors.comparisons import comparison
from apps.plans.selectors.likeness import plans_like
from apps.plans.selectors.mix_pages import mix_page
from apps.plans.selectors.monitoring import is_being_measured, monitoring_of
from apps.plans.selectors.overviews import plan_overview, plan_shown
from apps.plans.selectors.passports import passport_of
from apps.plans.selectors.plan_lists import listed_plans, plan_rows, versions_of
from apps.plans.selectors.plan_pages import plan_for, plan_page
from apps.plans.services.moved_facts import moved_of, told
from apps.plans.views.addresses import figures_of

PAGE = 50


class PlanList(RequiresMixin, TemplateView):
    """All plans of the households a person may see."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/plan_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a page of rows, filtered and sorted by the address."""
        asked = self.request.GET
        status, sort = asked.get("status", ""), asked.get("sort", "")
        plans = listed_plans(actor_of(self.request), status=status, sort=sort)
        page = Paginator(plans, PAGE).get_page(asked.get("page"))
        rows = plan_rows(list(page.object_list))
        return super().get_context_data(page=page, rows=rows, status=status, statuses=PlanStatus.choices, **kwargs)


class HouseholdPlan(RequiresMixin, TemplateView):
    """The plan tab of a household's page."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/household_plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the page's frame and the plan."""
        actor = actor_of(self.request)
        household = household_for(actor, kwargs["household_id"])
        version = self.request.GET.get("version", "")
        page = plan_page(household, actor, int(version) if version.isdecimal() else None)
        context = {"household": household, "header": household_header(household, actor), "page": page}
        context["may_edit"] = actor.can(Permission.EDIT_PLANS)
        context["figures"] = figures_of(page.plan) if page.plan else ""
        context["like"] = plans_like(page.plan, actor) if page.plan else None
        context["since"] = monitoring_of(page.plan, actor)
        context["is_measuring"] = is_being_measured(page.plan)
        context["moved"] = told(moved_of(page.plan))
        return super().get_context_data(**context, **kwargs)


class PlanCompare(RequiresMixin, TemplateView):
    """Two versions side by side, and the list of all."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/plan_compare.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the versions asked for; without an address the two newest that have a result."""
        actor = actor_of(self.request)
        household = household_for(actor, kwargs["household_id"])
        versions = versions_of(household, actor)
        computed = [row.version for row in versions if row.success.value is not None]
        asked = [int(text) for text in self.request.GET.getlist("version") if text.isdecimal()][:2]
        shown = asked if len(asked) == 2 else list(reversed(computed[:2]))
        plans = [plan_shown(household, actor, version) for version in shown]
        both = [plan_overview(household, actor, plan) if plan else None for plan in plans]
        context = {"household": household, "header": household_header(household, actor), "versions": versions}
        if len(both) == 2 and both[0] and both[1] and plans[0] and plans[1]:
            context["comparison"] = comparison(both[0], both[1])
            context["figures"] = [figures_of(plans[0]), figures_of(plans[1])]
        context["shown"], context["may_edit"] = shown, actor.can(Permission.EDIT_PLANS)
        return super().get_context_data(**context, **kwargs)


class PlanMix(RequiresMixin, TemplateView):
    """Mixes side by side: what is held, what the limit allows, what other ideas of risk would hold."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/plan_mix.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the frame of the household's page and the mixes."""
        actor = actor_of(self.request)
        household = household_for(actor, kwargs["household_id"])
        page = mix_page(household, actor)
        context = {"household": household, "header": household_header(household, actor), "page": page}
        context["may_choose"] = page.is_open and actor.can(Permission.EDIT_PLANS)
        context["figures"] = figures_of(page.plan) if page.plan else ""
        return super().get_context_data(**context, **kwargs)


class FigurePassport(RequiresMixin, TemplateView):
    """Where a figure of a plan comes from: in the side panel, or as a page of its own."""

    permission = Permission.VIEW_PLANS

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/plans/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        actor = actor_of(self.request)
        plan = plan_for(actor, kwargs["plan_id"])
        if not kwargs["key"]:
            raise Http404
        passport = passport_of(plan.household, actor, plan, kwargs["key"])
        back = reverse("plans:household-plan", kwargs={"household_id": plan.household.public_id})
        return super().get_context_data(passport=passport, back_url=f"{back}?version={plan.version}", **kwargs)
