"""What a client suggests of their money: read with what is held, accepted or declined."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.accounts.policies import Permission
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.views import ServiceFormView
from apps.money.forms import FACT_FORMS, FACT_TITLES, DeclineSuggestionForm, shown_text, texts_of
from apps.money.models import FactOfHousehold, FactSuggestion, SuggestedAction, SuggestionState
from apps.money.selectors.suggestions import ChangedLine, fact_of, is_stale, suggestion_for
from apps.money.services.suggestions import Accepted, accept_suggestion, decline_suggestion
from apps.money.views.households import tab_of


class SuggestionMixin(ServiceFormView):
    """One suggestion, with the fact that it is about."""

    permission = Permission.EDIT_HOUSEHOLDS

    @cached_property
    def suggestion(self) -> FactSuggestion:
        """The suggestion of the address."""
        return suggestion_for(actor_of(self.request), self.kwargs["suggestion_id"])

    @cached_property
    def fact(self) -> FactOfHousehold | None:
        """The fact as it is now."""
        return fact_of(self.suggestion)

    @cached_property
    def held(self) -> Any:
        """The form of the fact as it is now, an empty one where it is no more or not yet."""
        row = self.suggestion
        more = {"instance": self.fact} if self.fact else {}
        return FACT_FORMS[row.kind](household=row.household, **more)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add before, now and after."""
        row = self.suggestion
        now = texts_of(self.held) if self.fact else {}
        return super().get_context_data(
            suggestion=row,
            household=row.household,
            title=FACT_TITLES[row.kind],
            fact=self.fact,
            lines=self._lines(now),
            is_open=row.state == SuggestionState.WAITING,
            is_gone=row.action != SuggestedAction.ADD and self.fact is None,
            is_stale=row.state == SuggestionState.WAITING and is_stale(row, now),
            back_url=tab_of(row.household),
            **kwargs,
        )

    def _lines(self, now: dict[str, str]) -> list[ChangedLine]:
        row, form = self.suggestion, self.held
        after = row.after if row.action != SuggestedAction.REMOVE else {}

        def shown(texts: dict[str, str], name: str) -> str:
            return shown_text(form, name, texts[name]) if name in texts else "—"

        lines = [
            ChangedLine(str(form[name].label), shown(row.before, name), shown(now, name), shown(after, name))
            for name in form.fields
        ]
        return [line for line in lines if line.is_changed or line.is_stale]


class AcceptView(SuggestionMixin):
    """GET what is suggested, POST to accept it, corrected where need be."""

    template_name = "staff/money/suggestion.html"

    def get_form_class(self) -> Any:
        """Return the form of the fact."""
        return FACT_FORMS[self.suggestion.kind]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with what is suggested; a removal is accepted as the fact is."""
        row = self.suggestion
        told = super().get_form_kwargs()
        told |= {"household": row.household} | ({"instance": self.fact} if self.fact else {})
        if row.action == SuggestedAction.REMOVE:
            return {**told, "data": texts_of(self.held), "files": None} if "data" in told else told
        return told | {"initial": {name: text for name, text in row.after.items() if text}}

    def get_form(self, form_class: Any = None) -> Any:
        """Show the suggested text in each field; a bound form says what was sent."""
        form = super().get_form(form_class)
        if not form.is_bound and self.suggestion.action != SuggestedAction.REMOVE:
            return self.get_form_class()(
                data=self.suggestion.after, household=self.suggestion.household, instance=self.fact
            )
        return form

    def perform(self, form: Any, by: Actor) -> str:
        """Accept it and go back to the tab."""
        accepted = Accepted(form.cleaned_data, texts_of(form), self._seen_at())
        accept_suggestion(suggestion=self.suggestion, accepted=accepted, by=by)
        messages.success(self.request, _("Accepted: what we hold says it now."))
        return tab_of(self.suggestion.household)

    def _seen_at(self) -> dt.datetime | None:
        try:
            return parse_datetime(self.request.POST.get("seen_at", ""))
        except ValueError:
            return None


class DeclineView(SuggestionMixin):
    """GET: why not; POST to leave the fact as it is."""

    template_name = "staff/money/suggestion_decline.html"
    form_class = DeclineSuggestionForm

    def perform(self, form: Any, by: Actor) -> str:
        """Decline it and go back to the tab."""
        decline_suggestion(suggestion=self.suggestion, reason=form.cleaned_data["reason"], by=by)
        messages.success(self.request, _("Declined; the client reads why."))
        return tab_of(self.suggestion.household)
