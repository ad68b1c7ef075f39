"""Steps of plans: the board of a household, the list across households, and what is done about a step."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.plans.forms import FinishWithEntryForm, HaltForm, StepForm, StopWatchForm, WatchForm
from apps.plans.models import ContributionWatch, PlanStep
from apps.plans.selectors.contribution_months import contribution_passport
from apps.plans.selectors.step_boards import (
    VIEWS,
    entries_for_evidence,
    listed_steps,
    step_board,
    step_for,
    step_lines,
    watch_for,
)
from apps.plans.services.steps import (
    Evidence,
    StepDetails,
    add_step,
    change_step,
    finish_step,
    halt_step,
    reopen_step,
)
from apps.plans.services.watches import change_watch, stop_watch

PAGE = 50
EVIDENCE_SINCE = dt.timedelta(days=180)
VIEW_LABELS = {
    "soon": _("Due within a month"),
    "overdue": _("Overdue"),
    "waiting": _("Waiting"),
    "open": _("All under way"),
    "done": _("Done"),
}


def board_of(household: Household) -> str:
    """Return the address of a household's board."""
    return reverse("plans:step-board", kwargs={"household_id": household.public_id})


class StepBoardPage(RequiresMixin, TemplateView):
    """The steps of a household by status, and what arrives of its contributions."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/step_board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the board."""
        actor = actor_of(self.request)
        household = household_for(actor, self.kwargs["household_id"])
        board = step_board(household, actor, firm_today())
        header, may_edit = household_header(household, actor), actor.can(Permission.EDIT_PLANS)
        return super().get_context_data(
            household=household, header=header, board=board, may_edit=may_edit, on=firm_today(), **kwargs
        )


class StepList(RequiresMixin, TemplateView):
    """Steps of all households that a person may see."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/step_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add a page of them."""
        asked, on = self.request.GET.get("view", ""), firm_today()
        view = asked if asked in VIEWS else VIEWS[0]
        page = Paginator(listed_steps(actor_of(self.request), on, view), PAGE).get_page(self.request.GET.get("page"))
        lines, views = step_lines(page.object_list, on), [(name, VIEW_LABELS[name]) for name in VIEWS]
        return super().get_context_data(page=page, lines=lines, view=view, views=views, **kwargs)


class OfHousehold(ServiceFormView):
    """A form about the steps of a household."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/step_form.html"
    title: Any = ""

    @cached_property
    def household(self) -> Household:
        """Whose steps they are, as far as the person may see them."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way back."""
        return super().get_context_data(
            household=self.household, title=self.title, back_url=board_of(self.household), **kwargs
        )


class NewStep(OfHousehold):
    """Write a step."""

    form_class = StepForm
    title = _("Add a step")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the household's adults."""
        return {**super().get_form_kwargs(), "household": self.household}

    def perform(self, form: Any, by: Actor) -> str:
        """Add it."""
        add_step(household=self.household, details=StepDetails(**form.cleaned_data), by=by)
        return board_of(self.household)


class OfStep(OfHousehold):
    """A form about one step."""

    @cached_property
    def step(self) -> PlanStep:
        """The step, as far as the person may see it."""
        return step_for(actor_of(self.request), self.kwargs["step_id"])

    @cached_property
    def household(self) -> Household:
        """Whose step it is."""
        return self.step.household

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the step."""
        (line,) = step_lines([self.step], firm_today())
        return super().get_context_data(line=line, **kwargs)


class EditStep(OfStep):
    """Change a step's words, owner or day."""

    form_class = StepForm
    title = _("Change the step")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Show the step as it is."""
        return {**super().get_form_kwargs(), "household": self.household, "step": self.step}

    def perform(self, form: Any, by: Actor) -> str:
        """Change it."""
        change_step(step=self.step, details=StepDetails(**form.cleaned_data), by=by)
        return board_of(self.household)


class FinishStep(OfStep):
    """Note a step as done, with its evidence."""

    form_class = FinishWithEntryForm
    title = _("Note the step as done")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what was paid in lately."""
        entries = entries_for_evidence(self.household, firm_today() - EVIDENCE_SINCE)
        return {**super().get_form_kwargs(), "entries": entries}

    def perform(self, form: Any, by: Actor) -> str:
        """Finish it."""
        finish_step(step=self.step, evidence=evidence_of(form.cleaned_data), by=by)
        return board_of(self.household)


class HaltStep(OfStep):
    """Let a step wait, or drop it."""

    form_class = HaltForm
    title = _("Let the step wait, or drop it")

    def perform(self, form: Any, by: Actor) -> str:
        """Halt it."""
        halt_step(step=self.step, by=by, **form.cleaned_data)
        return board_of(self.household)


class ReopenStep(ActionView):
    """Take a step up again."""

    permission = Permission.EDIT_PLANS
    success_message = _("The step is to be done again.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the base hands it over
        """Reopen it."""
        return board_of(reopen_step(step=step_for(by, self.kwargs["step_id"]), by=by).household)


class OfWatch(OfHousehold):
    """A form about one watched contribution."""

    @cached_property
    def watch(self) -> ContributionWatch:
        """The contribution, as far as the person may see it."""
        return watch_for(actor_of(self.request), self.kwargs["watch_id"])

    @cached_property
    def household(self) -> Household:
        """Whose contribution it is."""
        return self.watch.household


class EditWatch(OfWatch):
    """Expect another amount."""

    form_class = WatchForm
    title = _("What should arrive every month")

    def get_initial(self) -> dict[str, Any]:
        """Show what is expected now."""
        return {"monthly_amount": self.watch.monthly_amount, "first_month": self.watch.first_month}

    def perform(self, form: Any, by: Actor) -> str:
        """Change it."""
        change_watch(watch=self.watch, by=by, **form.cleaned_data)
        return board_of(self.household)


class StopWatch(OfWatch):
    """Watch a contribution no more."""

    form_class = StopWatchForm
    title = _("Watch this contribution no more")

    def perform(self, form: Any, by: Actor) -> str:
        """Stop it."""
        stop_watch(watch=self.watch, reason=form.cleaned_data["reason"], by=by)
        return board_of(self.household)


class ContributionPassport(PassportView):
    """Where an amount expected or arrived comes from."""

    permission = Permission.VIEW_PLANS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Find it for who asks."""
        watch = watch_for(actor, self.kwargs["watch_id"])
        return contribution_passport(watch, self.kwargs["figure"], firm_today()), board_of(watch.household)


def evidence_of(clean: dict[str, Any]) -> Evidence:
    """Return what a form sent along as evidence."""
    paper = clean.get("paper")
    return Evidence(
        note=clean["note"],
        filename=paper.name if paper else "",
        content=paper.read() if paper else b"",
        entry=clean.get("entry"),
    )
