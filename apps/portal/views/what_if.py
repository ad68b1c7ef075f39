"""The plan while one's own levers move: the engine's answers, and what was tried for the advisor. Nothing changes."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.views import ActionView
from apps.kernel.errors import DomainError, NotFoundError, gettext_noop
from apps.plans.selectors.what_if import passport_of_answer, query_of, reach_lines
from apps.plans.selectors.what_if_values import changes_in, question_in
from apps.plans.services.errors import EngineBusyError
from apps.plans.services.questions import ask_question
from apps.plans.services.tried import OWN_KINDS, answered, check_kinds, opened
from apps.plans.services.what_if import find_reaches, warm
from apps.portal.selectors.closer import asked_given, closer_pages
from apps.portal.selectors.tried import tried_words
from apps.portal.views._page import PortalPage
from apps.portal.views.hard_times import GivenMixin


def figures() -> str:
    """Return the address below which the passports of answers lie."""
    return reverse("portal:what-if-figure", kwargs={"key": "-"}).removesuffix("-/")


class WhatIfView(PortalPage):
    """GET the levers of the published plan with the answer to where they stand; the address may move them."""

    template_name = "portal/what_if.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add levers and answer; while the engine answers others, say so."""
        actor = actor_of(self.request)
        asked = asked_given(self.member.household, actor)
        context: dict[str, Any] = {"pages": closer_pages(self.request.path), "figures": figures()}
        if asked is not None:
            context["asked"], context["day"] = asked, asked.run.facts_as_of
            try:
                context["page"] = opened(asked, self.request.GET.dict(), actor, OWN_KINDS)
            except EngineBusyError as busy:
                context |= {"busy": shown(busy).sentence, "retry_url": self.request.get_full_path()}
        return super().get_context_data(**context, **kwargs)


class WhatIfAnswer(GivenMixin, View):
    """POST where the levers stand: the answer, as a part of the page."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Ask the engine; a refusal names its lever."""
        actor, told = actor_of(request), request.POST.dict()
        try:
            if told.get("precision") == "warm":
                warm(run=self.given.run, by=actor)
                return HttpResponse(status=204)
            question = question_in(told)
            check_kinds(question.changes, OWN_KINDS)
            result = answered(self.given, question, actor)
        except DomainError as refusal:
            return _refused(refusal)
        context = {"result": result, "figures": figures(), "day": self.given.run.facts_as_of, "is_part": True}
        return render(request, "portal/_what_if_answer.html", context)


class ReachTarget(GivenMixin, View):
    """POST: what would reach the target, one lever at a time."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponseBase:
        """Ask the engine."""
        try:
            changes = changes_in(request.POST.dict())
            check_kinds(changes, OWN_KINDS)
            found = find_reaches(run=self.given.run, changes=changes, by=actor_of(request))
        except DomainError as refusal:
            return _refused(refusal)
        lines = reach_lines(self.given, found, changes)
        context = {"lines": lines, "figures": figures(), "query": query_of(self.given, changes)}
        return render(request, "_components/what_if_reach.html", context)


class TellTried(GivenMixin, ActionView):
    """POST: send what was tried to the advisor, as a question about the plan."""

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Ask the engine once more, so that the words hold its own figures, and ask the advisor."""
        told = {**request.POST.dict(), "page": uuid.uuid4().hex, "precision": "whole"}
        question = question_in(told)
        check_kinds(question.changes, OWN_KINDS)
        text = tried_words(self.given, question.changes, answered(self.given, question, by), told.get("note", ""))
        ask_question(plan=self.given.run.plan, text=text, by=by)
        messages.success(request, _("Your advisor has what you tried. The answer comes here and by e-mail."))
        return f"{reverse('portal:plan')}#questions"


class WhatIfPassport(PortalPage):
    """GET: where a figure of an answer comes from; the address names the levers, and the engine is asked again."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return ["portal/plan_passport_panel.html" if self.request.htmx else "portal/plan_passport.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport. Raises NotFoundError before the first plan, and where there is no such figure."""
        actor = actor_of(self.request)
        asked = asked_given(self.member.household, actor)
        if asked is None:
            raise NotFoundError(gettext_noop("There is no plan yet."), mend=gettext_noop("Your advisor publishes it."))
        question = question_in({**self.request.GET.dict(), "page": uuid.uuid4().hex, "number": "0"})
        check_kinds(question.changes, OWN_KINDS)
        if kwargs["key"].startswith("reach:"):
            found = find_reaches(run=asked.run, changes=question.changes, by=actor)
            told: Any = reach_lines(asked, found, question.changes)
        else:
            told = answered(asked, question, actor)
        passport = passport_of_answer(asked, told, kwargs["key"], question.changes)
        return super().get_context_data(passport=passport, **kwargs)


def _refused(refusal: DomainError) -> HttpResponse:
    """Answer the page's script: what is wrong and at which lever."""
    told = shown(refusal)
    return JsonResponse({"code": told.code, "field": told.field, "message": told.sentence}, status=told.status)
