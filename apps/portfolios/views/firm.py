"""Returns of all accounts that the firm manages, for those who see every household."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.access import RequiresMixin
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.portfolios.forms import DayForm
from apps.portfolios.selectors.firm_performance import firm_growth_spec, firm_passport, firm_performance


class FirmPerformanceView(RequiresMixin, TemplateView):
    """What all managed accounts of the firm earned."""

    permission = Permission.VIEW_ALL_HOUSEHOLDS
    template_name = "staff/portfolios/firm_performance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the returns up to the last day that is kept into the page."""
        form = DayForm(self.request.GET)
        found = firm_performance(form.chosen())
        if found is not None:
            kwargs |= {"found": found, "sheet": found.sheet, "growth": firm_growth_spec(found.sheet)}
        return super().get_context_data(form=form, **kwargs)


class FirmPerformancePassportView(PassportView):
    """A figure of the firm's performance."""

    permission = Permission.VIEW_ALL_HOUSEHOLDS

    def find(self, _actor: Actor) -> tuple[Passport, str]:
        """Return it with its parts."""
        passport = firm_passport(DayForm(self.request.GET).chosen(), self.kwargs["figure"])
        return passport, reverse("portfolios:firm-performance")
