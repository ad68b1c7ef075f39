"""Calculators put few typed facts to the engine, and refuse at the field what cannot be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.results import Outcome
from apps.plans.models import MarketChoice, MarketKindChoice
from apps.plans.selectors.savings_pages import savings_ground
from apps.plans.selectors.savings_values import EducationAsked, Place, RetirementAsked, typed_again, typed_of
from apps.plans.services.savings import ask_education, ask_retirement, study_start

ANA = RetirementAsked(
    age=50, retirement_age=65, annual_income=Decimal(60_000), deferred=Decimal(300_000),
    monthly_saving=Decimal(1_000), monthly_benefit=Decimal(2_000), horizon_age=90,
)  # fmt: skip
EVA = EducationAsked(age=8, start_age=18, years=4, annual_cost=Decimal(30_000), monthly_saving=Decimal(1_100))
PLACE = Place(dt.date(2026, 7, 14))


def test_the_answer_is_kept_while_nothing_changes_and_rests_on_the_published_set(ada):
    by = ada.as_actor()
    told = ask_retirement(ANA, PLACE, by=by)
    assert told.basis.start_date == dt.date(2026, 7, 1)
    assert told.starts_on == dt.date(2041, 7, 1)
    assert told.basis.weights == (("us_equity", 0.6), ("high_grade_bonds", 0.4))
    assert told.answer.success.standard_error is not None
    assert 0 < told.answer.success.value < 1
    assert told.answer.needed.outcome is Outcome.REACHED
    assert told.answer.needed.success.value >= 0.85
    assert ask_retirement(ANA, PLACE, by=by).answer is told.answer
    assert ask_retirement(replace(ANA, target=Decimal("0.7")), PLACE, by=by).answer.needed.monthly_amount < (
        told.answer.needed.monthly_amount
    )


def test_each_of_two_stops_at_their_own_age_and_who_has_stopped_puts_nothing_aside(ada):
    two = replace(ANA, age_2=60, retirement_age_2=58, monthly_saving_2=Decimal(400), wages=Decimal(90_000))
    told = ask_retirement(two, PLACE, by=ada.as_actor())
    # she has stopped already: from today on both live on her partner's wages, less what is put aside of them
    assert told.starts_on == dt.date(2026, 7, 1)
    without = ask_retirement(replace(two, wages=Decimal(0)), PLACE, by=ada.as_actor())
    assert told.answer.success.value > without.answer.success.value
    nothing = replace(two, monthly_saving_2=Decimal(0))
    assert ask_retirement(nothing, PLACE, by=ada.as_actor()).answer.success == told.answer.success
    apart = ask_retirement(replace(ANA, age_2=45, retirement_age_2=62), PLACE, by=ada.as_actor())
    assert apart.starts_on == dt.date(2041, 7, 1)
    assert apart.answer.bands[-1].ages[1] >= 90


def test_a_calculator_draws_the_markets_that_the_firm_chose_for_its_plans(ada):
    usual = ask_education(EVA, PLACE, by=ada.as_actor())
    MarketChoice.objects.create(kind=MarketKindChoice.FAT_TAILED, set_by="Paul")
    heavy = ask_education(EVA, PLACE, by=ada.as_actor())
    assert usual.basis.simulation.market.kind == "log_normal"
    assert heavy.basis.simulation.market.kind == "fat_tailed"
    assert heavy.answer.cube_digest != usual.answer.cube_digest
    assert savings_ground(heavy, PLACE.day).markets == "By formula: months with fat tails"


def test_a_study_starts_in_september_and_never_in_the_past():
    assert study_start(EVA, dt.date(2026, 7, 14)) == dt.date(2036, 9, 1)
    now = replace(EVA, age=18)
    assert study_start(now, dt.date(2026, 9, 14)) == dt.date(2026, 9, 1)
    assert study_start(now, dt.date(2026, 11, 21)) == dt.date(2027, 9, 1)


def test_a_dearer_study_asks_for_more(ada):
    told = ask_education(EVA, PLACE, by=ada.as_actor())
    dear = ask_education(replace(EVA, cost_growth=Decimal("0.08")), PLACE, by=ada.as_actor())
    assert told.starts_on == dt.date(2036, 9, 1)
    assert dear.answer.needed.monthly_amount > told.answer.needed.monthly_amount
    assert dear.answer.success.value < told.answer.success.value


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"age": 120}, "age"),
        ({"retirement_age": 50}, "retirement_age"),
        ({"retirement_age": 45}, "retirement_age"),
        ({"horizon_age": 65}, "horizon_age"),
        ({"horizon_age": 121}, "horizon_age"),
        ({"benefit_age": 55}, "benefit_age"),
        # an age that no calendar holds is refused where no benefit is paid from it, too
        ({"benefit_age": 99_999, "monthly_benefit": Decimal(0)}, "benefit_age"),
        ({"benefit_age": -99_999, "monthly_benefit": Decimal(0)}, "benefit_age"),
        ({"age_2": 48, "retirement_age_2": 60, "benefit_age_2": 99_999}, "benefit_age_2"),
        ({"age_2": 48, "retirement_age_2": 60, "benefit_age_2": -99_999}, "benefit_age_2"),
        ({"age_2": 48}, "retirement_age_2"),
        ({"age_2": 17, "retirement_age_2": 60}, "age_2"),
        ({"retirement_age": 50, "age_2": 60, "retirement_age_2": 60}, "retirement_age"),
        ({"age_2": 48, "retirement_age_2": 90}, "horizon_age"),
        ({"age_2": 48, "retirement_age_2": 60, "monthly_benefit_2": Decimal(1), "benefit_age_2": 61}, "benefit_age_2"),
        ({"age_2": 48, "retirement_age_2": 60, "wages_2": Decimal(-1)}, "wages_2"),
        ({"annual_income": Decimal(0)}, "annual_income"),
        ({"deferred": Decimal(-1)}, "deferred"),
        ({"equity_share": Decimal("1.01")}, "equity_share"),
        ({"target": Decimal(1)}, "target"),
    ],
)
def test_a_retirement_that_cannot_be_is_refused_at_its_field(changed, field, ada):
    with pytest.raises(InvalidInputError) as refused:
        ask_retirement(replace(ANA, **changed), PLACE, by=ada.as_actor())
    assert (refused.value.field, bool(refused.value.mend)) == (field, True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"start_age": 7}, "start_age"),
        ({"age": 61, "start_age": 62}, "age"),
        ({"years": 0}, "years"),
        ({"cost_growth": Decimal("0.5")}, "cost_growth"),
        ({"annual_cost": Decimal(0)}, "annual_cost"),
        ({"saved": Decimal(-5)}, "saved"),
    ],
)
def test_a_study_that_cannot_be_is_refused_at_its_field(changed, field, ada):
    with pytest.raises(InvalidInputError) as refused:
        ask_education(replace(EVA, **changed), PLACE, by=ada.as_actor())
    assert (refused.value.field, bool(refused.value.mend)) == (field, True)


def test_what_was_asked_is_typed_again_as_the_form_takes_it():
    typed = typed_of(replace(ANA, age_2=48, retirement_age_2=60))
    assert (typed["equity_share"], typed["target"], typed["annual_income"]) == ("60", "85", "60000")
    assert (typed["age_2"], typed["retirement_age_2"]) == ("48", "60")
    assert not any(name.endswith("_2") for name in typed_of(ANA))
    assert typed_again({"age": "50", "retirement_age": "65", "is_couple": "on"}) == {
        "age": "50", "retirement_age": "65", "age_2": "50", "retirement_age_2": "65"
    }  # fmt: skip
    assert typed_of(EVA)["cost_growth"] == "4"
