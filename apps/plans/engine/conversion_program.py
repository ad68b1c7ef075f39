"""Conversions laid out for the walk: whose accounts give in which years, into which, up to which bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule, bracket_place
from apps.plans.engine.horizon import first_month_of_year
from apps.plans.engine.inputs import ProjectionInputs, TaxTreatment
from apps.plans.engine.medicare import bounds_of
from apps.plans.engine.medicare_program import N_STEPS
from apps.plans.engine.schedules import TAXABLE, TREATMENTS
from apps.plans.engine.tax_law import STATUSES

# Columns of a plan: which rule, its bracket, step or amount, the account it fills, and the month up to which what is
# withheld for the tax carries the additional tax.
RULE, VALUE, TARGET, EARLY_UNTIL = range(4)
RULES = tuple(ConversionRule)
FILL_BRACKET, BELOW_STEP, FIXED = range(3)
CASH = TREATMENTS.index(TaxTreatment.CASH)
_CENT = 0.01


class Conversions(NamedTuple):
    """What the walk reads of conversions; ``rules`` has no rows in a plan without them.

    ``rules`` (n_plans, 4) by the columns above; ``active`` (n_states, n_years, n_plans) 1 where the owner lives at the
    end of a year of the window; ``gives`` (n_plans, n_accounts) 1 where an account is converted; ``tops``
    (n_statuses, n_plans) the highest income of a step of Medicare; ``payers`` (n_sources, 3) the accounts that pay the
    tax, of which the first ``n_outside`` are not kept for retirement.
    """

    rules: NDArray[np.float64]
    active: NDArray[np.float64]
    gives: NDArray[np.int64]
    tops: NDArray[np.float64]
    payers: NDArray[np.int64]
    n_outside: int


def conversions_of(
    inputs: ProjectionInputs, states: Sequence[tuple[int, ...]], n_years: int, payers: NDArray[np.int64]
) -> Conversions:
    """Lay conversions out; ``payers`` are all accounts that pay, in the order of withdrawal."""
    plans = inputs.conversions
    outside = np.isin(payers[:, 1], (CASH, TAXABLE))
    gives = [
        [
            account.treatment is TaxTreatment.TAX_DEFERRED and account.owner in ("", plan.owner)
            for account in inputs.accounts
        ]
        for plan in plans
    ]
    return Conversions(
        rules=np.array([_rule(inputs, plan) for plan in plans], dtype=np.float64).reshape(-1, 4),
        active=_active(inputs, states, n_years),
        gives=np.array(gives, dtype=np.int64).reshape(-1, len(inputs.accounts)),
        tops=_tops(inputs),
        payers=np.concatenate([payers[outside], payers[~outside]]),
        n_outside=int(outside.sum()),
    )


def _rule(inputs: ProjectionInputs, plan: ConversionPlan) -> tuple[float, ...]:
    keys = [account.key for account in inputs.accounts]
    value = plan.value
    if plan.rule is ConversionRule.FILL_BRACKET:
        value = float(bracket_place(inputs, plan.value) or 0)
    return (RULES.index(plan.rule), value, keys.index(plan.target), _early_until(inputs, plan))


def _early_until(inputs: ProjectionInputs, plan: ConversionPlan) -> int:
    """The month up to which the owner is too young to take money out."""
    adult = next(adult for adult in inputs.adults if adult.key == plan.owner)
    born, start = adult.birth_date, inputs.start_date
    age = (start.year - born.year) * 12 + start.month - born.month
    return max(0, inputs.tax_table.early_withdrawal_age_months - age)


def _active(inputs: ProjectionInputs, states: Sequence[tuple[int, ...]], n_years: int) -> NDArray[np.float64]:
    told = np.zeros((len(states), n_years, len(inputs.conversions)))
    owners = [adult.key for adult in inputs.adults]
    for place, plan in enumerate(inputs.conversions):
        for year in range(n_years):
            last_month = first_month_of_year(year + 1, inputs.start_date) - 1
            if plan.first_year <= inputs.start_date.year + year <= plan.last_year:
                for state, ends in enumerate(states):
                    told[state, year, place] = ends[owners.index(plan.owner)] > last_month
    return told


def _tops(inputs: ProjectionInputs) -> NDArray[np.float64]:
    tops = np.zeros((len(STATUSES), len(inputs.conversions)))
    for place, plan in enumerate(inputs.conversions):
        if plan.rule is ConversionRule.BELOW_STEP and inputs.medicare is not None:
            for row, status in enumerate(STATUSES):
                bounds = [float(bound) for bound in bounds_of(inputs.medicare.table, status)]
                # the last step begins at its bound, the others above theirs
                bounds[-1] -= _CENT
                tops[row, place] = ([bounds[0]] * (N_STEPS - len(bounds)) + bounds)[int(plan.value)]
    return tops
