"""Calculations that staff keep on a household, and those that clients told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.accounts.policies import Permission
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.clients.selectors.household_pages import household_for, household_header
from apps.core.access import actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.typed import (
    READ,
    UnreadableWords,
    demand_read,
    emptied,
    form_words,
    reading,
    typed_address,
    typed_in,
)
from apps.core.views import ActionView, ServiceFormView
from apps.kernel.errors import DomainError, InvalidInputError, NotFoundError, gettext_noop
from apps.money.selectors.calculators import Told
from apps.plans.forms.calculations import CALCULATORS, FIRST, KeepForm, start_of
from apps.plans.models import Calculation, CalculatorKind
from apps.plans.selectors.calculations import PAGES, begun_with, words_of
from apps.plans.services.calculations import (
    BECOMES,
    DEBT,
    NOTE,
    Asked,
    Use,
    answer_of,
    keep_calculation,
    settle_calculation,
)
from apps.plans.services.calculators import law_choices


def calculator_form(kind: str, form_class: type[Form], data: Any) -> Any:
    """Return a calculator's form, empty for words that could not be read; that of taxes is told which law is known."""
    more: dict[str, Any] = {"law": law_choices()} if kind == CalculatorKind.TAX else {}
    return emptied(form_class, **more) if isinstance(data, UnreadableWords) else form_class(data, **more)


def answered(kind: str, form: Any, household: Household) -> Told | None:
    """Return the answer to a form; None where something is wrong, which then stands at its field."""
    if not form.is_valid():
        return None
    try:
        return answer_of(kind, form.cleaned_data, currency=household.currency, on=firm_today())
    except DomainError as refusal:
        told = shown(refusal)
        form.add_error(told.field if told.field in form.fields else None, told.sentence)
        return None


def asked_of(kind: str, form: Any, told: Told) -> Asked:
    """Return a calculation as services take it."""
    return Asked(kind, form.cleaned_data, words_of(told, form_words(form)))


def demanded(told: Told | None) -> Told:
    """Return the answer. Raises InvalidInputError where there is none."""
    if told is None:
        raise InvalidInputError(
            gettext_noop("There is no calculation to save."), mend=gettext_noop("Go back to the calculator.")
        )
    return told


class KeepCalculation(ServiceFormView):
    """GET what a calculation says and can become, POST to keep it; the address holds what was typed, sealed."""

    permission = Permission.EDIT_PLANS
    template_name = "staff/plans/calculation_keep.html"
    form_class = KeepForm
    kind: ClassVar[str] = ""

    @cached_property
    def household(self) -> Household:
        """The household of the address, as far as the person may see it."""
        return household_for(actor_of(self.request), self.kwargs["household_id"])

    @cached_property
    def asked(self) -> tuple[Any, Told | None]:
        """The calculator's form and its answer."""
        typed, form_class = typed_in(self.request), CALCULATORS[self.kind]
        begun: Mapping[str, Any] = typed
        if FIRST[CalculatorKind(self.kind)] not in typed and not isinstance(typed, UnreadableWords):
            begun = start_of(form_class, begun_with(self.kind, self.household, firm_today()))
        form = calculator_form(self.kind, form_class, begun)
        return form, answered(self.kind, form, self.household)

    def address(self) -> str:
        """Return the calculator's address, as it was asked."""
        page = reverse(PAGES[self.kind], kwargs={"household_id": self.household.public_id})
        return typed_address(page, typed_in(self.request))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead back to the calculator, which says what is wrong, where there is nothing to keep."""
        back = self.address()
        return super().get(request, *args, **kwargs) if self.asked[1] is not None else redirect(back)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer what this calculator's answer can become, as far as the person may."""
        other = BECOMES.get(CalculatorKind(self.kind))
        if other == DEBT and not actor_of(self.request).can(Permission.EDIT_HOUSEHOLDS):
            other = None
        return {**super().get_form_kwargs(), "can_become": [NOTE, other] if other else [NOTE]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the answer."""
        calculator, told, household = self.asked[0], demanded(self.asked[1]), self.household
        read = {**form_words(calculator), READ: reading(asked_of(self.kind, calculator, told).words.lines)}
        return super().get_context_data(
            household=household,
            header=household_header(household, actor_of(self.request)),
            title=CalculatorKind(self.kind).label,
            told=told,
            today=firm_today(),
            back_url=self.address(),
            form_url=typed_address(self.request.path, read),
            **kwargs,
        )

    def perform(self, form: Any, by: Actor) -> str:
        """Keep it."""
        calculator, told = self.asked
        asked = asked_of(self.kind, calculator, demanded(told))
        demand_read(typed_in(self.request), FIRST[CalculatorKind(self.kind)], reading(asked.words.lines))
        keep_calculation(household=self.household, asked=asked, use=Use(**form.cleaned_data), by=by)
        messages.success(self.request, _("The calculation is kept on the household."))
        return reverse("plans:household-calculators", kwargs={"household_id": self.household.public_id})


class SettleCalculation(ActionView):
    """POST: what a client calculated was talked about."""

    permission = Permission.EDIT_PLANS

    def perform(self, request: HttpRequest, by: Actor) -> str:  # noqa: ARG002 - the frame's signature
        """Note it and go back to the calculators."""
        calculation = calculation_for(by, self.kwargs["calculation_id"])
        settle_calculation(calculation=calculation, by=by)
        household = calculation.household
        return reverse("plans:household-calculators", kwargs={"household_id": household.public_id})


def calculation_for(actor: Actor, public_id: uuid.UUID) -> Calculation:
    """Return a calculation the actor may see. Raises NotFoundError."""
    rows = Calculation.objects.visible_to(actor).filter(public_id=public_id).select_related("household")
    found = rows.first()
    if found is None:
        raise NotFoundError(
            gettext_noop("There is no such calculation."), mend=gettext_noop("Go back to the household.")
        )
    return found
