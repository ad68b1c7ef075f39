"""Where the figures of billing pages come from: in the side panel, or as a page of its own."""

from __future__ import annotations

from django.urls import reverse

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.billing.selectors.invoices import household_billing, invoice_for
from apps.billing.selectors.passports import billing_passport, invoice_passport, run_passport, terms_passport
from apps.billing.selectors.runs import run_for, run_view
from apps.billing.selectors.schedules import schedule_for, version_for, version_view
from apps.clients.selectors.household_pages import household_for
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView


class RunPassportView(PassportView):
    """The fees of a run."""

    permission = Permission.VIEW_BILLING

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the sum over the households that the reader sees."""
        run = run_for(actor, self.kwargs["run_id"])
        return run_passport(run_view(actor, run)), run.get_absolute_url()


class InvoicePassportView(PassportView):
    """The amounts of an invoice."""

    permission = Permission.VIEW_BILLING

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return total, paid and due."""
        invoice = invoice_for(actor, self.kwargs["invoice_id"])
        return invoice_passport(invoice), invoice.get_absolute_url()


class HouseholdPassportView(PassportView):
    """What a household was billed and owes."""

    permission = Permission.VIEW_BILLING

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return its invoices, credit notes and terms."""
        household = household_for(actor, self.kwargs["household_id"])
        back = reverse("billing:household-billing", kwargs={"household_id": household.public_id})
        return billing_passport(household_billing(household, firm_today())), back


class TermsPassportView(PassportView):
    """The terms of a version of a schedule."""

    permission = Permission.VIEW_BILLING

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return rates, limits and discount as they were defined."""
        schedule = schedule_for(actor, self.kwargs["schedule_id"])
        back = reverse("billing:schedule-detail", kwargs={"schedule_id": schedule.public_id})
        return terms_passport(version_view(version_for(schedule, self.kwargs["number"]))), back
