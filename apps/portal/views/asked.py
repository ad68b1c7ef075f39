"""Calculators of taxes, loans and homes for clients; what they find they tell their advisor."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.typed import (
    READ,
    TypedMixin,
    UnreadableWords,
    demand_read,
    emptied,
    form_words,
    reading,
    typed_address,
    typed_in,
)
from apps.core.views import ServiceFormView
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.money.selectors.calculators import Told
from apps.plans.models import CalculatorKind
from apps.plans.selectors.calculations import begun_with, words_of
from apps.plans.services.calculations import Asked, answer_of, tell_calculation
from apps.plans.services.calculators import law_choices
from apps.portal.forms import CALCULATORS, FIRST, TITLES, TellForm, start_of
from apps.portal.views._page import MemberMixin, PortalPage


def said_in(form: Any) -> list[tuple[str, str]]:
    """Return what was entered: labels and values, a choice by its name; what was left empty is left out."""
    said = []
    for field in form:
        choices = {str(value): str(label) for value, label in getattr(field.field, "choices", ())}
        value = str(field.value() if field.value() is not None else "")
        if value:
            said.append((str(field.label), choices.get(value, value)))
    return said


class AskedMixin(MemberMixin):
    """One calculator; the address holds what was said, sealed."""

    kind: ClassVar[str] = ""

    @cached_property
    def said(self) -> QueryDict:
        """What was said, as the address holds it."""
        return typed_in(self.request)

    @cached_property
    def today(self) -> dt.date:
        """The firm's day."""
        return firm_today()

    @cached_property
    def answered(self) -> tuple[Any, Told | None]:
        """The questions as they were answered, and the answer where all of it makes sense."""
        household, form_class = self.member.household, CALCULATORS[self.kind]
        more: dict[str, Any] = {}
        if self.kind == CalculatorKind.TAX:
            more = {"law": law_choices()}
        if isinstance(self.said, UnreadableWords):
            return emptied(form_class, **more), None
        begun = {} if FIRST[self.kind] in self.said else begun_with(self.kind, household, self.today)
        data = self.said if FIRST[self.kind] in self.said else start_of(form_class, begun)
        form = form_class(data, **more)
        if not form.is_valid():
            return form, None
        try:
            return form, answer_of(self.kind, form.cleaned_data, currency=household.currency, on=self.today)
        except DomainError as refusal:
            told = shown(refusal)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return form, None

    def address(self, end: str = "", **more: str) -> str:
        """Return a page's address with what was said."""
        return typed_address(reverse(f"portal:{self.kind}{end}"), self.said, **more)


class AskView(AskedMixin, TypedMixin, PortalPage):
    """GET the questions with the answer."""

    def get_template_names(self) -> list[str]:
        """Answer the chart's question for its ground with the panel alone."""
        return ["staff/money/calculator_ground.html" if "how" in self.request.GET else "portal/calculator.html"]

    def check_typed(self) -> None:
        """Look for the household. Raises NotFoundError."""
        _ = self.member

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add questions and answer."""
        form, told = self.answered
        context: dict[str, Any] = {"form": form, "told": told, "today": self.today, "title": TITLES[self.kind]}
        tell = reverse(f"portal:{self.kind}-tell")
        context |= {"tell_url": typed_address(tell, form_words(form)), "ground_url": self.address(how="1")}
        return super().get_context_data(**context, **kwargs)


class TellCalculation(AskedMixin, ServiceFormView):
    """GET what the advisor would read, POST to send it."""

    template_name = "portal/calculator_tell.html"
    form_class = TellForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead back to the questions, which say what is wrong, where there is no answer."""
        is_answered = self.answered[1] is not None
        return super().get(request, *args, **kwargs) if is_answered else redirect(self.address())

    def demanded(self) -> Told:
        """Return the answer. Raises InvalidInputError where there is none."""
        told = self.answered[1]
        if told is None:
            raise InvalidInputError(
                gettext_noop("There is no calculation to save."), mend=gettext_noop("Go back to the calculator.")
            )
        return told

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was entered and the answer."""
        form, told = self.answered[0], self.demanded()
        context = {"asked": said_in(form), "told": told, "today": self.today, "title": TITLES[self.kind]}
        read = {**form_words(form), READ: reading(words_of(told, {}).lines)}
        context["form_url"] = typed_address(self.request.path, read)
        return super().get_context_data(**context, calculator_url=self.address(), **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Tell the advisor."""
        asked, told = self.answered[0], self.demanded()
        whole = Asked(self.kind, asked.cleaned_data, words_of(told, form_words(asked)))
        demand_read(self.said, FIRST[self.kind], reading(whole.words.lines))
        tell_calculation(person=self.member.person, asked=whole, note=form.cleaned_data["note"], by=by)
        messages.success(self.request, _("Your advisor has it and will talk with you about it."))
        return reverse("portal:calculators")
