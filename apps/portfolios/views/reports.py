"""Performance reports: the batches, one of them, and the figures of a report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import ActionView, PassportView, ServiceFormView
from apps.portfolios.forms.reports import ReportsForm, RestateForm
from apps.portfolios.models import PerformanceReport
from apps.portfolios.selectors.reports import (
    batch_for,
    batch_rows,
    batch_view,
    choices_of_quarters,
    household_report_rows,
    report_for,
    report_passport,
)
from apps.portfolios.services.reports import deliver_reports, request_reports, restate_report, start_reports


class ReportListView(RequiresMixin, TemplateView):
    """The quarters that were reported."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/report_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List the batches."""
        actor = actor_of(self.request)
        may_edit = actor.can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(rows=batch_rows(actor), may_edit=may_edit, **kwargs)


class HouseholdReportsView(RequiresMixin, TemplateView):
    """The reports of one household."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_reports.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them with what each said."""
        actor = actor_of(self.request)
        household = household_for(actor, self.kwargs["household_id"])
        kwargs |= {"household": household, "header": household_header(household, actor)}
        return super().get_context_data(rows=household_report_rows(household), **kwargs)


class ReportNewView(ServiceFormView):
    """Start the reports of a quarter."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/report_new.html"
    form_class = ReportsForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the quarters that are over and not reported."""
        return {**super().get_form_kwargs(), "quarters": choices_of_quarters()}

    def perform(self, form: Any, by: Actor) -> str:
        """Start them and go to the batch, where the work is watched."""
        return start_reports(**form.cleaned_data, by=by).get_absolute_url()


class ReportBatchView(RequiresMixin, TemplateView):
    """One quarter: every household's report, and what can be done next."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/report_batch.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the batch."""
        actor = actor_of(self.request)
        batch = batch_for(actor, self.kwargs["batch_id"])
        view = batch_view(actor, batch, self.request.GET.get("page", "1"))
        return super().get_context_data(view=view, may_edit=actor.can(Permission.EDIT_PORTFOLIOS), **kwargs)


class ReportProgressView(ReportBatchView):
    """The part of the page that follows the job."""

    template_name = "staff/portfolios/_report_progress.html"

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        """Have the page drawn again once the job is over."""
        response = super().render_to_response(context, **kwargs)
        if not context["view"].batch.is_working:
            response["HX-Refresh"] = "true"
        return response


class ReportsMakeView(ActionView):
    """POST: make what is missing or failed."""

    permission = Permission.EDIT_PORTFOLIOS

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame hands it over
        """Ask for it."""
        return request_reports(batch=batch_for(by, self.kwargs["batch_id"]), by=by).get_absolute_url()


class ReportsDeliverView(ActionView):
    """POST: give the reports that are made to the clients."""

    permission = Permission.EDIT_PORTFOLIOS

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Deliver them and say how many."""
        batch = batch_for(by, self.kwargs["batch_id"])
        n = deliver_reports(batch=batch, by=by)
        told = ngettext("%(n)s report is in the portal now.", "%(n)s reports are in the portal now.", n) % {"n": n}
        messages.success(request, told)
        return batch.get_absolute_url()


class ReportRestateView(ServiceFormView):
    """Make a report anew."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/report_restate.html"
    form_class = RestateForm

    @cached_property
    def report(self) -> PerformanceReport:
        """The report of the address."""
        return report_for(actor_of(self.request), self.kwargs["report_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whose it is."""
        return super().get_context_data(report=self.report, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Have it made and go to the batch."""
        return restate_report(report=self.report, **form.cleaned_data, by=by).batch.get_absolute_url()


class ReportPassportView(PassportView):
    """A figure as it was reported."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with its parts."""
        report = report_for(actor, self.kwargs["report_id"])
        back = reverse("portfolios:report-batch", kwargs={"batch_id": report.batch.public_id})
        return report_passport(report, self.kwargs["figure"]), back
