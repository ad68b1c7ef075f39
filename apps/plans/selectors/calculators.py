"""What calculator pages show: facts to begin with, and the lines of an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.clients.models import Household, Relationship
from apps.kernel.money import Money
from apps.money.selectors.facts import IncomeFact, PersonFact
from apps.money.selectors.situations import household_facts
from apps.plans.engine.dependants import CHILD_CREDIT_AGE
from apps.plans.engine.tax_calculator import NextKind, TaxAnswer
from apps.plans.selectors.caveat_words import caveat_text
from apps.plans.selectors.figures import Figure
from apps.portfolios.models import TaxTreatment

_NOTHING = Decimal(0)
_NEXT: dict[NextKind, str | Promise] = {
    NextKind.WAGES: gettext_lazy("Wages"),
    NextKind.WITHDRAWAL: gettext_lazy("Taken out of a tax-deferred account"),
    NextKind.GAIN: gettext_lazy("Long-term gain"),
}
_EARNED, _PENSIONS = frozenset({"salary", "self_employment"}), frozenset({"pension", "rental", "other_taxable"})
_ADULTS = frozenset({Relationship.HEAD, Relationship.PARTNER})


@dataclass(frozen=True, slots=True)
class TaxLine:
    """One line of the year's taxes; `is_sum` closes a group."""

    figure: Figure
    is_sum: bool = False


@dataclass(frozen=True, slots=True)
class NextLine:
    """What the next 100 of a kind cost: the parts and the whole, as rates."""

    label: str
    federal: Figure
    payroll: Figure
    state: Figure
    rate: Figure


@dataclass(frozen=True, slots=True)
class TaxSheet:
    """A year's taxes as a page shows them; `room` is what fits into the bracket before the next one."""

    total: Figure
    share: Figure
    kept: Figure
    bracket: Figure
    room: Figure
    lines: tuple[TaxLine, ...]
    next_lines: tuple[NextLine, ...]


def tax_facts_of(household: Household, on: dt.date) -> dict[str, Any]:
    """Return the household's own facts as the tax calculator asks them, for the year of the day.

    Incomes that begin later or have ended are left out; benefits count where they are paid now.
    """
    facts = household_facts(household, on)
    adults = [person for person in facts.people if person.relationship in _ADULTS]
    paid = [income for income in facts.incomes if _is_paid(income, on)]
    supported = [age for person in facts.people if (age := _supported_age(person, on)) is not None]
    deferred = {account.key for account in facts.accounts if account.treatment == TaxTreatment.TAX_DEFERRED}
    own = [saving for saving in facts.savings if saving.account_key in deferred and not saving.is_by_employer]
    wages = [
        _sum(income for income in paid if income.kind in _EARNED and income.person_id == a.person_id) for a in adults
    ]
    ages = [None if a.date_of_birth is None else on.year - a.date_of_birth.year for a in adults]
    return {
        "year": on.year,
        "filing_status": facts.filing_status or ("joint" if len(adults) > 1 else "single"),
        "state": facts.state,
        "age_1": ages[0] if ages else None,
        "age_2": ages[1] if len(ages) > 1 else None,
        "wages_1": wages[0] if wages else _NOTHING,
        "wages_2": wages[1] if len(wages) > 1 else _NOTHING,
        "pre_tax": 12 * sum((saving.monthly_amount for saving in own), _NOTHING),
        "pensions": _sum(income for income in paid if income.kind in _PENSIONS),
        "benefits": _sum(income for income in paid if income.kind == "social_security"),
        "children": sum(age < CHILD_CREDIT_AGE for age in supported),
        "others": sum(age >= CHILD_CREDIT_AGE for age in supported),
    }


def _sum(incomes: Any) -> Decimal:
    return sum((income.annual_amount for income in incomes), _NOTHING)


def _is_paid(income: IncomeFact, on: dt.date) -> bool:
    return (income.starts_on is None or income.starts_on <= on) and (income.ends_on is None or income.ends_on >= on)


def _supported_age(person: PersonFact, on: dt.date) -> int | None:
    if person.relationship in _ADULTS or person.date_of_birth is None or person.supported_until is None:
        return None
    age = on.year - person.date_of_birth.year
    return age if age < person.supported_until else None


def tax_sheet(answer: TaxAnswer, currency: str) -> TaxSheet:
    """Return the answer in lines, dollars rounded to whole ones where they are shown."""

    def amount(value: Decimal | None, key: str, label: str) -> Figure:
        shown = None if value is None else Money(value, currency)
        return Figure(shown, "money", f"tax:{key}", label, "whole")

    def rate(value: Decimal | None, key: str, label: str) -> Figure:
        return Figure(value, "percent", f"tax:{key}", label)

    return TaxSheet(
        total=amount(answer.total, "total", _("All taxes of the year")),
        share=rate(answer.share, "share", _("Of all money in")),
        kept=amount(answer.received - answer.total, "kept", _("Left after taxes")),
        bracket=rate(answer.bracket.rate, "bracket", _("Federal bracket")),
        room=amount(answer.bracket.room, "room", _("Room before the next bracket")),
        lines=_lines(answer, amount),
        next_lines=tuple(
            NextLine(
                str(_NEXT[line.kind]),
                rate(line.federal, f"{line.kind}:federal", _("Federal")),
                rate(line.payroll, f"{line.kind}:payroll", _("Payroll")),
                rate(line.state, f"{line.kind}:state", _("State")),
                rate(line.rate, f"{line.kind}:rate", _("In all")),
            )
            for line in answer.next_money
        ),
    )


def told_caveats(messages: Sequence[tuple[str, Mapping[str, str]]]) -> tuple[str, ...]:
    """Return what is weaker than the law, in the reader's language."""
    return tuple(caveat_text(message, params) for message, params in messages)


def _lines(answer: TaxAnswer, amount: Any) -> tuple[TaxLine, ...]:
    federal, tax, state = answer.federal, answer.federal.income_tax, answer.state
    credits_ = federal.credits.used + federal.credits.refunded
    rows = [
        (answer.received, "received", _("All money in"), True),
        (federal.taxable_benefits, "benefits", _("of Social Security counted as income"), False),
        (federal.agi, "agi", _("Adjusted gross income"), True),
        (
            -(tax.deduction + federal.senior_deduction),
            "deduction",
            _("Standard deduction, with that of seniors"),
            False,
        ),
        (federal.taxable_income, "taxable", _("Federal taxable income"), True),
        (tax.ordinary_tax, "ordinary", _("Tax on ordinary income"), False),
        (tax.gains_tax, "gains", _("Tax on long-term gains and dividends"), False),
        (tax.minimum_tax, "minimum", _("Minimum tax"), False),
        (federal.niit, "niit", _("Surtax on investment income"), False),
        (-credits_, "credits", _("Credits for children and others"), False),
        (answer.federal_income_tax, "federal", _("Federal income tax"), True),
        (federal.payroll_tax, "payroll", _("Social Security and Medicare on wages"), True),
        *([(state.taxable_income, "state_taxable", _("State taxable income"), False)] if state else []),
        (answer.state_total, "state", _("State income tax"), True),
    ]
    return tuple(
        TaxLine(amount(value, key, str(label)), is_sum) for value, key, label, is_sum in rows if value or is_sum
    )
