"""A plan in plain words: our own text, or a language model's that cites our figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView
from apps.plans.selectors.explanations import explanation_page, spoken_language
from apps.plans.selectors.plan_pages import plan_for
from apps.plans.services.explanations import ask_for_explanation
from apps.plans.views.addresses import figures_of, tab_of


class Explanation(RequiresMixin, TemplateView):
    """The shown result in plain words."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/explanation.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the text, if the version has a result."""
        actor = actor_of(self.request)
        plan = plan_for(actor, kwargs["plan_id"])
        context = {"plan": plan, "household": plan.household, "back_url": tab_of(plan), "figures": figures_of(plan)}
        context["page"] = explanation_page(plan, actor)
        context["may_edit"] = actor.can(Permission.EDIT_PLANS)
        return super().get_context_data(**context, **kwargs)


class AskForExplanation(ActionView):
    """POST: have the firm's language model write it."""

    permission = Permission.EDIT_PLANS
    success_message = _("The language model was asked. Its text appears here once it was checked.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame hands it over
        """Ask it."""
        plan = plan_for(by, self.kwargs["plan_id"])
        ask_for_explanation(plan=plan, language=spoken_language(), by=by)
        return reverse("plans:explanation", kwargs={"plan_id": plan.public_id})
