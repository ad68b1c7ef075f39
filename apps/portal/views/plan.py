"""The plan: read, questioned, signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.plans.services.questions import ask_question
from apps.portal.forms import QuestionForm
from apps.portal.selectors.plans import given_plan, plan_page, plan_passport
from apps.portal.views._page import MemberMixin, PortalPage


class PlanView(MemberMixin, ServiceFormView):
    """GET the plan, POST a question about it."""

    template_name = "portal/plan.html"
    form_class = QuestionForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the newest version that the client was given."""
        page = plan_page(self.member.household, actor_of(self.request))
        return super().get_context_data(page=page, overview=page and page.overview, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Ask."""
        ask_question(plan=given_plan(self.member.household, by), text=form.cleaned_data["text"], by=by)
        messages.success(self.request, _("Your advisor has your question. The answer comes here and by e-mail."))
        return f"{reverse('portal:plan')}#questions"


class PlanPassportView(PortalPage):
    """GET: where a figure of the plan comes from."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return ["portal/plan_passport_panel.html" if self.request.htmx else "portal/plan_passport.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        passport = plan_passport(self.member.household, actor_of(self.request), self.kwargs["key"])
        return super().get_context_data(passport=passport, **kwargs)
