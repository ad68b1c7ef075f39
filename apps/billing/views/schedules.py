"""Fee schedules: list, terms, a new version with its effect on every household."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.billing.forms import ScheduleForm, TermsForm, first_terms, latest
from apps.billing.models import FeeSchedule
from apps.billing.selectors.schedules import schedule_for, schedule_rows, version_views
from apps.billing.services import schedules
from apps.billing.services.effects import effects_of
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.views import ServiceFormView
from apps.kernel.errors import DomainError


class ScheduleList(RequiresMixin, TemplateView):
    """The firm's schedules."""

    permission = Permission.VIEW_BILLING
    template_name = "staff/billing/schedule_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        actor = actor_of(self.request)
        may_edit = actor.can(Permission.EDIT_BILLING)
        return super().get_context_data(rows=schedule_rows(actor), may_edit=may_edit, **kwargs)


class ScheduleDetail(RequiresMixin, TemplateView):
    """One schedule with all its versions."""

    permission = Permission.VIEW_BILLING
    template_name = "staff/billing/schedule_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the terms."""
        actor = actor_of(self.request)
        schedule = schedule_for(actor, kwargs["schedule_id"])
        shown_versions = version_views(schedule)
        may_edit = actor.can(Permission.EDIT_BILLING)
        return super().get_context_data(schedule=schedule, versions=shown_versions, may_edit=may_edit, **kwargs)


class DefineSchedule(ServiceFormView):
    """A new schedule."""

    permission = Permission.EDIT_BILLING
    template_name = "staff/billing/schedule_form.html"
    form_class = ScheduleForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with today."""
        return first_terms(None, firm_today())

    def perform(self, form: Any, by: Actor) -> str:
        """Define it."""
        given = form.cleaned_data
        version = schedules.define_schedule(
            name=given["name"],
            description=given["description"],
            terms=form.terms(),
            effective_on=given["effective_on"],
            periods_per_year=given["periods_per_year"],
            by=by,
        )
        return reverse("billing:schedule-detail", kwargs={"schedule_id": version.schedule.public_id})


class ReviseSchedule(ServiceFormView):
    """A new version; “preview” shows what it would do to every household and stores nothing."""

    permission = Permission.EDIT_BILLING
    template_name = "staff/billing/schedule_form.html"
    form_class = TermsForm

    @cached_property
    def schedule(self) -> FeeSchedule:
        """The schedule in hand."""
        return schedule_for(actor_of(self.request), self.kwargs["schedule_id"])

    def get_initial(self) -> dict[str, Any]:
        """Begin with the terms in force."""
        return first_terms(latest(self.schedule), firm_today())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the schedule."""
        return super().get_context_data(schedule=self.schedule, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Preview, or store."""
        if "preview" not in self.request.POST:
            return super().form_valid(form)
        try:
            terms = schedules.described_terms(form.terms())
        except DomainError as refused:
            told = shown(refused)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return self.form_invalid(form, status=told.status)
        effects = effects_of(self.schedule, terms, on=firm_today(), actor=actor_of(self.request))
        return self.render_to_response(self.get_context_data(form=form, effects=effects))

    def perform(self, form: Any, by: Actor) -> str:
        """Add the version."""
        given = form.cleaned_data
        schedules.revise_schedule(
            schedule=self.schedule,
            terms=form.terms(),
            effective_on=given["effective_on"],
            periods_per_year=given["periods_per_year"],
            by=by,
        )
        return reverse("billing:schedule-detail", kwargs={"schedule_id": self.schedule.public_id})
