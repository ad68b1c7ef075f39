"""Interest, loan, refinancing, rent or buy: answered while one types; nothing is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.calculator_forms import InterestForm, LoanForm, RefinancingForm, RentOrBuyForm
from apps.core.errors import shown
from apps.core.typed import TypedMixin, emptied, form_words, typed_address
from apps.kernel.errors import DomainError
from apps.money.selectors.calculators import (
    Told,
    interest_lines,
    loan_lines,
    loan_start,
    refinancing_lines,
    rent_or_buy_lines,
)
from apps.money.services.calculators import (
    RefinancingAsked,
    ask_interest,
    ask_loan,
    ask_refinancing,
    ask_rent_or_buy,
)


class MoneyCalculator(RequiresMixin, TypedMixin, TemplateView):
    """One calculator of a household; the address holds what was typed, sealed."""

    permission = Permission.VIEW_FINANCES
    title: ClassVar[str | Promise]
    first_field: ClassVar[str]
    form_class: ClassVar[type[Any]]
    kind: ClassVar[str]

    def get_template_names(self) -> list[str]:
        """Answer the chart's question for its ground with the panel alone."""
        return [f"staff/money/calculator{'_ground' if 'how' in self.request.GET else ''}.html"]

    @cached_property
    def household(self) -> Household:
        """The household of the address, as far as the person may see it."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def check_typed(self) -> None:
        """Look for the household. Raises NotFoundError."""
        _ = self.household

    @cached_property
    def today(self) -> dt.date:
        """The firm's day."""
        return firm_today()

    def start(self) -> dict[str, Any]:
        """Return what the form begins with."""
        return {name: field.initial for name, field in self.form_class.base_fields.items()}

    def ask(self, told: Mapping[str, Any]) -> Told:
        """Put what was typed to the engine."""
        raise NotImplementedError

    def form(self) -> Any:
        """Return the form with what was typed, else with what it begins with; empty where that cannot be read."""
        if self.is_broken:
            return emptied(self.form_class)
        return self.form_class(self.typed_words if self.first_field in self.typed_words else self.start())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, and the answer where all that was typed makes sense."""
        household = self.household
        form = self.form()
        context: dict[str, Any] = {"household": household, "title": self.title, "form": form, "today": self.today}
        context["header"] = household_header(household, actor_of(self.request))
        if form.is_valid():
            try:
                context["told"] = self.ask(form.cleaned_data)
            except DomainError as refusal:
                told = shown(refusal)
                form.add_error(told.field if told.field in form.fields else None, told.sentence)
        context["ground_url"] = typed_address(self.request.path, self.typed_words, how="1")
        if actor_of(self.request).can(Permission.EDIT_PLANS):
            keep = reverse(f"plans:{self.kind}-keep", kwargs={"household_id": household.public_id})
            context["keep_url"] = typed_address(keep, form_words(form))
        return super().get_context_data(**context, **kwargs)


class InterestCalculator(MoneyCalculator):
    """What a sum and a saving come to."""

    kind = "interest"
    title, first_field, form_class = _("Interest calculator"), "annual_rate", InterestForm

    def ask(self, told: Mapping[str, Any]) -> Told:
        """Put it to the engine."""
        return interest_lines(ask_interest(**told), self.household.currency)


class LoanCalculator(MoneyCalculator):
    """What a loan or mortgage costs."""

    kind = "loan"
    title, first_field, form_class = _("Loan and mortgage calculator"), "principal", LoanForm

    def start(self) -> dict[str, Any]:
        """Return the household's largest debt."""
        return {**super().start(), **loan_start(self.household, self.today)}

    def ask(self, told: Mapping[str, Any]) -> Told:
        """Put it to the engine."""
        answer = ask_loan(on=self.today, **told)
        return loan_lines(answer.plain, answer.quick, self.household.currency)


class RefinancingCalculator(MoneyCalculator):
    """A new loan in place of an old one."""

    kind = "refinancing"
    title, first_field, form_class = _("Refinancing calculator"), "owed", RefinancingForm

    def start(self) -> dict[str, Any]:
        """Return the household's largest debt, at another rate."""
        debt = loan_start(self.household, self.today)
        old = {"owed": debt["principal"], "old_rate": debt["annual_rate"], "old_years": debt["years"]}
        return {**super().start(), **old, "new_years": debt["years"]}

    def ask(self, told: Mapping[str, Any]) -> Told:
        """Put it to the engine."""
        return refinancing_lines(ask_refinancing(RefinancingAsked(**told), self.today), self.household.currency)


class RentOrBuyCalculator(MoneyCalculator):
    """A home to buy beside one to rent."""

    kind = "rent_or_buy"
    title, first_field, form_class = _("Rent or buy"), "price", RentOrBuyForm

    def ask(self, told: Mapping[str, Any]) -> Told:
        """Put it to the engine."""
        return rent_or_buy_lines(ask_rent_or_buy(told, self.today), self.household.currency, self.today)
