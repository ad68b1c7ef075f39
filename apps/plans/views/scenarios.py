"""Scenarios of a plan: kept from the what-if page, compared, merged into the draft, locked, set aside, restored."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView
from apps.plans.models import Plan, PlanScenario
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.selectors.scenarios import MOST_COMPARED, comparison, merge_rows, scenario_for, scenario_lines
from apps.plans.selectors.what_if_values import changes_in, id_in
from apps.plans.services.merging import draft_of, facts_changed, merge_lines, merge_scenario
from apps.plans.services.scenarios import (
    change_scenario,
    keep_scenario,
    lock_scenario,
    restore_scenario,
    set_scenario_aside,
)
from apps.plans.views.addresses import tab_of, what_if_of
from apps.plans.views.what_if import figures_below


def scenarios_of(plan: Plan, *chosen: PlanScenario) -> str:
    """Return the address of a version's scenarios, with some side by side."""
    address = reverse("plans:scenario-list", kwargs={"plan_id": plan.public_id})
    query = urlencode([("scenario", str(row.public_id)) for row in chosen])
    return f"{address}?{query}" if query else address


class ScenarioList(RequiresMixin, TemplateView):
    """The scenarios of a version, and up to three side by side."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/scenarios.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the list and what is compared: those asked for, else the newest."""
        actor = actor_of(self.request)
        plan = plan_for(actor, kwargs["plan_id"])
        asked = [id_in(text) for text in self.request.GET.getlist("scenario")]
        rows = PlanScenario.objects.visible_to(actor).kept().filter(plan=plan).exclude(result=None)
        rows = rows.select_related("run__plan__assumptions", "plan__household")
        newest = list(rows.filter(public_id__in=asked) if asked else rows.order_by("-id"))[:MOST_COMPARED]
        chosen = sorted(newest, key=lambda row: row.pk)
        context: dict[str, Any] = {"plan": plan, "household": plan.household, "lines": scenario_lines(plan)}
        context["chosen"], context["comparison"] = {row.public_id for row in chosen}, comparison(chosen)
        context["back_url"], context["what_if_url"] = tab_of(plan), what_if_of(plan)
        context["figures"], context["may_edit"] = figures_below(plan), actor.can(Permission.EDIT_PLANS)
        return super().get_context_data(**context, **kwargs)


class KeepScenario(ActionView):
    """Keep where the levers stand: under a new name, or in the scenario that the page opened."""

    permission = Permission.EDIT_PLANS
    success_message = _("The scenario is kept. The engine is measuring it on all futures.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Keep it."""
        plan, told = plan_for(by, self.kwargs["plan_id"]), request.POST.dict()
        name, changes = told.get("scenario_name", ""), changes_in(told)
        if "change" in told:
            scenario = scenario_for(by, id_in(told["change"]))
            revision = int(told["revision"]) if told.get("revision", "").isdecimal() else 0
            change_scenario(scenario=scenario, name=name, changes=changes, revision=revision, by=by)
        else:
            keep_scenario(plan=plan, name=name, changes=changes, by=by)
        return scenarios_of(plan)


class OfScenario(ActionView):
    """A button of one scenario."""

    permission = Permission.EDIT_PLANS

    @property
    def scenario(self) -> PlanScenario:
        """The scenario, as far as the person may see it."""
        return scenario_for(actor_of(self.request), self.kwargs["scenario_id"])


class LockScenario(OfScenario):
    """Let it stay as it is."""

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base hands it over
        """Lock it."""
        return scenarios_of(lock_scenario(scenario=self.scenario, by=by).plan)


class SetScenarioAside(OfScenario):
    """Take it off the list."""

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Set it aside."""
        return scenarios_of(set_scenario_aside(scenario=self.scenario, by=by).plan)


class RestoreScenario(OfScenario):
    """Put it back on the list."""

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Restore it."""
        return scenarios_of(restore_scenario(scenario=self.scenario, by=by).plan)


class MergeScenario(OfScenario):
    """Take chosen fields over into the draft."""

    success_message = _("The draft takes them over. Generate it again.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Merge: each chosen field comes with what the draft said beside it."""
        seen = {key: request.POST.get(f"seen:{key}", "") for key in request.POST.getlist("take")}
        return tab_of(merge_scenario(scenario=self.scenario, seen=seen, by=by))


class ScenarioMerge(RequiresMixin, TemplateView):
    """A scenario's fields beside the draft, to choose what the draft takes over."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/scenario_merge.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the fields, and what changed since the scenario was kept."""
        scenario = scenario_for(actor_of(self.request), kwargs["scenario_id"])
        draft = draft_of(scenario)
        context: dict[str, Any] = {"scenario": scenario, "draft": draft, "back_url": scenarios_of(scenario.plan)}
        if draft is not None:
            context["rows"] = merge_rows(scenario, merge_lines(scenario, draft))
            context["changed"] = facts_changed(scenario)
        context["plan"], context["household"] = scenario.plan, scenario.plan.household
        return super().get_context_data(**context, **kwargs)
