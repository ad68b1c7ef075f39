"""The stress tests of the published plan: asked for, followed while their job runs, stopped."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView
from apps.kernel.errors import NotFoundError, gettext_noop
from apps.plans.selectors.what_if import Asked
from apps.plans.services.explored import explored_stresses
from apps.plans.services.explorers import usual_care
from apps.plans.services.stress_runs import cancel_stresses, request_stresses, stresses_kept
from apps.portal.selectors.closer import asked_given
from apps.portal.views._page import MemberMixin, PortalPage

STRESS = "stress"


def followed(asked: Asked) -> dict[str, Any]:
    """Return how far the job is that computes the tests, and the addresses of its buttons."""
    kept = stresses_kept(asked.run, usual_care()[0])
    return {
        "kept": kept,
        "is_client": True,
        "run_url": reverse("portal:hard-times-run"),
        "cancel_url": reverse("portal:hard-times-cancel"),
        "results_url": reverse("portal:hard-times-part"),
        "live": f"household:{asked.run.plan.household.public_id}",
    }


class GivenMixin(MemberMixin):
    """What is done with the plan that the client was given."""

    @cached_property
    def given(self) -> Asked:
        """The question behind the published result. Raises NotFoundError before the first."""
        asked = asked_given(self.member.household, actor_of(self.request))
        if asked is None:
            raise NotFoundError(gettext_noop("There is no plan yet."), mend=gettext_noop("Your advisor publishes it."))
        return asked

    def back(self) -> str:
        """Return where the tests are followed."""
        if self.request.htmx:
            return reverse("portal:hard-times-part")
        return reverse("portal:closer", kwargs={"topic": STRESS})


class RunStressTests(GivenMixin, ActionView):
    """POST: have a job put the plan through every test, at the usual cost of care."""

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base hands it over
        """Ask for it; what is known or under way is shown as it is."""
        request_stresses(run=self.given.run, care=usual_care()[0], by=by)
        return self.back()


class CancelStressTests(GivenMixin, ActionView):
    """POST: stop the tests under way."""

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002
        """Ask their job to stop."""
        kept = stresses_kept(self.given.run, usual_care()[0])
        if kept is not None:
            cancel_stresses(stress_run=kept, by=by)
        return self.back()


class StressPart(GivenMixin, PortalPage):
    """GET the part of the page that follows the job."""

    template_name = "portal/_closer_stress.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what is known by now."""
        context = followed(self.given)
        found = explored_stresses(asked=self.given, kept=context["kept"])
        figures = reverse("portal:closer", kwargs={"topic": STRESS}) + "figures/"
        context |= {"page": found and found.page, "figures": figures, "query": "", "day": self.given.run.facts_as_of}
        return super().get_context_data(**context, **kwargs)
