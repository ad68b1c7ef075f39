"""Buttons of plans: each calls one service."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.views import ActionView
from apps.kernel.errors import InvalidInputError
from apps.plans.models import Decision
from apps.plans.selectors.plan_pages import goal_for, override_for, plan_for, recommendation_for
from apps.plans.selectors.refusals import place_of
from apps.plans.services.goals import remove_goal
from apps.plans.services.mixes import choose_mix
from apps.plans.services.plans import draft_plan, remove_override
from apps.plans.services.projections import cancel_projection, request_projection
from apps.plans.services.publishing import order_report, publish_plan, request_plan_signature
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.views.addresses import tab_of


class StartPlan(ActionView):
    """Start the next version."""

    permission = Permission.EDIT_PLANS

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base hands it over
        """Draft it."""
        household = household_for(by, self.kwargs["household_id"])
        return tab_of(draft_plan(household=household, by=by))


class RestoreVersion(ActionView):
    """Start a new version from an older one."""

    permission = Permission.EDIT_PLANS
    success_message = _("A new draft starts from that version.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Draft it."""
        plan = plan_for(by, self.kwargs["plan_id"])
        return tab_of(draft_plan(household=plan.household, based_on=plan, by=by))


class GeneratePlan(ActionView):
    """Ask for a projection."""

    permission = Permission.EDIT_PLANS

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Ask for it; what the engine cannot take is told with a link to where it is mended."""
        plan = plan_for(by, self.kwargs["plan_id"])
        try:
            return tab_of(request_projection(plan=plan, by=by).plan)
        except InvalidInputError as refused:
            place = place_of(refused.field, plan)
            if not place:
                raise
            link = format_html('<a href="{}">{}</a>', place, _("Correct it."))
            messages.error(request, format_html("{} {}", shown(refused).sentence, link))
            return tab_of(plan)


class CancelRun(ActionView):
    """Stop the projection under way."""

    permission = Permission.EDIT_PLANS
    success_message = _("The run was asked to stop.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Cancel the newest run."""
        plan = plan_for(by, self.kwargs["plan_id"])
        run = plan.runs.select_related("job", "plan__household").first()
        if run is not None:
            cancel_projection(run=run, by=by)
        return tab_of(plan)


class ChooseMix(ActionView):
    """Compute the plan with another mix."""

    permission = Permission.EDIT_PLANS
    success_message = _("The plan counts on this mix from now on. Generate it again to see what it does.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Choose it."""
        plan = choose_mix(plan=plan_for(by, self.kwargs["plan_id"]), kind=request.POST.get("kind", ""), by=by)
        return reverse("plans:plan-mix", kwargs={"household_id": plan.household.public_id})


class PublishPlan(ActionView):
    """Give the plan to the client."""

    permission = Permission.EDIT_PLANS
    success_message = _("The plan is with the client. Its report is being drawn.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Publish it."""
        return tab_of(publish_plan(plan=plan_for(by, self.kwargs["plan_id"]), by=by))


class OrderReport(ActionView):
    """Have the report drawn again."""

    permission = Permission.EDIT_PLANS
    success_message = _("The report is being drawn.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Order it."""
        return tab_of(order_report(plan=plan_for(by, self.kwargs["plan_id"]), by=by))


class AskForSignature(ActionView):
    """Ask the household's adults to sign."""

    permission = Permission.EDIT_PLANS
    success_message = _("The adults with a portal account were asked to sign.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Ask."""
        return tab_of(request_plan_signature(plan=plan_for(by, self.kwargs["plan_id"]), by=by))


class RemoveGoal(ActionView):
    """Take a goal out."""

    permission = Permission.EDIT_PLANS
    success_message = _("The goal was taken out. Generate the plan again.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Remove it."""
        goal = goal_for(by, self.kwargs["plan_id"], self.kwargs["goal_id"])
        remove_goal(goal=goal, by=by)
        return tab_of(goal.plan, "goals")


class RemoveOverride(ActionView):
    """Take the household's fact again."""

    permission = Permission.EDIT_PLANS
    success_message = _("The plan takes the household's fact again. Generate it once more.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Remove it."""
        override = override_for(by, self.kwargs["plan_id"], self.kwargs["override_id"])
        remove_override(override=override, by=by)
        return tab_of(override.plan, "choices")


class AcceptRecommendation(ActionView):
    """Accept a piece of advice as it is."""

    permission = Permission.EDIT_PLANS

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Accept it."""
        row = recommendation_for(by, self.kwargs["recommendation_id"])
        decide_recommendation(recommendation=row, decision=Decision.ACCEPTED, by=by)
        return tab_of(row.run.plan, "advice")
