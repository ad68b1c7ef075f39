"""Calculations that were kept, and what a calculator begins with and says: for the pages of staff and clients."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.policies import Permission
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import date_text, money_text, number_text, percent_text
from apps.core.typed import typed_address
from apps.kernel.money import Money
from apps.money.models import Debt
from apps.money.selectors.calculators import AnswerLine, Told, loan_start
from apps.plans.models import Calculation, CalculationUse, CalculatorKind, Goal, PlanStep
from apps.plans.models.plan import IN_THE_WORKS, PlanStatus
from apps.plans.selectors.calculators import tax_facts_of, tax_sheet
from apps.plans.selectors.figures import Figure

_SHOWN = 20
PAGES: dict[str, str] = {
    CalculatorKind.TAX: "plans:tax-calculator",
    CalculatorKind.LOAN: "money:loan-calculator",
    CalculatorKind.REFINANCING: "money:refinancing-calculator",
    CalculatorKind.RENT_OR_BUY: "money:rent-or-buy",
    CalculatorKind.INTEREST: "money:interest-calculator",
}


@dataclass(frozen=True, slots=True)
class Words:
    """A calculation as it was typed, and the lines of its answer as they were read: label and text."""

    asked: Mapping[str, str]
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Became:
    """What was made of a calculation: what kind of thing, its name now, and its page for who may change it.

    `is_there` is False where it is no more; `is_given` says of a goal that its version was given to the client.
    """

    what: str
    name: str = ""
    url: str = ""
    is_there: bool = False
    is_given: bool = False


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A calculation that a client told, and what became of it."""

    calculation: Calculation
    became: Became | None


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A calculation that was kept, with the address of its calculator as it was asked; one that a client told waits."""

    calculation: Calculation
    title: str
    is_waiting: bool
    url: str
    became: Became | None = None


def kept_calculations(household: Household, actor: Actor) -> list[KeptLine]:
    """Return the household's calculations that the actor may see: all that wait, then the newest of the others."""
    rows = _kept(household, actor)
    made = _made_of(household, rows, actor)
    return [
        KeptLine(
            calculation=row,
            became=made.get(row.pk),
            title=str(row.get_kind_display()),
            is_waiting=bool(row.person_id and not row.settled_at),
            url=typed_address(reverse(PAGES[row.kind], kwargs={"household_id": household.public_id}), row.asked),
        )
        for row in rows
    ]


def _made_of(household: Household, rows: Sequence[Calculation], actor: Actor) -> dict[int, Became]:
    """Find what calculations became, by the row: one query for each kind of thing."""
    found: dict[tuple[str, uuid.UUID], Became] = {}
    ids: dict[str, list[uuid.UUID]] = {}
    may_edit = actor.can(Permission.EDIT_PLANS)
    for row in rows:
        if row.became_id is not None:
            ids.setdefault(row.became, []).append(row.became_id)
    for debt in Debt.objects.filter(household=household, public_id__in=ids.get(CalculationUse.DEBT, ())):
        url = reverse("money:fact-edit", kwargs={"kind": "debt", "fact_id": debt.public_id})
        may_change = actor.can(Permission.EDIT_HOUSEHOLDS)
        name = debt.name if actor.can(Permission.VIEW_FINANCES) else ""
        found[CalculationUse.DEBT, debt.public_id] = Became("", name, url if may_change else "", is_there=True)
    goals = Goal.objects.filter(plan__household=household, public_id__in=ids.get(CalculationUse.GOAL, ()))
    # a draft that was discarded took its goals with it
    for goal in goals.select_related("plan").exclude(plan__status=PlanStatus.SUPERSEDED, plan__published_at=None):
        # a goal of a version that was given on is read there, not changed
        url, is_given = reverse("plans:household-plan", kwargs={"household_id": household.public_id}), True
        if goal.plan.status in IN_THE_WORKS:
            is_given = False
            if may_edit:
                url = reverse("plans:goal-edit", kwargs={"plan_id": goal.plan.public_id, "goal_id": goal.public_id})
        found[CalculationUse.GOAL, goal.public_id] = Became("", goal.name, url, is_there=True, is_given=is_given)
    for step in PlanStep.objects.filter(household=household, public_id__in=ids.get(CalculationUse.STEP, ())):
        url = reverse("plans:step-edit", kwargs={"step_id": step.public_id})
        found[CalculationUse.STEP, step.public_id] = Became("", step.words, url if may_edit else "", is_there=True)
    return {
        row.pk: replace(
            found.get((row.became, row.became_id), Became("")) if row.became_id else Became(""),
            what=str(row.get_became_display()),
        )
        for row in rows
        if row.became
    }


def _kept(household: Household, actor: Actor) -> list[Calculation]:
    rows = Calculation.objects.visible_to(actor).filter(household=household).select_related("person")
    waiting = rows.waiting()
    return [*waiting, *rows.exclude(pk__in=waiting.values("pk"))[:_SHOWN]]


def told_calculations(household: Household, actor: Actor) -> list[ToldLine]:
    """Return what clients of the household told of calculations: all that wait, then the newest others."""
    rows = [row for row in _kept(household, actor) if row.person_id is not None]
    made = _made_of(household, rows, actor)
    return [ToldLine(row, made.get(row.pk)) for row in rows]


def begun_with(kind: str, household: Household, on: dt.date) -> dict[str, Any]:
    """Return the household's own facts as a calculator asks them; rates in per cent."""
    if kind == CalculatorKind.TAX:
        return tax_facts_of(household, on)
    if kind not in {CalculatorKind.LOAN, CalculatorKind.REFINANCING}:
        return {}
    debt = loan_start(household, on)
    if kind == CalculatorKind.LOAN:
        return debt
    old = {"owed": debt["principal"], "old_rate": debt["annual_rate"], "old_years": debt["years"]}
    return {**old, "new_years": debt["years"]}


def tax_lines(told: Any, currency: str) -> Told:
    """Tell a year's taxes in lines (`services.calculators.TaxTold`)."""
    sheet = tax_sheet(told.answer, currency)
    head = [_line(figure) for figure in (sheet.total, sheet.share, sheet.kept, sheet.bracket, sheet.room)]
    lines = [replace(head[0], is_main=True), *head[1:], *(_line(line.figure) for line in sheet.lines)]
    method = _("Federal law of %(year)s: %(source)s.") % {"year": told.federal_year, "source": told.federal_source}
    if told.state_name:
        method += " " + _("Taxes of %(state)s.") % {"state": told.state_name}
    return Told(tuple(lines), method)


def _line(figure: Figure) -> AnswerLine:
    value = figure.value
    shown = Decimal(repr(value)) if isinstance(value, float) else value
    return AnswerLine(figure.label, shown, figure.kind, figure.style)


def words_of(told: Told, typed: Mapping[str, Any]) -> Words:
    """Return an answer as it is read, with what was typed as words."""
    lines = tuple((str(line.label), _text(line)) for line in told.lines)
    return Words({name: "" if value is None else str(value) for name, value in typed.items()}, lines)


def _text(line: AnswerLine) -> str:
    if line.day is not None:
        return date_text(line.day)
    value = line.value
    if value is None:
        return "—"
    if isinstance(value, Money):
        return money_text(value, style=line.style or "whole")
    if line.kind == "percent":
        return percent_text(value, int(line.style) if line.style.isdigit() else 1)
    return number_text(value, 0)
