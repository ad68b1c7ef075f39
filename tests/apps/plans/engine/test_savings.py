"""A calculator's few facts as a household, and the annuity formula beside it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.inputs import CubeSpec, TaxTreatment
from apps.plans.engine.savings import (
    MAIN,
    EducationQuestion,
    RetirementQuestion,
    SavingsBasis,
    education_inputs,
    plain_education,
    plain_retirement,
    retirement_inputs,
    steady_real_return,
    study_costs,
    with_saving,
)
from tests.apps.plans.engine.households import certain_assumptions, simple_assumptions, tax_table

START = date(2026, 1, 1)
BASIS = SavingsBasis(
    START, "USD", certain_assumptions(0.05), tax_table(), (("fund", 1.0),), 0.0, CubeSpec(1, 8, 2, 720)
)
MIXED = replace(BASIS, assumptions=simple_assumptions(), weights=(("equity", 0.6), ("bonds", 0.4)), annual_fee=0.006)
ANA = RetirementQuestion(
    birth_date=date(1986, 1, 1), retirement_date=date(2051, 1, 1), horizon_age=95, is_couple=False,
    annual_income=48_000.0, deferred=100_000.0, other=20_000.0, monthly_saving=900.0, monthly_benefit=2_000.0,
    benefit_from=date(2053, 1, 1),
)  # fmt: skip
EVA = EducationQuestion(date(2036, 9, 1), 4, 30_000.0, 0.05, 10_000.0, 400.0)


def test_the_formula_of_retirement_by_hand():
    # 300 months at 5 % a year; then 30 years of 4,000 a month, of which benefits pay half after two years
    line, g = plain_retirement(ANA, BASIS), 1.05 ** (1 / 12)
    assert line.real_return == pytest.approx(0.05)
    needed = 4_000 * (1 - g**-24) / (g - 1) + 2_000 * (1 - g**-336) / (g - 1) / g**24
    assert line.needed == pytest.approx(needed, rel=1e-12)
    assert line.saved == pytest.approx(120_000 * 1.05**25 + 900 * (1.05**25 - 1) / (g - 1), rel=1e-12)
    lacking = needed - 120_000 * 1.05**25
    assert line.monthly_needed == pytest.approx(lacking / ((1.05**25 - 1) / (g - 1)), rel=1e-12)
    assert plain_retirement(replace(ANA, deferred=5e6), BASIS).monthly_needed == 0.0


def test_the_formula_of_a_study_by_hand():
    line, g = plain_education(EVA, BASIS), 1.05 ** (1 / 12)
    # cost and money grow alike: each of the four years costs what the first does, seen from before it
    assert line.needed == pytest.approx(4 * 30_000 * g**128 / g, rel=1e-12)
    assert line.saved == pytest.approx(10_000 * g**128 + 400 * (g**128 - 1) / (g - 1), rel=1e-12)


def test_a_study_costs_more_by_what_its_prices_outrun_the_others():
    (first, cost), *_, (last, dearest) = study_costs(EVA, MIXED)
    assert (first, last) == (date(2036, 9, 1), date(2039, 9, 1))
    spread = 1.05 / math.exp(0.025)
    assert cost == pytest.approx(30_000 * spread ** (128 / 12))
    assert dearest == pytest.approx(cost * spread**3)
    level = replace(EVA, cost_growth=math.expm1(0.025))
    assert [amount for _, amount in study_costs(level, MIXED)] == pytest.approx([30_000] * 4)


def test_the_steady_return_is_that_of_the_mix_after_fee_and_inflation():
    parts = {asset.key: math.exp(asset.log_mean) for asset in MIXED.assumptions.assets}
    grown = 0.6 * parts["equity"] + 0.4 * parts["bonds"]
    assert steady_real_return(MIXED) == pytest.approx(grown * 0.994 / math.exp(0.025) - 1.0)
    assert steady_real_return(MIXED) < steady_real_return(replace(MIXED, annual_fee=0.0))


def test_the_household_holds_what_was_asked_and_nothing_else():
    inputs = retirement_inputs(replace(ANA, is_couple=True), MIXED)
    assert [adult.key for adult in inputs.adults] == ["first", "second"]
    assert [(a.treatment, a.balance) for a in inputs.accounts] == [
        (TaxTreatment.TAX_DEFERRED, 100_000.0), (TaxTreatment.TAXABLE, 20_000.0)
    ]  # fmt: skip
    assert with_saving(inputs, 5.0).contributions[0].monthly_amount == 5.0
    assert inputs.contributions[0].account == MAIN
    assert inputs.spending.monthly_amount == 0.0
    study = education_inputs(EVA, MIXED)
    assert [goal.annual_amount for goal in study.goals] == [amount for _, amount in study_costs(EVA, MIXED)]
    assert study.accounts[0].treatment is TaxTreatment.EDUCATION


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: replace(ANA, annual_income=-1.0), "annual_income"),
        (lambda: replace(EVA, saved=float("nan")), "saved"),
        (lambda: replace(EVA, years=0), "years"),
        (lambda: education_inputs(replace(EVA, starts_on=date(2025, 9, 1)), BASIS), "starts_on"),
        (lambda: replace(BASIS, weights=(("gold", 1.0),)), "weights"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(make, field):
    with pytest.raises(InvalidInputError) as refused:
        make()
    assert refused.value.field == field
