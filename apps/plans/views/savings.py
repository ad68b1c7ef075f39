"""Retirement and education calculators: answered while one types, kept only when they are saved to the plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household, Person
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.typed import TypedMixin, emptied, typed_address
from apps.core.views import ServiceFormView
from apps.kernel.errors import DomainError, InvalidInputError, gettext_noop
from apps.plans.forms.savings import EducationForm, RetirementForm, SaveGoalForm
from apps.plans.models import GoalKind, GoalPriority, Plan
from apps.plans.selectors.calculations import kept_calculations
from apps.plans.selectors.savings_facts import (
    education_start,
    goal_there,
    known_of,
    retirement_people,
    retirement_start,
    students,
)
from apps.plans.selectors.savings_pages import saved_name, savings_ground, savings_sheet, shown_cost
from apps.plans.selectors.savings_values import EducationAsked, Place, RetirementAsked, SavingsTold, typed_of
from apps.plans.services.saved_savings import SavedDetails, more_a_month, save_savings, yearly_cost
from apps.plans.services.savings import ask_education, ask_retirement
from apps.plans.views.addresses import tab_of


class CalculatorMixin(RequiresMixin):
    """Whose calculator it is: a household's, or nobody's."""

    permission = Permission.VIEW_PLANS
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def household(self) -> Household | None:
        """The household of the address, as far as the person may see it."""
        asked = self.kwargs.get("household_id")
        return household_for(actor_of(self.request), asked) if asked else None

    @cached_property
    def today(self) -> dt.date:
        """The firm's day."""
        return firm_today()

    def framed(self, **context: Any) -> dict[str, Any]:
        """Add the page's frame."""
        household = self.household
        if household is None:
            return {"frame": "staff/plans/_calculators_frame.html", "household": None, **context}
        header = household_header(household, actor_of(self.request))
        return {"frame": "staff/_household.html", "household": household, "header": header, **context}


class CalculatorList(CalculatorMixin, TemplateView):
    """All calculators in one place."""

    template_name = "staff/plans/calculators.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the frame, and what was kept and told."""
        actor, household = actor_of(self.request), self.household
        kept = kept_calculations(household, actor) if household else []
        may_edit = actor.can(Permission.EDIT_PLANS)
        return super().get_context_data(**self.framed(kept=kept, may_edit=may_edit, **kwargs))


class SavingsCalculator(CalculatorMixin, TypedMixin, TemplateView):
    """One calculator; the address holds what was typed, sealed."""

    kind: ClassVar[str]
    first_field: ClassVar[str]
    form_class: ClassVar[type[Any]]

    def get_template_names(self) -> list[str]:
        """Answer the chart's question for its ground with the panel alone."""
        return [f"staff/plans/savings_{'ground' if 'how' in self.request.GET else 'calculator'}.html"]

    def people(self, household: Household) -> list[Person]:
        """Return for whom it may be asked."""
        raise NotImplementedError

    def start(self, person: Person | None) -> dict[str, Any]:
        """Return what the form begins with."""
        raise NotImplementedError

    def ask(self, told: Mapping[str, Any]) -> SavingsTold:
        """Put what was typed to the engine."""
        raise NotImplementedError

    @cached_property
    def person(self) -> Person | None:
        """For whom it is asked: who the address names, else the first."""
        people = self.people(self.household) if self.household else []
        named = [person for person in people if str(person.public_id) == self.typed_words.get("person")]
        return next(iter(named or people), None)

    def check_typed(self) -> None:
        """Look for the household. Raises NotFoundError."""
        _ = self.household

    def place(self) -> Place:
        """Return where it is asked."""
        household = self.household
        return Place(self.today, household.currency, household.state) if household else Place(self.today)

    def typed(self) -> Any:
        """Return the form with what was typed, or with what it begins with; empty where that cannot be read."""
        if self.is_broken:
            return emptied(self.form_class)
        is_typed = self.first_field in self.typed_words
        return self.form_class(self.typed_words if is_typed else self.start(self.person))

    def said(self, told: SavingsTold) -> dict[str, str]:
        """Return what was asked, as it is typed again."""
        whom = {"person": str(self.person.public_id)} if self.person else {}
        return {**typed_of(told.asked), **whom}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form, and the answer where all that was typed makes sense."""
        form, context = self.typed(), self.framed(kind=self.kind, today=self.today, person=self.person)
        told = told_of(form, self.ask)
        if told is not None:
            context |= {"sheet": savings_sheet(told, self.today), "ground": savings_ground(told, self.today)}
            context["ground_url"] = typed_address(self.request.path, self.said(told), how="1")
            context["save_url"] = self.save_address(told)
        household = self.household
        context["people"] = self.people(household) if household else []
        return super().get_context_data(**context, form=form, **kwargs)

    def save_address(self, told: SavingsTold) -> str:
        """Return where the answer is saved; empty where it cannot be."""
        household = self.household
        if household is None or not actor_of(self.request).can(Permission.EDIT_PLANS):
            return ""
        page = reverse(f"plans:{self.kind}-save", kwargs={"household_id": household.public_id})
        return typed_address(page, self.said(told))


class RetirementCalculator(SavingsCalculator):
    """Whether what is saved lasts for the time after work."""

    kind, first_field, form_class = "retirement", "retirement_age", RetirementForm

    def people(self, household: Household) -> list[Person]:
        """Return the adults."""
        return retirement_people(household)

    def start(self, person: Person | None) -> dict[str, Any]:
        """Return the household's facts, or a round example."""
        known = known_of(self.household, self.today, actor_of(self.request)) if self.household else None
        return retirement_start(known, person, self.today)

    def ask(self, told: Mapping[str, Any]) -> SavingsTold:
        """Put it to the engine."""
        return ask_retirement(RetirementAsked(**told), self.place(), by=actor_of(self.request))


class EducationCalculator(SavingsCalculator):
    """Whether what is saved pays for a study."""

    kind, first_field, form_class = "education", "start_age", EducationForm

    def people(self, household: Household) -> list[Person]:
        """Return the children."""
        return students(household, self.today)

    def start(self, person: Person | None) -> dict[str, Any]:
        """Return the household's facts, or a round example."""
        known = known_of(self.household, self.today, actor_of(self.request)) if self.household else None
        return education_start(known, person, self.today)

    def ask(self, told: Mapping[str, Any]) -> SavingsTold:
        """Put it to the engine."""
        return ask_education(EducationAsked(**told), self.place(), by=actor_of(self.request))


class SaveSavings(CalculatorMixin, ServiceFormView):
    """GET what a calculation would bring into the plan, POST to take it; the address holds what was typed."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/savings_save.html"
    form_class = SaveGoalForm
    kind: ClassVar[str]
    calculator: ClassVar[type[SavingsCalculator]]

    @cached_property
    def page(self) -> SavingsCalculator:
        """The calculator behind the address."""
        page = self.calculator()
        page.setup(self.request, **self.kwargs)
        return page

    @cached_property
    def told(self) -> SavingsTold:
        """The answer to what was typed. Raises InvalidInputError where it makes no sense."""
        told = told_of(self.page.typed(), self.page.ask)
        if told is None:
            raise InvalidInputError(
                gettext_noop("There is no calculation to save."), mend=gettext_noop("Go back to the calculator.")
            )
        return told

    @cached_property
    def draft(self) -> Plan | None:
        """The version that it would enter."""
        plans = Plan.objects.visible_to(actor_of(self.request)).filter(household=self.household)
        return plans.in_the_works().prefetch_related("goals").first()

    def address(self) -> str:
        """Return the calculator's address, as it was asked. Raises NotFoundError for a household of others."""
        household = self.household
        page = reverse(f"plans:{self.kind}-calculator", kwargs={"household_id": household and household.public_id})
        return typed_address(page, self.page.typed_words)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead back to the calculator, which says what is wrong, where there is nothing to save."""
        back = self.address()
        is_asked = told_of(self.page.typed(), self.page.ask) is not None
        return super().get(request, *args, **kwargs) if is_asked else redirect(back)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Begin with the goal of the draft that it would change, else with the person it was asked for."""
        person, kind = self.page.person, GoalKind(self.kind)
        there = goal_there(self.draft, kind, person)
        begun = {
            "name": saved_name(self.told, person.first_name if person and self.kind == "education" else ""),
            "priority": GoalPriority.ESSENTIAL if self.kind == "retirement" else GoalPriority.IMPORTANT,
            "person": person.public_id if person else None,
        }
        if there is not None:
            begun |= {"name": there.name, "priority": there.priority}
        if there is not None and self.kind == "education" and there.person_id is None:
            begun["person"] = None
        people = Person.objects.visible_to(actor_of(self.request)).filter(household=self.household)
        if self.kind == "retirement" and self.household is not None:
            people = people.filter(pk__in=[each.pk for each in retirement_people(self.household)])
        return {**super().get_form_kwargs(), "people": people, "initial": begun}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the answer and the draft that it would enter."""
        told = self.told
        currency = told.basis.currency
        context = self.framed(kind=self.kind, told=told, sheet=savings_sheet(told, self.today), draft=self.draft)
        context |= {"back_url": self.address(), "form_url": self.page.save_address(told), "today": self.today}
        context["cost"], context["more"] = shown_cost(yearly_cost(told), currency), more_a_month(told)
        return super().get_context_data(**context, **kwargs)

    def perform(self, form: Any, by: Actor) -> str:
        """Save it."""
        household = self.household
        assert household is not None  # noqa: S101
        details = SavedDetails(**form.cleaned_data, asked_for=self.page.person)
        goal = save_savings(household=household, told=self.told, details=details, by=by)
        messages.success(self.request, _("The goal is in the plan. Generate the plan to see what it does."))
        return tab_of(goal.plan, "goals")


class SaveRetirement(SaveSavings):
    """Save a retirement calculation."""

    kind, calculator = "retirement", RetirementCalculator


class SaveEducation(SaveSavings):
    """Save an education calculation."""

    kind, calculator = "education", EducationCalculator


def told_of(form: Any, ask: Callable[[Mapping[str, Any]], SavingsTold]) -> SavingsTold | None:
    """Return the answer to a form; None where something is wrong, which then stands at its field."""
    if not form.is_valid():
        return None
    try:
        return ask(form.cleaned_data)
    except DomainError as refusal:
        told = shown(refusal)
        form.add_error(told.field if told.field in form.fields else None, told.sentence)
        return None
