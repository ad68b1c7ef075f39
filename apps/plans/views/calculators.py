"""Calculators on the plan's engine: a page that answers while one types; nothing is kept."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.calculator_forms import TaxForm
from apps.core.errors import shown
from apps.core.typed import TypedMixin, emptied, form_words, typed_address
from apps.kernel.errors import InvalidInputError
from apps.plans.selectors.calculators import tax_facts_of, tax_sheet, told_caveats
from apps.plans.services.calculators import TaxAsked, ask_taxes, law_choices


class TaxCalculator(RequiresMixin, TypedMixin, TemplateView):
    """A year's taxes, filled with the household's facts; the address holds what was typed, sealed."""

    permission = Permission.VIEW_PLANS
    template_name = "staff/plans/tax_calculator.html"

    @cached_property
    def household(self) -> Household:
        """The household of the address, as far as the person may see it."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def check_typed(self) -> None:
        """Look for the household. Raises NotFoundError."""
        _ = self.household

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, and the answer where all that was typed makes sense."""
        actor = actor_of(self.request)
        household = self.household
        today = firm_today()
        laws: dict[str, Any] = {"law": law_choices()}
        if self.is_broken:
            form = emptied(TaxForm, **laws)
        else:
            typed = self.typed_words if "wages_1" in self.typed_words else tax_facts_of(household, today)
            form = TaxForm(typed, **laws)
        context: dict[str, Any] = {"household": household, "header": household_header(household, actor), "form": form}
        if form.is_valid():
            try:
                told = ask_taxes(TaxAsked(**form.cleaned_data))
            except InvalidInputError as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, shown(refusal).sentence)
            else:
                context["told"], context["sheet"] = told, tax_sheet(told.answer, household.currency)
                context["caveats"] = told_caveats(told.caveats)
                keep = reverse("plans:tax-keep", kwargs={"household_id": household.public_id})
                context["keep_url"] = typed_address(keep, form_words(form)) if actor.can(Permission.EDIT_PLANS) else ""
        return super().get_context_data(**context, today=today, **kwargs)
