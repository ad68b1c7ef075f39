"""A household's portfolio: the tab and a new account."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.portfolios.forms import AccountForm, PerformanceForm
from apps.portfolios.models import AccountStatus
from apps.portfolios.selectors.book_changes import household_changes
from apps.portfolios.selectors.charts import allocation_spec
from apps.portfolios.selectors.portfolios import household_portfolio
from apps.portfolios.services.accounts import AccountDetails, open_account, owners_by_halves


class HouseholdPortfolioView(RequiresMixin, TemplateView):
    """The portfolio tab of a household."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/household_portfolio.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the sheet of the day into the page."""
        actor, form = actor_of(self.request), PerformanceForm(self.request.GET)
        household = household_for(actor, self.kwargs["household_id"])
        sheet = household_portfolio(household, form.chosen(), form.known_at())
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            portfolio=sheet,
            allocation=allocation_spec(sheet),
            changes=household_changes(household, sheet),
            form=form,
            may_edit=actor.can(Permission.EDIT_PORTFOLIOS),
            may_import=actor.can(Permission.IMPORT_FILES),
            **kwargs,
        )


class AccountNewView(ServiceFormView):
    """Open an account."""

    permission = Permission.EDIT_PORTFOLIOS
    template_name = "staff/portfolios/account_new.html"
    form_class = AccountForm

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the people of the household as owners."""
        return {**super().get_form_kwargs(), "household": self.household}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page with the household."""
        return super().get_context_data(household=self.household, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Open it and go to its page."""
        told = dict(form.cleaned_data)
        owners = owners_by_halves(told.pop("owner"), told.pop("joint_owner"))
        status = AccountStatus.ACTIVE if told.pop("is_open") else AccountStatus.PROPOSED
        details = AccountDetails(**told, owners=owners, status=status, currency=self.household.currency)
        account = open_account(household=self.household, details=details, by=by)
        return reverse("portfolios:account-detail", kwargs={"account_id": account.public_id})
