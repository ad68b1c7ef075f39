"""Where the figures of portfolio pages come from: in the side panel, or as a page of its own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.selectors.household_pages import household_for
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.portfolios.forms import DayForm
from apps.portfolios.selectors.accounts import account_for, break_for, entry_for
from apps.portfolios.selectors.passports import (
    Passport,
    account_passport,
    break_passport,
    entry_passport,
    household_passport,
)
from apps.portfolios.views.accounts import page_of


class PassportView(RequiresMixin, TemplateView):
    """A passport; a subclass finds it for who asks."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:
        """Return the passport and the page to go back to."""
        raise NotImplementedError(f"{type(self).__name__} must say what its figures are.")

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/portfolios/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the passport into the panel."""
        passport, back = self.find(actor_of(self.request), DayForm(self.request.GET).chosen())
        return super().get_context_data(passport=passport, back_url=back, **kwargs)


class HouseholdPassportView(PassportView):
    """A figure of a household's portfolio."""

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:
        """Return a total, or a holding over all accounts."""
        household = household_for(actor, self.kwargs["household_id"])
        back = reverse("portfolios:household-portfolio", kwargs={"household_id": household.public_id})
        return household_passport(household, self.kwargs["figure"], day), back


class AccountPassportView(PassportView):
    """A figure of an account."""

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:
        """Return a total, a gain, or a holding."""
        account = account_for(actor, self.kwargs["account_id"])
        return account_passport(account, self.kwargs["figure"], day), page_of(account)


class EntryPassportView(PassportView):
    """A figure of an entry."""

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:  # noqa: ARG002 - an entry has its own day
        """Return what the entry says and where it came from."""
        entry = entry_for(actor, self.kwargs["entry_id"])
        return entry_passport(entry), page_of(entry.account)


class BreakPassportView(PassportView):
    """A figure of a break."""

    def find(self, actor: Actor, day: dt.date) -> tuple[Passport, str]:  # noqa: ARG002 - a statement has its own day
        """Return both sides of the difference."""
        row = break_for(actor, self.kwargs["break_id"])
        return break_passport(row), page_of(row.account)
