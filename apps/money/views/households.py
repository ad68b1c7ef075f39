"""A household's money: the tab, its facts, its bank entries."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView, TemplateView

from apps.accounts.policies import Permission
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.money.forms import FACT_FORMS, FACT_TITLES, CategoryForm, kind_of
from apps.money.models import Category, FactOfHousehold
from apps.money.selectors.pages import bank_entries, bank_entry_for, fact_for, money_page
from apps.money.selectors.suggestions import waiting_suggestions
from apps.money.services.categories import categorise_entry
from apps.money.services.facts import FACT_KINDS, add_fact, change_fact, remove_fact


def kind_in(kwargs: dict[str, Any]) -> str:
    """Return the kind of fact in the address; an unknown one is not found."""
    kind = str(kwargs["kind"])
    if kind not in FACT_KINDS:
        raise Http404
    return kind


def tab_of(household: Household) -> str:
    """Return the address of the household's money tab."""
    return reverse("money:household-money", kwargs={"household_id": household.public_id})


class HouseholdMoneyView(RequiresMixin, TemplateView):
    """The money tab of a household."""

    permission = Permission.VIEW_FINANCES
    template_name = "staff/money/household_money.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put balance sheet, cash flow and facts into the page."""
        actor = actor_of(self.request)
        household = household_for(actor, self.kwargs["household_id"])
        return super().get_context_data(
            household=household,
            header=household_header(household, actor),
            page=money_page(household, timezone.localdate()),
            may_edit=actor.can(Permission.EDIT_HOUSEHOLDS),
            may_import=actor.can(Permission.IMPORT_FILES),
            kinds=FACT_TITLES.items(),
            suggestions=waiting_suggestions(household, actor),
            **kwargs,
        )


class FactNewView(ServiceFormView):
    """Add a fact of one kind."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/money/fact_form.html"

    @cached_property
    def household(self) -> Household:
        """The household of the address."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    def get_form_class(self) -> Any:
        """Return the form of the kind in the address."""
        return FACT_FORMS[kind_in(self.kwargs)]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the people and accounts of the household."""
        return {**super().get_form_kwargs(), "household": self.household}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page."""
        title = FACT_TITLES[kind_in(self.kwargs)]
        return super().get_context_data(
            household=self.household, title=title, back_url=tab_of(self.household), **kwargs
        )

    def perform(self, form: Any, by: Actor) -> str:
        """Add it and go back to the tab."""
        add_fact(kind=kind_in(self.kwargs), household=self.household, fields=form.cleaned_data, by=by)
        return tab_of(self.household)


class FactEditView(ServiceFormView):
    """Change a fact."""

    permission = Permission.EDIT_HOUSEHOLDS
    template_name = "staff/money/fact_form.html"

    @cached_property
    def fact(self) -> FactOfHousehold:
        """The fact of the address."""
        return fact_for(actor_of(self.request), FACT_KINDS[kind_in(self.kwargs)], self.kwargs["fact_id"])

    def get_form_class(self) -> Any:
        """Return the form of the fact's kind."""
        return FACT_FORMS[kind_of(self.fact)]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start from what is known."""
        return {**super().get_form_kwargs(), "household": self.fact.household, "instance": self.fact}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page."""
        household = self.fact.household
        context = {"household": household, "title": self.fact.name, "fact": self.fact, "kind": self.kwargs["kind"]}
        return super().get_context_data(back_url=tab_of(household), **context, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Change it and go back to the tab."""
        change_fact(fact=self.fact, fields=form.cleaned_data, by=by)
        return tab_of(self.fact.household)


class FactRemoveView(ActionView):
    """POST: remove a fact that is no more."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = _("Removed; its history stays on the trail.")

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Remove it and go back to the tab."""
        fact = fact_for(by, FACT_KINDS[kind_in(self.kwargs)], self.kwargs["fact_id"])
        remove_fact(fact=fact, by=by)
        return tab_of(fact.household)


class EntryListView(RequiresMixin, ListView):  # type: ignore[type-arg]
    """Entries of the household's bank and card accounts."""

    permission = Permission.VIEW_FINANCES
    template_name = "staff/money/entry_list.html"
    paginate_by = 50

    def get_queryset(self) -> Any:
        """Filter as the address says."""
        self.household = household_for(actor_of(self.request), self.kwargs["household_id"])
        asked = self.request.GET
        return bank_entries(self.household, asked.get("category", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page, offer categories."""
        may_edit = actor_of(self.request).can(Permission.EDIT_HOUSEHOLDS)
        context = super().get_context_data(may_edit=may_edit, asked=self.request.GET, **kwargs)
        head = {"household": self.household, "back_url": tab_of(self.household)}
        return {**context, **head, "categories": Category.choices}


class EntryCategoryView(ActionView):
    """POST: say what an entry was for."""

    permission = Permission.EDIT_HOUSEHOLDS
    success_message = _("The category is kept.")

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Keep the category and go back."""
        form = CategoryForm(request.POST)
        form.is_valid()
        entry = bank_entry_for(by, self.kwargs["entry_id"])
        categorise_entry(entry=entry, category=form.cleaned_data.get("category", ""), by=by)
        return ""
