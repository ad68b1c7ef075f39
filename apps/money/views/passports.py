"""Where the figures of the money tab come from: in the side panel, or as a page of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.money.selectors.pages import bank_entry_for, fact_for
from apps.money.selectors.passports import bank_entry_passport, fact_passport, money_passport
from apps.money.services.facts import FACT_KINDS
from apps.money.views.households import kind_in, tab_of
from apps.portfolios.selectors.passports import Passport


class PassportView(RequiresMixin, TemplateView):
    """A passport; a subclass finds it for who asks."""

    permission = Permission.VIEW_FINANCES

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:
        """Return the passport and the page to go back to."""
        raise NotImplementedError(f"{type(self).__name__} must say what its figures are.")

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/portfolios/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the passport into the panel."""
        passport, back = self.find(actor_of(self.request), timezone.localdate())
        return super().get_context_data(passport=passport, back_url=back, **kwargs)


class HouseholdPassportView(PassportView):
    """A figure of the household's balance sheet or cash flow."""

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:
        """Return net worth, what is owned or owed, income, spending or what is left."""
        household = household_for(actor, self.kwargs["household_id"])
        return money_passport(household, self.kwargs["figure"], day), tab_of(household)


class FactPassportView(PassportView):
    """A figure that the household states."""

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:  # noqa: ARG002 - a fact has its own day
        """Return the fact."""
        fact = fact_for(actor, FACT_KINDS[kind_in(self.kwargs)], self.kwargs["fact_id"])
        return fact_passport(fact), tab_of(fact.household)


class EntryPassportView(PassportView):
    """An entry that a bank posted."""

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:  # noqa: ARG002 - an entry has its own day
        """Return the entry."""
        entry = bank_entry_for(actor, self.kwargs["entry_id"])
        household = entry.account.household
        return bank_entry_passport(entry), reverse("money:entry-list", kwargs={"household_id": household.public_id})
