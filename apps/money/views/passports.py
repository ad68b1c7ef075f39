"""Where the figures of the money tab come from: in the side panel, or as a page of its own."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.money.selectors.pages import bank_entry_for, fact_for
from apps.money.selectors.passports import bank_entry_passport, fact_passport, money_passport
from apps.money.services.facts import FACT_KINDS
from apps.money.views.households import kind_in, tab_of


class HouseholdPassportView(PassportView):
    """A figure of the household's balance sheet or cash flow."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return net worth, what is owned or owed, income, spending or what is left."""
        household = household_for(actor, self.kwargs["household_id"])
        return money_passport(household, self.kwargs["figure"], timezone.localdate()), tab_of(household)


class FactPassportView(PassportView):
    """A figure that the household states."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the fact."""
        fact = fact_for(actor, FACT_KINDS[kind_in(self.kwargs)], self.kwargs["fact_id"])
        return fact_passport(fact), tab_of(fact.household)


class EntryPassportView(PassportView):
    """An entry that a bank posted."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the entry."""
        entry = bank_entry_for(actor, self.kwargs["entry_id"])
        household = entry.account.household
        return bank_entry_passport(entry), reverse("money:entry-list", kwargs={"household_id": household.public_id})
