"""Returns of a household and of an account: beside their benchmark, by sleeve, their risk, and whence each figure."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.core.actors import Actor
from apps.core.passports import Passport
from apps.core.views import PassportView
from apps.portfolios.forms import PerformanceForm
from apps.portfolios.forms.benchmarks import RiskForm, SpanForm
from apps.portfolios.selectors.compared_passports import figure_passport
from apps.portfolios.selectors.comparisons import compared, drawdown_spec, growth_beside_spec
from apps.portfolios.selectors.performance_changes import changes_since
from apps.portfolios.selectors.performance_pages import household_performance
from apps.portfolios.selectors.risk import risk_sheet
from apps.portfolios.selectors.sleeve_passports import sleeve_notes
from apps.portfolios.selectors.sleeves import contribution_spec, sleeve_growth_spec, sleeve_sheet
from apps.portfolios.views._owner import OwnerMixin, address, owner_for


class PerformanceView(OwnerMixin, TemplateView):
    """What an account, or the household's managed accounts together, earned."""

    template_name = "staff/portfolios/performance.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the returns up to the day into the page, beside the benchmark's."""
        form, owner = PerformanceForm(self.request.GET), self.owner
        day, moment = form.chosen(), form.known_at()
        whole = household_performance(owner.household, day, moment) if owner.account is None else None
        sheet = whole.sheet if whole is not None else owner.sheet(day, moment)
        beside = compared(owner, sheet)
        kwargs |= {"performance": whole, "sheet": sheet, "beside": beside, "form": form}
        kwargs |= {"growth": growth_beside_spec(beside), "drawdown": drawdown_spec(beside)}
        return super().get_context_data(changes=changes_since(owner.accounts, sheet), **kwargs)


class RiskView(OwnerMixin, TemplateView):
    """How much the returns move."""

    template_name = "staff/portfolios/risk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the figures of risk up to the day into the page."""
        form = RiskForm(self.request.GET)
        sheet = self.owner.sheet(form.chosen(), form.known_at())
        risk = risk_sheet(self.owner, sheet, form.frequency())
        drawdown = drawdown_spec(risk.comparison)
        return super().get_context_data(risk=risk, sheet=sheet, drawdown=drawdown, form=form, **kwargs)


class SleevesView(OwnerMixin, TemplateView):
    """What each sleeve earned, and added to the whole."""

    template_name = "staff/portfolios/sleeves.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the sleeves of the span into the page."""
        form = SpanForm(self.request.GET)
        sheet = self.owner.sheet(form.chosen(), form.known_at())
        found = sleeve_sheet(self.owner, sheet, form.span_of(sheet))
        kwargs |= {"sheet": sheet, "found": found, "notes": tuple(sleeve_notes(found)), "span": form.span_of(sheet)}
        kwargs |= {"chart": contribution_spec(found), "growth": sleeve_growth_spec(found)}
        return super().get_context_data(form=form, **kwargs)


class PerformancePassportView(PassportView):
    """A figure of performance, benchmark or risk."""

    permission = Permission.VIEW_PORTFOLIOS

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return it with its parts."""
        owner, form = owner_for(actor, self.kwargs), PerformanceForm(self.request.GET)
        sheet = owner.sheet(form.chosen(), form.known_at())
        return figure_passport(owner, sheet, self.kwargs["figure"]), address(owner, "performance")
