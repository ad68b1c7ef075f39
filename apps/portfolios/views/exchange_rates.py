"""Rates of exchange: what is known, and how each came about."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.core.access import RequiresMixin
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.portfolios.selectors.exchange_rates import rate_lines, rate_passport, rate_sheet


class ExchangeRateListView(RequiresMixin, TemplateView):
    """The last rate of each pair."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/exchange_rate_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the pairs together."""
        return super().get_context_data(lines=rate_lines(firm_today()), **kwargs)


class ExchangeRateDetailView(RequiresMixin, TemplateView):
    """One pair over the years."""

    permission = Permission.VIEW_PORTFOLIOS
    template_name = "staff/portfolios/exchange_rate_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put its sheet together."""
        return super().get_context_data(sheet=rate_sheet(self.kwargs["pair"], firm_today()), **kwargs)


class ExchangeRatePassportView(PassportView):
    """A figure of a pair."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with the rates it was measured between."""
        del actor  # rates are of all firms
        pair = self.kwargs["pair"]
        passport = rate_passport(pair, self.kwargs["figure"], firm_today())
        return passport, reverse("portfolios:exchange-rate", args=[pair])
