"""Payments laid out by month, year and who lives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.payment_schedules import (
    ASKS,
    INTEREST,
    MOST_PREMIUM,
    PREMIUM,
    TURNS,
    YEARS,
    besides_costs,
    deductions_of,
    months_paid,
)
from apps.plans.engine.planned_work import years_of
from apps.plans.engine.schedules import demands_of, states_of
from apps.plans.engine.yearly_payments import GIFTS, GIFTS_IN_COSTS, MEDICAL, PROPERTY_TAX
from tests.apps.plans.engine.households import family, insured
from tests.apps.plans.engine.test_kernel_deductions import CARE, GIVEN, HOME, deducting
from tests.apps.plans.engine.test_state_tables import shipped

N_MONTHS = 570


def test_a_plan_that_states_nothing_has_no_months_and_asks_in_no_year() -> None:
    rows = deductions_of(family(), states_of(family(), drawn=False), N_MONTHS)
    assert rows.shape == (1, YEARS + 48, 4)
    assert not rows[0, YEARS:].any()
    assert rows[0, 0, TURNS] == 1


def test_months_hold_what_is_paid_in_them() -> None:
    inputs = deducting()
    rows = deductions_of(inputs, states_of(inputs, drawn=False), N_MONTHS)[0]
    months = rows[YEARS + 48 :]
    assert months[0] == pytest.approx([11_000 / 12, 125.0, 1_250.0, 0.0])
    # sold in May 2050; gifts end with 2040, care begins with 2060
    assert months[285, PROPERTY_TAX] > 0.0
    assert months[286, PROPERTY_TAX] == 0.0
    assert (months[173, GIFTS], months[174, GIFTS]) == (1_250.0, 0.0)
    assert (months[401, MEDICAL], months[402, MEDICAL]) == (0.0, 2_500.0)
    # who is left alone gives their share of what the living costs hold
    assert months[-30, GIFTS_IN_COSTS] == pytest.approx(0.7 * 125.0)
    assert rows[YEARS, INTEREST] > 0.0
    assert rows[YEARS : YEARS + 48, ASKS].all()


def test_a_part_that_is_kept_goes_on_with_its_part_of_the_tax() -> None:
    inputs = deducting()
    kept = replace(inputs, events=replace(inputs.events, things=(replace(HOME, sold_share=0.25),)))
    rows = deductions_of(kept, states_of(kept, drawn=False), N_MONTHS)[0]
    assert rows[YEARS + 48 + 300, PROPERTY_TAX] == pytest.approx(0.75 * 11_000 / 12)


def test_premiums_that_living_costs_hold_are_medical_too() -> None:
    held, charged = (insured(family(), charges_standard=told) for told in (False, True))
    told = [deductions_of(inputs, ((N_MONTHS, N_MONTHS),), N_MONTHS)[0, 0] for inputs in (held, charged)]
    assert told[0][PREMIUM] > 200.0
    assert told[1][PREMIUM] == 0.0
    assert told[0][MOST_PREMIUM] == pytest.approx(told[1][MOST_PREMIUM])


@pytest.mark.parametrize(("code", "turns"), [("CA", 1), ("AL", 6), ("OR", 6)])
def test_a_state_that_deducts_federal_tax_is_asked_again(code: str, turns: int) -> None:
    inputs = replace(family(), state_table=shipped().of(code))
    assert deductions_of(inputs, ((N_MONTHS, N_MONTHS),), N_MONTHS)[0, 0, TURNS] == turns


def test_what_is_paid_besides_leaves_with_the_living_costs_before_and_after_retirement() -> None:
    inputs = deducting()
    living = next(demand for demand in demands_of(inputs) if demand.key == "living")
    assert living.real[0, 0] == pytest.approx(6_800.0 + 1_250.0)
    assert living.real[0, 420] == pytest.approx(2_500.0)
    assert besides_costs(inputs, N_MONTHS)[420] == pytest.approx(2_500.0)


def test_a_payment_runs_in_its_calendar_years() -> None:
    inputs = family()
    runs = months_paid(replace(GIVEN, first_year=2028, last_year=2028), inputs, years_of(inputs, N_MONTHS))
    assert runs.sum() == 12
    assert runs[18] == 1.0
    assert months_paid(CARE, inputs, years_of(inputs, N_MONTHS)).sum() == N_MONTHS - 402
    assert inputs.start_date == date(2026, 7, 1)
