"""Retirement and education calculators: few facts, answered by the engine of whole plans. Nothing is kept.

Method: docs/engine/calculators.md.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from apps.core.actors import Actor
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.kernel.money import in_cents
from apps.plans.engine.assumptions import AssumptionSet, assumptions_from_mapping
from apps.plans.engine.digest import input_digest
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.markets import LOG_NORMAL, MarketModel
from apps.plans.engine.savings import (
    EducationQuestion,
    PlainLine,
    RetirementQuestion,
    Saver,
    SavingsAnswer,
    SavingsBasis,
    Weights,
    education_inputs,
    retirement_inputs,
)
from apps.plans.engine.savings_formula import plain_education, plain_retirement
from apps.plans.models import AssumptionTable
from apps.plans.selectors.assumptions import assumption_set
from apps.plans.selectors.markets import can_draw, chosen_market
from apps.plans.selectors.savings_values import Asked, EducationAsked, Place, RetirementAsked, SavingsTold
from apps.plans.selectors.what_if_values import QUICK_BATCHES, QUICK_PATHS
from apps.plans.services._mapping import CUBE_STEP_MONTHS, SEED, number
from apps.plans.services._state_tax import state_table_of
from apps.plans.services._tables import NoTableError, published_assumptions, tax_table_on
from apps.plans.services._turns import TURNS

YOUNGEST, OLDEST, LATEST_RETIREMENT, LAST_AGE = 18, 95, 90, 110
OLDEST_STUDENT, LONGEST_STUDY = 60, 10
FIRST_CLAIM, LAST_CLAIM = 62, 70
STUDY_MONTH = 9
_KEPT, _MONTHS = 64, 12
_lock = threading.Lock()
_answers: OrderedDict[str, SavingsAnswer] = OrderedDict()


def ask_retirement(asked: RetirementAsked, place: Place, *, by: Actor) -> SavingsTold:
    """Return how the saving fares. Raises EngineBusyError, and InvalidInputError whose field is what was typed."""
    _check_retirement(asked)
    youngest = asked.age if asked.age_2 is None else min(asked.age, asked.age_2)
    basis = _basis(asked, place, asked.horizon_age - youngest + 1)
    start = basis.start_date
    question = RetirementQuestion(
        savers=_savers(asked, start),
        horizon_age=asked.horizon_age,
        annual_income=in_cents(asked.annual_income),
        deferred=in_cents(asked.deferred),
        other=in_cents(asked.other),
    )
    answer = _answer(retirement_inputs(question, basis), asked, plain_retirement(question, basis), by)
    return SavingsTold(asked, answer, basis, question.retirement_date)


def _savers(asked: RetirementAsked, start: dt.date) -> tuple[Saver, ...]:
    first = _saver(
        start, asked.age, asked.retirement_age, asked.benefit_age,
        (asked.wages, asked.monthly_saving, asked.monthly_benefit),
    )  # fmt: skip
    if asked.age_2 is None or asked.retirement_age_2 is None:
        return (first,)
    amounts = (asked.wages_2, asked.monthly_saving_2, asked.monthly_benefit_2)
    return first, _saver(start, asked.age_2, asked.retirement_age_2, asked.benefit_age_2, amounts)


def _saver(
    start: dt.date, age: int, retirement_age: int, benefit_age: int, amounts: tuple[Decimal, Decimal, Decimal]
) -> Saver:
    """One who retires; whoever has stopped already puts nothing aside. Wages count less what is put aside of them."""
    wages, saving, benefit = amounts
    return Saver(
        birth_date=_years_on(start, -age),
        retirement_date=_years_on(start, max(0, retirement_age - age)),
        monthly_saving=in_cents(saving) if retirement_age > age else 0.0,
        monthly_benefit=in_cents(benefit),
        benefit_from=_years_on(start, benefit_age - age),
        monthly_wages=in_cents(max(Decimal(0), wages / _MONTHS - saving)),
    )


def ask_education(asked: EducationAsked, place: Place, *, by: Actor) -> SavingsTold:
    """Return how the saving fares. Raises EngineBusyError, and InvalidInputError whose field is what was typed."""
    _check_education(asked)
    starts_on = study_start(asked, place.day)
    basis = _basis(asked, place, starts_on.year + asked.years - place.day.year + 2)
    question = EducationQuestion(
        starts_on=starts_on,
        years=asked.years,
        annual_cost=in_cents(asked.annual_cost),
        cost_growth=number(asked.cost_growth),
        saved=in_cents(asked.saved),
        monthly_saving=in_cents(asked.monthly_saving),
    )
    answer = _answer(education_inputs(question, basis), asked, plain_education(question, basis), by)
    return SavingsTold(asked, answer, basis, starts_on)


def study_start(asked: EducationAsked, day: dt.date) -> dt.date:
    """Return the first of the September in which the study starts, the next one where this year's is over."""
    first = dt.date(day.year + asked.start_age - asked.age, STUDY_MONTH, 1)
    return first if first >= day.replace(day=1) else first.replace(year=first.year + 1)


def _basis(asked: Asked, place: Place, years: int) -> SavingsBasis:
    assumptions = _assumptions(place.day)
    months = -(-12 * years // CUBE_STEP_MONTHS) * CUBE_STEP_MONTHS
    return SavingsBasis(
        start_date=place.day.replace(day=1),
        currency=place.currency,
        assumptions=assumptions,
        tax_table=tax_table_on(place.day),
        weights=_mix(assumptions, number(asked.equity_share)),
        annual_fee=number(place.annual_fee),
        simulation=CubeSpec(SEED, QUICK_PATHS, QUICK_BATCHES, months, _market(assumptions)),
        state_table=state_table_of(place.state) if place.state else None,
    )


def _market(assumptions: AssumptionSet) -> MarketModel:
    """Return the markets that the firm's plans draw; the plain ones where the set says too little for them."""
    chosen = chosen_market()
    return chosen if can_draw(assumptions, chosen) else LOG_NORMAL


def _assumptions(day: dt.date) -> AssumptionSet:
    """Return the set in force; before the firm's first plan took the published ones in, the newest of those."""
    row = AssumptionTable.objects.in_force(day).first()
    if row is not None:
        return assumption_set(row)
    known = [table for table in published_assumptions() if table["effective_from"] <= day]
    if not known:
        raise NoTableError(
            gettext_noop("There are no capital-market assumptions for %(day)s."),
            mend=gettext_noop("Start the plan at a later date."),
            field="assumptions",
            day=day,
        )
    return assumptions_from_mapping(known[-1])


def _mix(assumptions: AssumptionSet, equity_share: float) -> Weights:
    """Return the two classes of a calculator: the first of shares, and of the others the least bond that is no cash."""
    shares = next(asset.key for asset in assumptions.assets if asset.is_equity)
    bonds = [asset for asset in assumptions.assets if not asset.is_equity]
    calm = min(bonds, key=lambda asset: (asset.key == "cash", asset.volatility)).key
    pairs = ((shares, equity_share), (calm, 1.0 - equity_share))
    return tuple((key, weight) for key, weight in pairs if weight > 0.0)


def _answer(inputs: ProjectionInputs, asked: Asked, plain: PlainLine, by: Actor) -> SavingsAnswer:
    name = input_digest({"inputs": inputs, "target": number(asked.target)})
    with _lock:
        found = _answers.get(name)
    if found is not None:
        return found
    from apps.plans.services._savings import answered

    with TURNS.place(by.key):
        found = answered(inputs, number(asked.target), plain)
    with _lock:
        _answers[name] = found
        while len(_answers) > _KEPT:
            _answers.popitem(last=False)
    return found


def _years_on(start: dt.date, years: int) -> dt.date:
    return dt.date(start.year + years, start.month, 1)


def _check_retirement(asked: RetirementAsked) -> None:
    ages = [asked.age] if asked.age_2 is None else [asked.age, asked.age_2]
    for number_, age in enumerate(ages):
        _between(age, YOUNGEST, OLDEST, "age_2" if number_ else "age")
    _between(asked.horizon_age, max(ages) + 1, LAST_AGE, "horizon_age")
    _check_ends(asked)
    _between(asked.benefit_age, FIRST_CLAIM, LAST_CLAIM, "benefit_age")
    if asked.is_couple:
        _between(asked.benefit_age_2, FIRST_CLAIM, LAST_CLAIM, "benefit_age_2")
    _check_amounts(asked, needed="annual_income")


def _check_ends(asked: RetirementAsked) -> None:
    """When work ends: for one of a couple it may have ended already."""
    if asked.age_2 is not None and asked.retirement_age_2 is None:
        raise InvalidInputError(
            gettext_noop("It is not said when the second one stops working."),
            mend=gettext_noop("Give an age, or take the age of the second one out."),
            field="retirement_age_2",
        )
    works_on = asked.age_2 is not None and (asked.retirement_age_2 or 0) > asked.age_2
    if asked.retirement_age <= asked.age and not works_on:
        raise InvalidInputError(
            gettext_noop("Work has ended by then: the age today is %(age)s."),
            mend=gettext_noop("Give a later age, or let a plan say what may be spent."),
            field="retirement_age",
            age=asked.age,
        )
    ends = {"retirement_age": asked.retirement_age}
    ends |= {"retirement_age_2": asked.retirement_age_2} if asked.retirement_age_2 is not None else {}
    for name, end in ends.items():
        _between(end, YOUNGEST, LATEST_RETIREMENT, name)
        if asked.horizon_age <= end:
            raise InvalidInputError(
                gettext_noop("The money would have to last only until before work ends."),
                mend=gettext_noop("Give an age beyond the end of work."),
                field="horizon_age",
            )


def _check_education(asked: EducationAsked) -> None:
    _between(asked.age, 0, OLDEST_STUDENT, "age")
    if asked.start_age < asked.age:
        raise InvalidInputError(
            gettext_noop("The start lies in the past: the age today is %(age)s."),
            mend=gettext_noop("Give today's age or a later one."),
            field="start_age",
            age=asked.age,
        )
    _between(asked.start_age, 0, OLDEST_STUDENT, "start_age")
    _between(asked.years, 1, LONGEST_STUDY, "years")
    if not Decimal("-0.02") <= asked.cost_growth <= Decimal("0.15"):
        raise InvalidInputError(
            gettext_noop("Costs do not rise like this for long."),
            mend=gettext_noop("Give between −2 and 15 per cent a year."),
            field="cost_growth",
        )
    _check_amounts(asked, needed="annual_cost")


def _check_amounts(asked: Asked, *, needed: str) -> None:
    told: dict[str, Any] = asdict(asked)
    for name, value in told.items():
        if isinstance(value, Decimal) and name != "cost_growth" and value < 0:
            raise InvalidInputError(
                gettext_noop("This is less than nothing."), mend=gettext_noop("Enter zero or more."), field=name
            )
    if not told[needed]:
        raise InvalidInputError(
            gettext_noop("There is nothing to save for."), mend=gettext_noop("Say what a year costs."), field=needed
        )
    if asked.equity_share > 1:
        raise InvalidInputError(
            gettext_noop("A share is at most 100 per cent."), mend=gettext_noop("Give less."), field="equity_share"
        )
    if not Decimal("0.5") <= asked.target <= Decimal("0.99"):
        raise InvalidInputError(
            gettext_noop("A chance to aim for lies between 50 and 99 per cent."),
            mend=gettext_noop("Plans usually aim for 85."),
            field="target",
        )


def _between(value: int, low: int, high: int, field: str) -> None:
    if not low <= value <= high:
        raise InvalidInputError(
            gettext_noop("%(value)s is not between %(low)s and %(high)s years."),
            mend=gettext_noop("Correct it."),
            field=field,
            value=value,
            low=low,
            high=high,
        )
