"""Services: the list, one with its versions, the editor, and what households take of them."""

from __future__ import annotations

from typing import Any

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
from apps.core.views import ActionView, ServiceFormView
from apps.portfolios.forms.mandates import EndTermForm
from apps.portfolios.forms.models import RetireForm, SubmitVersionForm
from apps.portfolios.forms.service_offerings import (
    OfferingForm,
    QualityCheckForm,
    TakeServiceForm,
    begun_with_version,
)
from apps.portfolios.models import HouseholdService, ServiceVersion
from apps.portfolios.selectors.model_portfolios import models_in_force
from apps.portfolios.selectors.service_offerings import (
    OfferingPage,
    household_services,
    offering_for,
    offering_page,
    offering_rows,
    offerings_on,
    taken_for,
    version_of,
)
from apps.portfolios.services.household_services import end_service, record_quality_check, take_service
from apps.portfolios.services.service_offerings import (
    ServiceTerms,
    draft_service,
    recall_service,
    retire_service,
    submit_service,
)
from apps.portfolios.views.models import number_asked


def services_of(household: Household) -> str:
    """Return the address of a household's services."""
    return reverse("portfolios:household-services", kwargs={"household_id": household.public_id})


class ServiceListView(RequiresMixin, TemplateView):
    """All services of the firm."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/service_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them with what is in force today."""
        actor, today = actor_of(self.request), firm_today()
        may_edit = actor.can(Permission.MANAGE_FIRM)
        return super().get_context_data(rows=offering_rows(actor, today), as_of=today, may_edit=may_edit, **kwargs)


class _ServicePageMixin:
    """The service of the address, with the version asked for."""

    request: HttpRequest
    kwargs: dict[str, Any]

    def page_with(self, number: int | None) -> OfferingPage:
        """Return the page of the service."""
        actor = actor_of(self.request)
        return offering_page(offering_for(actor, self.kwargs["service_id"]), actor, firm_today(), number)


class ServiceDetailView(_ServicePageMixin, RequiresMixin, TemplateView):
    """One service: the version shown, its history, who takes it."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/service_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the version of the address, else the one in force."""
        may_edit = actor_of(self.request).can(Permission.MANAGE_FIRM)
        page = self.page_with(number_asked(self.request))
        return super().get_context_data(page=page, may_edit=may_edit, **kwargs)


class ServiceEditView(_ServicePageMixin, ServiceFormView):
    """Add a service, or write what it says next."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/service_form.html"
    form_class = OfferingForm

    @cached_property
    def page(self) -> OfferingPage | None:
        """The service of the address; None for a new one."""
        return self.page_with(None) if "service_id" in self.kwargs else None

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the models in force."""
        return {**super().get_form_kwargs(), "models": models_in_force(actor_of(self.request), firm_today())}

    def get_initial(self) -> dict[str, Any]:
        """Begin with the draft, else with the version in force."""
        if self.page is None:
            return {"review_months": 12, "report_months": 3, "rebalance_mode": "to_band", "blocks_short_gains": True}
        version = self.page.draft or self.page.shown
        return begun_with_version(self.page.offering, version, is_draft=self.page.draft is not None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the service."""
        offering = self.page.offering if self.page else None
        back = offering.get_absolute_url() if offering else reverse("portfolios:service-list")
        heading = _("Write a new version") if offering else _("Add a service")
        return super().get_context_data(offering=offering, heading=heading, back_url=back, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Save it and show the draft."""
        told, offering = form.cleaned_data, self.page.offering if self.page else None
        terms = ServiceTerms(**form.typed())
        version = draft_service(offering=offering, name=told["name"], kind=told["kind"], terms=terms, by=by)
        return version.get_absolute_url()


class _OfServiceView(ServiceFormView):
    """A form about a version of a service."""

    permission = Permission.MANAGE_FIRM
    template_name = "staff/portfolios/service_form.html"
    heading: Any = ""

    @cached_property
    def offering(self) -> Any:
        """The service of the address."""
        return offering_for(actor_of(self.request), self.kwargs["service_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the service."""
        told = {"offering": self.offering, "heading": self.heading, "back_url": self.offering.get_absolute_url()}
        return super().get_context_data(**told, **kwargs)


class ServiceSubmitView(_OfServiceView):
    """Put a draft to a second person."""

    form_class = SubmitVersionForm
    heading = _("Ask for approval")

    @cached_property
    def version(self) -> ServiceVersion:
        """The version of the address."""
        return version_of(self.offering, self.kwargs["number"])

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"effective_from": firm_today()}

    def perform(self, form: Any, by: Actor) -> str:
        """Ask for approval and go back to the version."""
        submit_service(version=self.version, effective_from=form.cleaned_data["effective_from"], by=by)
        return self.version.get_absolute_url()


class ServiceRetireView(_OfServiceView):
    """End a service."""

    form_class = RetireForm
    heading = _("Retire")

    def perform(self, form: Any, by: Actor) -> str:
        """Retire it and show it."""
        retire_service(offering=self.offering, on=form.cleaned_data["on"], reason=form.cleaned_data["reason"], by=by)
        return str(self.offering.get_absolute_url())


class ServiceRecallView(ActionView):
    """POST: take a version that waits back to a draft."""

    permission = Permission.MANAGE_FIRM
    success_message = _("The version is a draft again.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Take it back."""
        version = version_of(offering_for(by, self.kwargs["service_id"]), self.kwargs["number"])
        recall_service(version=version, by=by)
        return version.get_absolute_url()


class HouseholdServicesView(RequiresMixin, TemplateView):
    """The services of a household, under the portfolio tab."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_services.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show what it takes today."""
        actor, today = actor_of(self.request), firm_today()
        household = household_for(actor, self.kwargs["household_id"])
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            services=household_services(household, today),
            today=today,
            may_edit=actor.can(Permission.EDIT_PORTFOLIOS),
            **kwargs,
        )


class ServiceTakeView(ServiceFormView):
    """Have a household take a service."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/term_new.html"
    form_class = TakeServiceForm

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what can be taken today."""
        offerings = offerings_on(actor_of(self.request), firm_today())
        return {**super().get_form_kwargs(), "household": self.household, "offerings": offerings}

    def get_initial(self) -> dict[str, Any]:
        """Begin today."""
        return {"from_day": firm_today()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household."""
        told = {"household": self.household, "heading": _("Take a service"), "back_url": services_of(self.household)}
        return super().get_context_data(**told, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Take it and go back to the services."""
        take_service(household=self.household, by=by, **form.cleaned_data)
        return services_of(self.household)


class _OfTakenView(ServiceFormView):
    """A form about a service that a household takes."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/term_new.html"
    heading: Any = ""

    @cached_property
    def taken(self) -> HouseholdService:
        """What the address names."""
        return taken_for(actor_of(self.request), self.kwargs["taken_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household."""
        household = self.taken.household
        told = {"household": household, "heading": self.heading, "back_url": services_of(household)}
        return super().get_context_data(**told, **kwargs)


class ServiceEndView(_OfTakenView):
    """End a service of a household."""

    form_class = EndTermForm
    heading = _("End the service")

    def get_initial(self) -> dict[str, Any]:
        """Propose today."""
        return {"until": firm_today()}

    def perform(self, form: Any, by: Actor) -> str:
        """End it and go back."""
        end_service(taken=self.taken, by=by, **form.cleaned_data)
        return services_of(self.taken.household)


class QualityCheckView(_OfTakenView):
    """Go through the quality checks of a service."""

    form_class = QualityCheckForm
    heading = _("Record the quality check")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Ask what the version says."""
        return {**super().get_form_kwargs(), "checklist": self.taken.version.checklist}

    def perform(self, form: Any, by: Actor) -> str:
        """Record it and go back."""
        told = form.cleaned_data
        record_quality_check(taken=self.taken, met=told.get("met", []), note=told["note"], by=by)
        return services_of(self.taken.household)
