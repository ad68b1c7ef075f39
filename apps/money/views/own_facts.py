"""A client's own facts in the portal: what the firm holds, and what they suggest instead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.clients.models import Household, Person
from apps.clients.selectors.portal_people import portal_person
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.views import ActionView, ServiceFormView
from apps.money.forms import FACT_FORMS, FACT_HELP, FACT_LISTS, FACT_TITLES, texts_of
from apps.money.models import FactOfHousehold, SuggestedAction
from apps.money.selectors.pages import fact_for
from apps.money.selectors.suggestions import OWN_KINDS, own_facts, suggestion_for, suggestions_of
from apps.money.services.suggestions import Suggested, suggest_fact, withdraw_suggestion


class OwnMixin(RequiresMixin):
    """A client of the firm, signed in."""

    permission = Permission.USE_PORTAL
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def person(self) -> Person:
        """Who reads."""
        return portal_person(actor_of(self.request))

    @property
    def household(self) -> Household:
        """Their household."""
        return self.person.household

    @cached_property
    def kind(self) -> str:
        """The kind of fact in the address; one that clients do not tell of is not found."""
        kind = str(self.kwargs["kind"])
        if kind not in OWN_KINDS:
            raise Http404
        return kind


class OwnFactsView(OwnMixin, TemplateView):
    """GET: what the firm holds, and what was suggested."""

    template_name = "portal/facts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add facts and suggestions."""
        found = own_facts(self.household)
        groups = [(kind, FACT_LISTS[kind], entries) for kind, entries in found if entries]
        others = [(kind, FACT_TITLES[kind]) for kind, entries in found if not entries]
        told = suggestions_of(self.household, actor_of(self.request))
        return super().get_context_data(household=self.household, groups=groups, others=others, told=told, **kwargs)


class SuggestView(OwnMixin, ServiceFormView):
    """GET the entry as it is held (or an empty one), POST what it should be."""

    template_name = "portal/fact_suggest.html"

    @cached_property
    def fact(self) -> FactOfHousehold | None:
        """The fact of the address; None where one is to be added. Raises NotFoundError."""
        fact_id = self.kwargs.get("fact_id")
        return fact_for(actor_of(self.request), OWN_KINDS[self.kind][0], fact_id) if fact_id else None

    def get_form_class(self) -> Any:
        """Return the form that staff use."""
        return FACT_FORMS[self.kind]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Start from what is held."""
        more = {"instance": self.fact} if self.fact else {}
        return {**super().get_form_kwargs(), "household": self.household, **more}

    def get_form(self, form_class: Any = None) -> Any:
        """Add a word to the advisor."""
        form = super().get_form(form_class)
        form.fields["note"] = forms.CharField(
            label=_("Anything to add?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False
        )
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Head the page."""
        context = {"household": self.household, "fact": self.fact, "kind": self.kind, "title": FACT_TITLES[self.kind]}
        context["help"] = FACT_HELP.get(self.kind, "")
        return super().get_context_data(**context, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Tell the advisor."""
        before = texts_of(FACT_FORMS[self.kind](instance=self.fact, household=self.household)) if self.fact else {}
        suggested = Suggested(
            kind=self.kind,
            action=SuggestedAction.CHANGE if self.fact else SuggestedAction.ADD,
            name=str(form.cleaned_data["name"]),
            fact_id=self.fact.public_id if self.fact else None,
            before=before,
            after=texts_of(form),
            note=form.cleaned_data["note"],
        )
        suggest_fact(person=self.person, suggested=suggested, by=by)
        messages.success(self.request, _("Your advisor has it. Nothing changes until they accept it."))
        return reverse("money:own-facts")


class SuggestRemovalView(OwnMixin, ActionView):
    """POST: an entry is no more."""

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Tell the advisor."""
        fact = fact_for(by, OWN_KINDS[self.kind][0], self.kwargs["fact_id"])
        before = texts_of(FACT_FORMS[self.kind](instance=fact, household=self.household))
        suggested = Suggested(self.kind, SuggestedAction.REMOVE, fact.name, fact.public_id, before)
        suggest_fact(person=self.person, suggested=suggested, by=by)
        messages.success(request, _("Your advisor has it. Nothing changes until they accept it."))
        return reverse("money:own-facts")


class WithdrawView(OwnMixin, ActionView):
    """POST: take a suggestion back."""

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Take it back."""
        withdraw_suggestion(suggestion=suggestion_for(by, self.kwargs["suggestion_id"]), by=by)
        messages.success(request, _("It is taken back."))
        return reverse("money:own-facts")
