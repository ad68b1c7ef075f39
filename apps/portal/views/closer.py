"""The published plan looked at more closely: claim ages, conversions, taxes, hard times, spending. Nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property

from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.selectors.explorers import explorer_passport
from apps.plans.selectors.what_if import Asked
from apps.plans.services.errors import EngineBusyError
from apps.plans.services.explored import (
    Explored,
    explored_claiming,
    explored_conversions,
    explored_stresses,
    explored_taxes,
)
from apps.plans.services.explorers import usual_care
from apps.plans.services.stress_runs import stresses_kept
from apps.portal.selectors.closer import TOPIC_LABELS, asked_given, closer_pages, planned_ages, planned_conversions
from apps.portal.selectors.plans import plan_page
from apps.portal.views._page import PortalPage
from apps.portal.views.hard_times import STRESS, followed

Told = Mapping[str, str]


def _claiming(asked: Asked, _told: Told, by: Actor) -> Explored[Any] | None:
    return explored_claiming(asked=asked, chosen=planned_ages(asked), by=by)


def _conversions(asked: Asked, told: Told, by: Actor) -> Explored[Any] | None:
    chosen = planned_conversions(asked, told)
    return None if chosen is None else explored_conversions(asked=asked, chosen=chosen, by=by)


def _taxes(asked: Asked, _told: Told, by: Actor) -> Explored[Any] | None:
    return explored_taxes(asked=asked, in_today=True, by=by)


def _stresses(asked: Asked, _told: Told, _by: Actor) -> Explored[Any] | None:
    return explored_stresses(asked=asked, kept=stresses_kept(asked.run, usual_care()[0]))


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be looked at: who asks the engine for it; `template` is the last part of its file."""

    template: str
    explore: Callable[[Asked, Told, Actor], Explored[Any] | None]


TOPICS: Mapping[str, Topic] = {
    "social-security": Topic("claiming", _claiming),
    "roth": Topic("roth", _conversions),
    "taxes": Topic("taxes", _taxes),
    STRESS: Topic("stress", _stresses),
}


class CloserMixin(PortalPage):
    """One topic of the plan that the client was given."""

    @cached_property
    def topic(self) -> Topic:
        """What is looked at. Raises NotFoundError."""
        topic = TOPICS.get(self.kwargs["topic"])
        if topic is None:
            raise NotFoundError(gettext_noop("There is no such page."), mend=gettext_noop("Go back to your plan."))
        return topic

    @cached_property
    def asked(self) -> Asked | None:
        """The question behind the published result."""
        return asked_given(self.member.household, actor_of(self.request))

    def address(self, name: str = "closer", **more: str) -> str:
        """Return an address of the topic."""
        return reverse(f"portal:{name}", kwargs={"topic": self.kwargs["topic"], **more})

    def explored(self, asked: Asked) -> Explored[Any] | None:
        """Ask the engine. Raises EngineBusyError."""
        return self.topic.explore(asked, self.request.GET.dict(), actor_of(self.request))


class CloserView(CloserMixin):
    """GET what the topic is about; the answer follows as a part, since the engine may take seconds."""

    template_name = "portal/closer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add where the answer is."""
        person = self.request.GET.urlencode()
        context: dict[str, Any] = {"about": f"portal/_closer_{self.topic.template}_about.html"}
        context |= {"label": TOPIC_LABELS[self.kwargs["topic"]], "has_plan": self.asked is not None}
        context["answer_url"] = f"{self.address('closer-answer')}{'?' if person else ''}{person}"
        return super().get_context_data(pages=closer_pages(self.address()), **context, **kwargs)


class CloserAnswer(CloserView):
    """GET the answer: a part of the page for its script, else the whole page."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the part alone."""
        return ["portal/_closer_answer.html" if self.request.htmx else "portal/closer.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Ask the engine; while it answers others, say so and offer to ask again."""
        context: dict[str, Any] = {"is_answer": True, "answer": f"portal/_closer_{self.topic.template}.html"}
        if self.asked is not None:
            try:
                found = self.explored(self.asked)
            except EngineBusyError as busy:
                context |= {"busy": shown(busy).sentence, "retry_url": self.request.get_full_path()}
            else:
                owner = getattr(found and found.page, "owner", "")
                context |= {"page": found and found.page, "day": self.asked.run.facts_as_of}
                context |= {"figures": f"{self.address()}figures/", "query": f"person={owner}" if owner else ""}
            if self.kwargs["topic"] == STRESS:
                context |= followed(self.asked)
        return super().get_context_data(**context, **kwargs)


class CloserPassport(CloserMixin):
    """GET: where a figure of the topic comes from."""

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return ["portal/plan_passport_panel.html" if self.request.htmx else "portal/plan_passport.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the passport. Raises NotFoundError before the first plan, and where there is no such figure."""
        found = self.explored(self.asked) if self.topic and self.asked is not None else None
        if found is None or self.asked is None:
            raise NotFoundError(gettext_noop("There is no plan yet."), mend=gettext_noop("Your advisor publishes it."))
        passport = explorer_passport(self.asked, found.page, self.kwargs["key"], found.origin)
        return super().get_context_data(passport=passport, **kwargs)


class SpendingView(PortalPage):
    """GET the rule by which spending in retirement moves, and what it brings."""

    template_name = "portal/closer_spending.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the plan that the client was given."""
        page = plan_page(self.member.household, actor_of(self.request))
        context = {"overview": page and page.overview, "label": TOPIC_LABELS["spending"]}
        return super().get_context_data(pages=closer_pages(self.request.path), **context, **kwargs)
