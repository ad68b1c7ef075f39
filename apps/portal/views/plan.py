"""The plan: read, questioned, signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.plans.models import PlanStep
from apps.plans.selectors.step_boards import client_steps, own_steps, step_for, step_lines
from apps.plans.services.moved_facts import moved_of, told
from apps.plans.services.questions import ask_question
from apps.plans.services.steps import Evidence, finish_own_step
from apps.portal.forms import QuestionForm, StepDoneForm
from apps.portal.selectors.closer import closer_pages
from apps.portal.selectors.plans import given_plan, plan_page, plan_passport
from apps.portal.views._page import MemberMixin, PortalPage


class PlanView(MemberMixin, ServiceFormView):
    """GET the plan, POST a question about it."""

    template_name = "portal/plan.html"
    form_class = QuestionForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the newest version that the client was given."""
        page = plan_page(self.member.household, actor_of(self.request))
        steps = client_steps(self.member.household, actor_of(self.request), firm_today())
        context: dict[str, Any] = {
            "page": page,
            "overview": page and page.overview,
            "steps": steps,
            "closer": closer_pages(),
        }
        context["moved"] = told(moved_of(page.plan)) if page else ""
        return super().get_context_data(**context, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Ask."""
        ask_question(plan=given_plan(self.member.household, by), text=form.cleaned_data["text"], by=by)
        messages.success(self.request, _("Your advisor has your question. The answer comes here and by e-mail."))
        return f"{reverse('portal:plan')}#questions"


class StepView(MemberMixin, ServiceFormView):
    """GET a step that is the client's to do, POST that it is done."""

    template_name = "portal/plan_step.html"
    form_class = StepDoneForm

    @cached_property
    def step(self) -> PlanStep:
        """The step, of the client's own household."""
        return step_for(actor_of(self.request), self.kwargs["step_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the step."""
        (line,) = step_lines([self.step], firm_today())
        may_do = own_steps(actor_of(self.request)).filter(pk=self.step.pk).exists()
        return super().get_context_data(line=line, may_do=may_do, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Note it as done."""
        paper = form.cleaned_data["paper"]
        content = {"filename": paper.name, "content": paper.read()} if paper else {}
        finish_own_step(step=self.step, evidence=Evidence(note=form.cleaned_data["note"], **content), by=by)
        messages.success(self.request, _("Thank you. Your advisor sees that it is done."))
        return f"{reverse('portal:plan')}#steps"


class PlanPassportView(PortalPage):
    """GET: where a figure of the plan comes from."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return ["portal/plan_passport_panel.html" if self.request.htmx else "portal/plan_passport.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport."""
        passport = plan_passport(self.member.household, actor_of(self.request), self.kwargs["key"])
        return super().get_context_data(passport=passport, **kwargs)
