"""The risk questionnaire: one question a screen, resumed where it was left, submitted once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from apps.compliance.models import RiskAssessment
from apps.compliance.selectors.questionnaires import assessment_for, questionnaire_page
from apps.compliance.services.assessments import save_answer, submit_answers
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.portal.forms import answer_form
from apps.portal.views._page import MemberMixin, PortalPage


def _url(name: str, assessment: RiskAssessment, **more: Any) -> str:
    return reverse(f"portal:{name}", kwargs={"assessment_id": assessment.public_id, **more})


class QuestionnaireView(MemberMixin, View):
    """GET: on to the first question without an answer, or to the review."""

    def get(self, request: HttpRequest, assessment_id: UUID) -> HttpResponseBase:
        """Find where the person left."""
        assessment = assessment_for(actor_of(request), assessment_id)
        page = questionnaire_page(assessment)
        if not page.is_open or page.next_item is None:
            return redirect(_url("questionnaire-review", assessment))
        return redirect(_url("question", assessment, number=page.next_item.number))


class QuestionView(MemberMixin, ServiceFormView):
    """GET a question, POST its answer; the next one follows."""

    template_name = "portal/question.html"

    def get_form(self, form_class: Any = None) -> Any:  # noqa: ARG002 - the parent's signature
        """Offer the options of this question."""
        self.assessment = assessment_for(actor_of(self.request), self.kwargs["assessment_id"])
        self.questionnaire = questionnaire_page(self.assessment)
        items = {item.number: item for item in self.questionnaire.items}
        if self.kwargs["number"] not in items:
            raise Http404
        self.item = items[self.kwargs["number"]]
        return answer_form(self.item, self.request.POST if self.request.method == "POST" else None)

    def perform(self, form: Any, by: Actor) -> str:
        """Keep the answer; go on to the next question, from the last to the review."""
        option = form.cleaned_data["option"]
        save_answer(assessment=self.assessment, item=self.item.code, option=option, by=by)
        if self.item.number == len(self.questionnaire.items) or "review" in self.request.POST:
            return _url("questionnaire-review", self.assessment)
        return _url("question", self.assessment, number=self.item.number + 1)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the question and how far the person is."""
        context = super().get_context_data(**kwargs)
        total = len(self.questionnaire.items)
        back = _url("question", self.assessment, number=self.item.number - 1) if self.item.number > 1 else ""
        return {**context, "page": self.questionnaire, "item": self.item, "total": total, "back_url": back}


class ReviewView(PortalPage):
    """GET: all answers, before they are submitted and after."""

    template_name = "portal/questionnaire_review.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the answers."""
        assessment = assessment_for(actor_of(self.request), self.kwargs["assessment_id"])
        page = questionnaire_page(assessment)
        return super().get_context_data(assessment=assessment, page=page, **kwargs)


class SubmitView(MemberMixin, ActionView):
    """POST: the answers stand."""

    success_message = _("Your answers are with your advisor.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - nothing is sent along
        """Submit."""
        assessment = submit_answers(assessment=assessment_for(by, self.kwargs["assessment_id"]), by=by)
        return _url("questionnaire-review", assessment)
