"""Calculators for clients: answered by the engine of their plan; what they like, they tell their advisor."""

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
from apps.clients.models import Household, Person
from apps.core.access import actor_of
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
from apps.plans.selectors.calculations import told_calculations
from apps.plans.selectors.savings_facts import Known, education_start, known_of, retirement_people, retirement_start
from apps.plans.selectors.savings_facts import students as students_of
from apps.plans.selectors.savings_pages import savings_ground, savings_sheet
from apps.plans.selectors.savings_values import EducationAsked, Place, RetirementAsked, SavingsTold
from apps.plans.services.saved_savings import yearly_cost
from apps.plans.services.savings import ask_education, ask_retirement
from apps.plans.services.wishes import WishDetails, propose_wish
from apps.portal.forms import EducationForm, RetirementForm, TellForm
from apps.portal.selectors.calculators import asked_with, language, sentence_of, wish_of
from apps.portal.views._page import MemberMixin, PortalPage


class CalculatorsView(PortalPage):
    """GET all calculators, and what was told of them."""

    template_name = "portal/calculators.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was told."""
        told = told_calculations(self.member.household, actor_of(self.request))
        return super().get_context_data(told=told, **kwargs)


class SavingsMixin(MemberMixin):
    """One calculator; the address holds what was said, sealed."""

    kind: ClassVar[str]
    first_field: ClassVar[str]
    answers: ClassVar[type[Any]]

    def people(self, household: Household) -> list[Person]:
        """Return for whom it may be asked."""
        raise NotImplementedError

    def start(self, known: Known) -> dict[str, Any]:
        """Return what it begins with."""
        raise NotImplementedError

    def ask(self, whole: dict[str, Any], place: Place) -> SavingsTold:
        """Put it to the engine."""
        raise NotImplementedError

    @cached_property
    def said(self) -> QueryDict:
        """What was said, as the address holds it."""
        return typed_in(self.request)

    @cached_property
    def today(self) -> dt.date:
        """The firm's day."""
        return firm_today()

    @cached_property
    def whom(self) -> Person | None:
        """For whom it is asked: who the address names, else who reads, else the first."""
        people = self.people(self.member.household)
        named = [person for person in people if str(person.public_id) == self.said.get("person")]
        return next(iter([*named, *(each for each in people if each == self.member.person), *people]), None)

    @cached_property
    def begun(self) -> dict[str, Any]:
        """What it begins with."""
        return self.start(known_of(self.member.household, self.today, actor_of(self.request)))

    @cached_property
    def answered(self) -> tuple[Any, SavingsTold | None]:
        """The questions as they were answered, and the answer where all of it makes sense."""
        if isinstance(self.said, UnreadableWords):
            return emptied(self.answers), None
        form = self.answers(self.said if self.first_field in self.said else self.begun)
        if not form.is_valid():
            return form, None
        household = self.member.household
        place = Place(self.today, household.currency, household.state)
        shares = ("equity_share", "target", "cost_growth")
        try:
            return form, self.ask(asked_with(self.begun, form.cleaned_data, shares), place)
        except DomainError as refusal:
            told = shown(refusal)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return form, None

    def words(self) -> dict[str, str]:
        """Return what is asked, typed or begun with, and for whom."""
        whom = {"person": str(self.whom.public_id)} if self.whom else {}
        return {**form_words(self.answered[0]), **whom}

    def address(self, name: str, **more: str) -> str:
        """Return a page's address with what was said."""
        return typed_address(reverse(f"portal:{name}"), self.said, **more)


class SavingsView(SavingsMixin, TypedMixin, PortalPage):
    """GET the questions with the answer."""

    def check_typed(self) -> None:
        """Look for the household. Raises NotFoundError."""
        _ = self.member

    def get_template_names(self) -> list[str]:
        """Answer the chart's question for its ground with the panel alone."""
        return [f"portal/savings_{'ground' if 'how' in self.request.GET else 'calculator'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add questions and answer."""
        form, told = self.answered
        context: dict[str, Any] = {"form": form, "kind": self.kind, "whom": self.whom, "today": self.today}
        # of two who retire both are asked on one page
        context["people"] = self.people(self.member.household) if self.kind == "education" else []
        if told is not None:
            context |= {"sheet": savings_sheet(told, self.today), "ground": savings_ground(told, self.today)}
            context["tell_url"] = typed_address(reverse(f"portal:{self.kind}-tell"), self.words())
            context["ground_url"] = self.address(self.kind, how="1")
        return super().get_context_data(**context, **kwargs)


class TellView(SavingsMixin, ServiceFormView):
    """GET the sentence that the advisor would read, POST to send it."""

    template_name = "portal/savings_tell.html"
    form_class = TellForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead back to the questions, which say what is wrong, where there is no answer."""
        is_answered = self.answered[1] is not None
        return super().get(request, *args, **kwargs) if is_answered else redirect(self.address(self.kind))

    def sentence(self) -> tuple[SavingsTold, str]:
        """Return the answer and its sentence. Raises InvalidInputError where there is none."""
        told = self.answered[1]
        if told is None:
            raise InvalidInputError(
                gettext_noop("There is no calculation to save."), mend=gettext_noop("Go back to the calculator.")
            )
        return told, sentence_of(told, self.whom.first_name if self.whom else "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the sentence."""
        back, sentence = self.address(self.kind), self.sentence()[1]
        form_url = typed_address(self.request.path, {**self.words(), READ: reading([[sentence]])})
        context = {"sentence": sentence, "form_url": form_url, "calculator_url": back, "kind": self.kind}
        return super().get_context_data(**context, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Tell the advisor."""
        told, sentence = self.sentence()
        demand_read(self.said, self.first_field, reading([[sentence]]))
        note = form.cleaned_data["note"].strip()
        details = WishDetails(**wish_of(told, yearly_cost(told), self.whom))
        text = f"{sentence}\n{note}" if note else sentence
        propose_wish(person=self.member.person, text=text, language=language(), details=details, by=by)
        messages.success(self.request, _("Your advisor has it and will talk with you about it."))
        return reverse("portal:goals")


class RetirementMixin(SavingsMixin):
    """The time after work."""

    kind, first_field, answers = "retirement", "retirement_age", RetirementForm

    def people(self, household: Household) -> list[Person]:
        """Return the adults."""
        return retirement_people(household)

    def start(self, known: Known) -> dict[str, Any]:
        """Return the household's own facts."""
        return retirement_start(known, self.whom, self.today)

    def ask(self, whole: dict[str, Any], place: Place) -> SavingsTold:
        """Put it to the engine."""
        return ask_retirement(RetirementAsked(**whole), place, by=actor_of(self.request))


class EducationMixin(SavingsMixin):
    """A study."""

    kind, first_field, answers = "education", "start_age", EducationForm

    def people(self, household: Household) -> list[Person]:
        """Return the children."""
        return students_of(household, self.today)

    def start(self, known: Known) -> dict[str, Any]:
        """Return the household's own facts."""
        return education_start(known, self.whom, self.today)

    def ask(self, whole: dict[str, Any], place: Place) -> SavingsTold:
        """Put it to the engine."""
        return ask_education(EducationAsked(**whole), place, by=actor_of(self.request))


class RetirementView(RetirementMixin, SavingsView):
    """GET the retirement calculator."""


class EducationView(EducationMixin, SavingsView):
    """GET the education calculator."""


class TellRetirement(RetirementMixin, TellView):
    """Tell the advisor about a retirement."""


class TellEducation(EducationMixin, TellView):
    """Tell the advisor about a study."""
