"""The billing tab of a household: its terms and what it was billed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.billing.forms import AssignForm
from apps.billing.selectors.invoices import household_billing
from apps.billing.services.assignments import OwnTerms, assign_fee
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView


class HouseholdBilling(RequiresMixin, TemplateView):
    """What the household pays by, its invoices and what is due."""

    permission = Permission.VIEW_BILLING
    template_name = "staff/billing/household_billing.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the tab."""
        actor = actor_of(self.request)
        household = household_for(actor, kwargs["household_id"])
        context = {
            "household": household,
            "header": household_header(household, actor),
            "billing": household_billing(household, firm_today()),
            "may_edit": actor.can(Permission.EDIT_BILLING),
        }
        return super().get_context_data(**context, **kwargs)


class AssignFee(ServiceFormView):
    """Put the household on a schedule, under a clause of its signed agreement."""

    permission = Permission.EDIT_BILLING
    template_name = "staff/billing/household_terms.html"
    form_class = AssignForm

    @cached_property
    def household(self) -> Household:
        """The household in hand."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Narrow the choices to the household."""
        return {**super().get_form_kwargs(), "household": self.household}

    def get_initial(self) -> dict[str, Any]:
        """Begin with what the agreement says."""
        return AssignForm.first_choice(self.household, firm_today())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the household."""
        header = household_header(self.household, actor_of(self.request))
        return super().get_context_data(household=self.household, header=header, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Assign the terms."""
        given = form.cleaned_data
        names = ("version", "agreement", "clause", "starts_on")
        told = {name: given[name] for name in names}
        assign_fee(household=self.household, **told, own=OwnTerms(**form.own()), by=by)
        return reverse("billing:household-billing", kwargs={"household_id": self.household.public_id})
