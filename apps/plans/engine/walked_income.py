"""The income by which IRAs are limited, as the plan's own walk has it (IRC 219(g)(3), 408A(c)(3)(B))."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind
from apps.plans.engine.books import F_CONVERTED, F_EQUITY, F_RECOVERED
from apps.plans.engine.event_schedules import receipts_of
from apps.plans.engine.indexed_law import law_of
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import runs_at_start
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.schedules import NOMINAL, REAL, states_of
from apps.plans.engine.tax_law import WAGES_1, WAGES_2
from apps.plans.engine.tax_years import SteadyPath, steady_path, year_facts
from apps.plans.engine.taxes import TaxFacts, federal_tax

_NOTHING, _MONTHS = Decimal(0), 12


def with_walked_income(policy: AdvicePolicy, inputs: ProjectionInputs) -> AdvicePolicy:
    """Return the policy with the income of the plan; as it is where no limit asks for it or it is known already."""
    facts = policy.facts
    if facts is None or facts.limits is None or not facts.plans or facts.income is not None:
        return policy
    return replace(policy, facts=replace(facts, income=float(round(modified_income(inputs, facts), 2))))


def modified_income(inputs: ProjectionInputs, facts: AdviceFacts) -> Decimal:
    """Return the modified adjusted gross income a year, in money of the start: interest, dividends, gains and pensions
    included, conversions to Roth left out, deductions for IRAs added back.

    The larger of the year in which the plan starts, its months taken for a year but for what comes once, and of the
    first whole one: payments that begin now fall into both. Raises InvalidInputError for inputs that cannot be walked.
    """
    path = steady_path(inputs)
    years = (0,) if path.program.first_year == _MONTHS else (0, 1)
    counted = max(_counted(inputs, path, year) for year in years if year < path.program.year_facts.shape[1])
    return max(_NOTHING, counted + _into_iras(inputs, facts))


def _counted(inputs: ProjectionInputs, path: SteadyPath, year: int) -> Decimal:
    """A year's income without conversions, in money of the start."""
    law, facts = year_facts(inputs, path, year)
    converted, recovered = (_number(path.recorded.flows[year, at, 0]) for at in (F_CONVERTED, F_RECOVERED))
    taken_over = max(_NOTHING, converted - recovered)
    price = _number(path.prices[year])
    if year == 0 and path.program.first_year < _MONTHS:
        law, facts = law_of(inputs.tax_table, price), _as_whole_year(inputs, path, facts, taken_over)
    return (federal_tax(law, facts).agi - taken_over) / price


def _as_whole_year(inputs: ProjectionInputs, path: SteadyPath, facts: TaxFacts, taken_over: Decimal) -> TaxFacts:
    """What a year all like the months of a first part of one is taxed on: what lasts is raised to twelve months, what
    comes once stays what it is; ``taken_over`` is what conversions added."""
    part = Decimal(path.program.first_year) / _MONTHS
    once = _once(inputs, path)

    def raised(told: Decimal, apart: Decimal = _NOTHING) -> Decimal:
        return (told - apart) / part + apart

    first, second = (raised(told, apart) for told, apart in zip(facts.wages, once.wages, strict=True))
    return replace(
        facts,
        wages=(first, second),
        pre_tax=raised(facts.pre_tax),
        ordinary=raised(facts.ordinary, once.ordinary + taken_over),
        interest=raised(facts.interest, once.interest),
        qualified_dividends=raised(facts.qualified_dividends),
        # a loss is what the part of a year may count of it
        long_term_gain=facts.long_term_gain if facts.long_term_gain > 0 else raised(facts.long_term_gain),
        benefits=raised(facts.benefits),
    )


class _Once(NamedTuple):
    """What of a first year's income comes once: grants of equity, windfalls, interest on what a buyer still owes."""

    wages: tuple[Decimal, Decimal]
    ordinary: Decimal
    interest: Decimal


def _once(inputs: ProjectionInputs, path: SteadyPath) -> _Once:
    program, levels = path.program, path.month_prices
    months = slice(0, program.first_year)
    ledger, salaries = path.recorded.ledgers[0, :, 0], program.incomes[0, months, :2]
    due = (salaries[..., REAL] * levels[months, np.newaxis] + salaries[..., NOMINAL]).sum(axis=0)
    # what wages have beside salaries are units that vest and options that are exercised
    first, second = (
        max(_NOTHING, _number(ledger[slot]) - _number(paid)) for slot, paid in zip((WAGES_1, WAGES_2), due, strict=True)
    )
    (ends,) = states_of(inputs, drawn=False)
    ordinary, interest = path.recorded.flows[0, F_EQUITY, 0], 0.0
    for receipt in receipts_of(inputs, ends, program.first_year):
        ordinary += receipt.income * (levels[receipt.month] if receipt.is_real else 1.0)
        interest += receipt.interest
    return _Once((first, second), _number(ordinary), _number(interest))


def _number(told: float) -> Decimal:
    return Decimal(repr(float(told)))


def _into_iras(inputs: ProjectionInputs, facts: AdviceFacts) -> Decimal:
    iras = {plan.account for plan in facts.plans if plan.kind is PlanKind.TRADITIONAL_IRA}
    paid = sum(
        item.monthly_amount
        for item in inputs.contributions
        if item.account in iras and item.is_deductible and not item.by_employer and runs_at_start(item.start, inputs)
    )
    return Decimal(repr(_MONTHS * paid))
