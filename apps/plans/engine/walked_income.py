"""The income by which IRAs are limited, as the plan's own walk has it (IRC 219(g)(3), 408A(c)(3)(B))."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from apps.plans.engine.advice_facts import AdviceFacts, PlanKind
from apps.plans.engine.books import F_CONVERTED, F_RECOVERED
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import runs_at_start
from apps.plans.engine.policy import AdvicePolicy
from apps.plans.engine.tax_years import SteadyPath, steady_path, year_facts
from apps.plans.engine.taxes import federal_tax

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

    The larger of the year in which the plan starts, its months taken for a year, and of the first whole one: payments
    that begin now fall into both. Raises InvalidInputError for inputs that cannot be walked.
    """
    path = steady_path(inputs)
    years = (0,) if path.program.first_year == _MONTHS else (0, 1)
    counted = max(_counted(inputs, path, year) for year in years if year < path.program.year_facts.shape[1])
    return max(_NOTHING, counted + _into_iras(inputs, facts))


def _counted(inputs: ProjectionInputs, path: SteadyPath, year: int) -> Decimal:
    """A year's income without conversions; gains come once, so those of a part of a year stay what they are."""
    law, facts = year_facts(inputs, path, year)
    told = federal_tax(law, facts).agi
    converted, recovered = (Decimal(repr(float(path.recorded.flows[year, at, 0]))) for at in (F_CONVERTED, F_RECOVERED))
    once = max(_NOTHING, facts.long_term_gain)
    lasting = told - max(_NOTHING, converted - recovered) - once
    part = Decimal(path.program.first_year) / _MONTHS if year == 0 else Decimal(1)
    return (lasting / part + once) / Decimal(repr(float(path.prices[year])))


def _into_iras(inputs: ProjectionInputs, facts: AdviceFacts) -> Decimal:
    iras = {plan.account for plan in facts.plans if plan.kind is PlanKind.TRADITIONAL_IRA}
    paid = sum(
        item.monthly_amount
        for item in inputs.contributions
        if item.account in iras and item.is_deductible and not item.by_employer and runs_at_start(item.start, inputs)
    )
    return Decimal(repr(_MONTHS * paid))
