"""Billing runs: list, start, calculate, review, lock, invoice."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.billing.forms import RunForm
from apps.billing.models import BillingRun
from apps.billing.selectors.runs import run_for, run_rows, run_view
from apps.billing.services import invoices, runs
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView


class RunList(RequiresMixin, TemplateView):
    """The runs of the firm."""

    permission = Permission.VIEW_BILLING
    template_name = "staff/billing/run_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the runs."""
        actor = actor_of(self.request)
        may_edit = actor.can(Permission.EDIT_BILLING)
        return super().get_context_data(rows=run_rows(actor), may_edit=may_edit, **kwargs)


class StartRun(ServiceFormView):
    """Start a run for a period."""

    permission = Permission.EDIT_BILLING
    template_name = "staff/billing/run_form.html"
    form_class = RunForm

    def perform(self, form: Any, by: Actor) -> str:
        """Start it and go to its page, where the calculation is watched."""
        return runs.start_run(**form.cleaned_data, by=by).get_absolute_url()


class RunDetail(RequiresMixin, TemplateView):
    """One run: its fees, warnings, exceptions, and what can be done next."""

    permission = Permission.VIEW_BILLING
    template_name = "staff/billing/run_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the run."""
        actor = actor_of(self.request)
        view = run_view(actor, run_for(actor, kwargs["run_id"]))
        return super().get_context_data(view=view, may_edit=actor.can(Permission.EDIT_BILLING), **kwargs)


class RunProgress(RunDetail):
    """The part of the run's page that follows its job."""

    template_name = "staff/billing/_run_progress.html"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Have the page drawn again once the job is over: every figure and button of it may differ."""
        response = super().render_to_response(context, **kwargs)
        if not context["view"].is_working:
            response["HX-Refresh"] = "true"
        return response


class _RunAction(ActionView):
    """A button of a run."""

    permission = Permission.EDIT_BILLING

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame hands it over
        """Do it, then show the run."""
        run = run_for(by, self.kwargs["run_id"])
        self.act(run, by)
        return self.target(run)

    def act(self, run: BillingRun, by: Actor) -> None:
        """Call the service."""
        raise NotImplementedError(f"{type(self).__name__} must say which service it calls.")

    def target(self, run: BillingRun) -> str:
        """Return where to go."""
        return run.get_absolute_url()


class CalculateRun(_RunAction):
    """POST: calculate."""

    def act(self, run: BillingRun, by: Actor) -> None:
        """Have the fees calculated."""
        runs.request_calculation(run=run, by=by)


class SubmitRun(_RunAction):
    """POST: send for review."""

    success_message = _("The run waits for a second person now.")

    def act(self, run: BillingRun, by: Actor) -> None:
        """Ask for approval."""
        runs.submit_run(run=run, by=by)


class LockRun(_RunAction):
    """POST: lock."""

    success_message = _("The fees are locked.")

    def act(self, run: BillingRun, by: Actor) -> None:
        """Lock the approved fees."""
        runs.lock_run(run=run, by=by)


class InvoiceRun(_RunAction):
    """POST: write the invoices."""

    def act(self, run: BillingRun, by: Actor) -> None:
        """Have the invoices written."""
        invoices.request_invoices(run=run, by=by)
        messages.info(self.request, _("The invoices are being written."))


class DiscardRun(_RunAction):
    """POST: give the run up."""

    success_message = _("The run is discarded; its period can be billed again.")

    def act(self, run: BillingRun, by: Actor) -> None:
        """Discard it."""
        runs.discard_run(run=run, by=by)

    def target(self, run: BillingRun) -> str:  # noqa: ARG002 - the frame hands every action its run
        """Go to the list."""
        return reverse("billing:run-list")
