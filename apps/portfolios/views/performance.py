"""Returns of a household and of an account, and where each figure comes from."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.portfolios.forms import PerformanceForm
from apps.portfolios.selectors.accounts import account_for
from apps.portfolios.selectors.performance_changes import changes_since
from apps.portfolios.selectors.performance_pages import (
    account_sheet,
    growth_spec,
    household_performance,
    household_sheet,
)
from apps.portfolios.selectors.performance_passports import performance_passport


class HouseholdPerformanceView(RequiresMixin, TemplateView):
    """What the household's managed accounts earned."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_performance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the returns up to the day into the page."""
        actor, form = actor_of(self.request), PerformanceForm(self.request.GET)
        household = household_for(actor, self.kwargs["household_id"])
        found = household_performance(household, form.chosen(), form.known_at())
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            performance=found,
            sheet=found.sheet,
            growth=growth_spec(found.sheet),
            changes=changes_since([each.account for each in found.accounts], found.sheet),
            form=form,
            **kwargs,
        )


class HouseholdPerformancePassportView(PassportView):
    """A figure of a household's performance."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with its parts."""
        household, form = household_for(actor, self.kwargs["household_id"]), PerformanceForm(self.request.GET)
        back = reverse("portfolios:household-performance", kwargs={"household_id": household.public_id})
        sheet = household_sheet(household, form.chosen(), form.known_at())
        return performance_passport(sheet, household.name, self.kwargs["figure"]), back


class AccountPerformanceView(RequiresMixin, TemplateView):
    """What an account earned."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/account_performance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the returns up to the day into the page."""
        form = PerformanceForm(self.request.GET)
        account = account_for(actor_of(self.request), self.kwargs["account_id"])
        sheet = account_sheet(account, form.chosen(), form.known_at())
        return super().get_context_data(
            account=account,
            sheet=sheet,
            growth=growth_spec(sheet),
            changes=changes_since([account], sheet),
            form=form,
            **kwargs,
        )


class AccountPerformancePassportView(PassportView):
    """A figure of an account's performance."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with its parts."""
        account, form = account_for(actor, self.kwargs["account_id"]), PerformanceForm(self.request.GET)
        back = reverse("portfolios:account-performance", kwargs={"account_id": account.public_id})
        sheet = account_sheet(account, form.chosen(), form.known_at())
        return performance_passport(sheet, account.name, self.kwargs["figure"]), back
