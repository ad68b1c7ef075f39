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
    Saver,
    SavingsBasis,
    education_inputs,
    retirement_inputs,
    study_costs,
    with_saving,
)
from tests.apps.plans.engine.households import certain_assumptions, simple_assumptions, tax_table

START = date(2026, 1, 1)
BASIS = SavingsBasis(
    START, "USD", certain_assumptions(0.05), tax_table(), (("fund", 1.0),), 0.0, CubeSpec(1, 8, 2, 720)
)
MIXED = replace(BASIS, assumptions=simple_assumptions(), weights=(("equity", 0.6), ("bonds", 0.4)), annual_fee=0.006)
SHE = Saver(date(1986, 1, 1), date(2051, 1, 1), 900.0, 2_000.0, date(2053, 1, 1))
HE = Saver(date(1991, 1, 1), date(2061, 1, 1), 300.0, 1_500.0, date(2058, 1, 1), monthly_wages=3_000.0)
ANA = RetirementQuestion((SHE,), 95, annual_income=48_000.0, deferred=100_000.0, other=20_000.0)
EVA = EducationQuestion(date(2036, 9, 1), 4, 30_000.0, 0.05, 10_000.0, 400.0)


def test_a_study_costs_more_by_what_its_prices_outrun_the_others():
    (first, cost), *_, (last, dearest) = study_costs(EVA, MIXED)
    assert (first, last) == (date(2036, 9, 1), date(2039, 9, 1))
    spread = 1.05 / math.exp(0.025)
    assert cost == pytest.approx(30_000 * spread ** (128 / 12))
    assert dearest == pytest.approx(cost * spread**3)
    level = replace(EVA, cost_growth=math.expm1(0.025))
    assert [amount for _, amount in study_costs(level, MIXED)] == pytest.approx([30_000] * 4)


def test_the_household_holds_what_was_asked_and_nothing_else():
    inputs = retirement_inputs(replace(ANA, savers=(SHE, HE)), MIXED)
    assert [adult.key for adult in inputs.adults] == ["first", "second"]
    assert [(a.treatment, a.balance) for a in inputs.accounts] == [
        (TaxTreatment.TAX_DEFERRED, 100_000.0), (TaxTreatment.TAXABLE, 20_000.0)
    ]  # fmt: skip
    assert [item.monthly_amount for item in with_saving(inputs, 6.0).contributions] == [4.5, 1.5]
    assert inputs.contributions[0].account == MAIN
    assert inputs.spending.monthly_amount == 0.0
    study = education_inputs(EVA, MIXED)
    assert [goal.annual_amount for goal in study.goals] == [amount for _, amount in study_costs(EVA, MIXED)]
    assert study.accounts[0].treatment is TaxTreatment.EDUCATION


def test_wages_saving_and_claims_follow_each_of_two_and_between_their_ends_the_living_costs_are_paid():
    inputs = retirement_inputs(replace(ANA, savers=(SHE, HE)), MIXED)
    assert [(adult.retirement_date.year, adult.horizon_age) for adult in inputs.adults] == [(2051, 95), (2061, 95)]
    assert [(item.monthly_amount, item.end) for item in inputs.contributions] == [
        (900.0, date(2051, 1, 1)), (300.0, date(2061, 1, 1))
    ]  # fmt: skip
    incomes = {item.key: (item.owner, item.monthly_amount, item.start) for item in inputs.incomes}
    assert incomes == {
        "benefit_first": ("first", 2_000.0, date(2053, 1, 1)),
        "benefit_second": ("second", 1_500.0, date(2058, 1, 1)),
        "wages_second": ("second", 3_000.0, date(2051, 1, 1)),
    }
    (between,) = inputs.events.phases
    assert (between.start, between.end, between.monthly_amount) == (date(2051, 1, 1), date(2061, 1, 1), 4_000.0)
    assert retirement_inputs(ANA, MIXED).events.phases == ()
    assert [item.key for item in retirement_inputs(ANA, MIXED).incomes] == ["benefit_first"]


def test_a_saving_of_nothing_is_shared_equally():
    none = replace(ANA, savers=(replace(SHE, monthly_saving=0.0), replace(HE, monthly_saving=0.0)))
    more = with_saving(retirement_inputs(none, MIXED), 500.0)
    assert [item.monthly_amount for item in more.contributions] == [250.0, 250.0]


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: replace(ANA, annual_income=-1.0), "annual_income"),
        (lambda: replace(ANA, savers=()), "savers"),
        (lambda: replace(HE, monthly_wages=-1.0), "monthly_wages"),
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
