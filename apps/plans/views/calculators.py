"""Calculators on the plan's engine: a page that answers while one types; nothing is kept."""

from __future__ import annotations

from typing import Any

from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.errors import shown
from apps.kernel.errors import InvalidInputError
from apps.plans.forms import TaxForm
from apps.plans.selectors.calculators import tax_facts_of, tax_sheet, told_caveats
from apps.plans.services.calculators import TaxAsked, ask_taxes, law_states, law_years


class TaxCalculator(RequiresMixin, TemplateView):
    """A year's taxes, filled with the household's facts; the address holds what was typed."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/tax_calculator.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, and the answer where all that was typed makes sense."""
        actor = actor_of(self.request)
        household = household_for(actor, kwargs["household_id"])
        today = firm_today()
        own = tax_facts_of(household, today)
        typed = self.request.GET if "wages_1" in self.request.GET else own
        form = TaxForm(typed, years=law_years(), states=law_states())
        context: dict[str, Any] = {"household": household, "header": household_header(household, actor), "form": form}
        if form.is_valid():
            try:
                told = ask_taxes(TaxAsked(**form.cleaned_data))
            except InvalidInputError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, shown(refusal).sentence)
            else:
                context["told"], context["sheet"] = told, tax_sheet(told.answer, household.currency)
                context["caveats"] = told_caveats(told.caveats)
        return super().get_context_data(**context, today=today, **kwargs)
