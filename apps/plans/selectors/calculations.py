"""Calculations that were kept, and what a calculator begins with and says: for the pages of staff and clients."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import date_text, money_text, number_text, percent_text
from apps.core.typed import typed_address
from apps.kernel.money import Money
from apps.money.selectors.calculators import AnswerLine, Told, loan_start
from apps.plans.models import Calculation, CalculatorKind
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
class KeptLine:
    """A calculation that was kept, with the address of its calculator as it was asked; one that a client told waits."""

    calculation: Calculation
    title: str
    is_waiting: bool
    url: str


def kept_calculations(household: Household, actor: Actor) -> list[KeptLine]:
    """Return the household's calculations that the actor may see: all that wait, then the newest of the others."""
    return [
        KeptLine(
            calculation=row,
            title=str(row.get_kind_display()),
            is_waiting=bool(row.person_id and not row.settled_at),
            url=typed_address(reverse(PAGES[row.kind], kwargs={"household_id": household.public_id}), row.asked),
        )
        for row in _kept(household, actor)
    ]


def _kept(household: Household, actor: Actor) -> list[Calculation]:
    rows = Calculation.objects.visible_to(actor).filter(household=household).select_related("person")
    waiting = rows.waiting()
    return [*waiting, *rows.exclude(pk__in=waiting.values("pk"))[:_SHOWN]]


def told_calculations(household: Household, actor: Actor) -> list[Calculation]:
    """Return what clients of the household told of calculations: all that wait, then the newest others."""
    return [row for row in _kept(household, actor) if row.person_id is not None]


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
