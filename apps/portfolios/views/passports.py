"""Where the figures of portfolio pages come from: in the side panel, or as a page of its own."""

from __future__ import annotations

from django.urls import reverse

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.portfolios.forms import PerformanceForm
from apps.portfolios.selectors.accounts import account_for, break_for, entry_for
from apps.portfolios.selectors.passports import (
    account_passport,
    break_passport,
    entry_passport,
    household_passport,
)
from apps.portfolios.views.accounts import page_of


class HouseholdPassportView(PassportView):
    """A figure of a household's portfolio."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return a total, or a holding over all accounts."""
        household, form = household_for(actor, self.kwargs["household_id"]), PerformanceForm(self.request.GET)
        back = reverse("portfolios:household-portfolio", kwargs={"household_id": household.public_id})
        return household_passport(household, self.kwargs["figure"], form.chosen(), form.known_at()), back


class AccountPassportView(PassportView):
    """A figure of an account."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return a total, a gain, or a holding."""
        account, form = account_for(actor, self.kwargs["account_id"]), PerformanceForm(self.request.GET)
        return account_passport(account, self.kwargs["figure"], form.chosen(), form.known_at()), page_of(account)


class EntryPassportView(PassportView):
    """A figure of an entry."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return what the entry says and where it came from."""
        entry = entry_for(actor, self.kwargs["entry_id"])
        return entry_passport(entry), page_of(entry.account)


class BreakPassportView(PassportView):
    """A figure of a break."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return both sides of the difference."""
        row = break_for(actor, self.kwargs["break_id"])
        return break_passport(row), page_of(row.account)
