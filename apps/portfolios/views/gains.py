"""Gains and losses of a household after wash sales, and what the firm holds to be identical."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView, View

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.tabular.writing import written_csv
from apps.core.views import PassportView, ServiceFormView
from apps.portfolios.forms.tax import EquivalenceForm, YearForm
from apps.portfolios.selectors.equivalence import equivalence_groups
from apps.portfolios.selectors.gains import GainsPage, gains_page, gains_passport, gains_rows, washes_of
from apps.portfolios.services.equivalence import GroupTerms, NamedMember, propose_equivalence


def asked_page(request: HttpRequest, household: Household) -> GainsPage:
    """Return the page of the year that the address asks for."""
    today = firm_today()
    return gains_page(household, YearForm(request.GET).chosen(today.year), today)


class HouseholdGainsView(RequiresMixin, TemplateView):
    """Gains and losses of a year."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_gains.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the year into the page."""
        actor = actor_of(self.request)
        household = household_for(actor, self.kwargs["household_id"])
        page = asked_page(self.request, household)
        header = household_header(household, actor)
        return super().get_context_data(household=household, header=header, page=page, washes=washes_of(page), **kwargs)


class HouseholdGainsFileView(RequiresMixin, View):
    """The same as a file."""

    permission = Permission.VIEW_PORTFOLIOS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the lines of the year as CSV."""
        page = asked_page(request, household_for(actor_of(request), kwargs["household_id"]))
        answer = HttpResponse(written_csv(*gains_rows(page)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="gains-{page.year}.csv"'
        return answer


class HouseholdGainsPassportView(PassportView):
    """Where a figure of the year comes from."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return a sum, or a sale."""
        household = household_for(actor, self.kwargs["household_id"])
        page = asked_page(self.request, household)
        back = reverse("portfolios:household-gains", args=[household.public_id]) + page.query
        return gains_passport(page, self.kwargs["figure"]), back


class EquivalenceListView(RequiresMixin, TemplateView):
    """What is held to be identical, and what waits."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/equivalence_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the groups into the page."""
        may_edit = actor_of(self.request).can(Permission.EDIT_PORTFOLIOS)
        return super().get_context_data(groups=equivalence_groups(), may_edit=may_edit, **kwargs)


class EquivalenceNewView(ServiceFormView):
    """Propose a group, or a new version of one."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/equivalence_new.html"
    form_class = EquivalenceForm

    def perform(self, form: Any, by: Actor) -> str:
        """Put it to a second person."""
        told = dict(form.cleaned_data)
        members = [NamedMember(*member) for member in told.pop("members")]
        propose_equivalence(terms=GroupTerms(**told, members=members), by=by)
        return reverse("portfolios:equivalence-list")
