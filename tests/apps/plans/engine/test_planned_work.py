"""What the adults are planned to earn, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.plans.engine.inputs import Growth
from apps.plans.engine.planned_work import growing, wages_of, work_of, years_of
from tests.apps.plans.engine.households import claiming, family


def test_an_amount_rises_once_a_year_within_its_months() -> None:
    """The first of four years has nine months: the first January is month 9."""
    years = (np.arange(45) + 3) // 12
    real, nominal = growing(100.0, Growth(0.02, inflation_linked=False), (6, 30), years)
    assert not real.any()
    assert nominal[5] == 0.0
    assert nominal[8] == 100.0
    assert nominal[9] == pytest.approx(102.0)
    assert nominal[29] == pytest.approx(104.04)
    assert nominal[30] == 0.0


def test_wages_are_told_in_money_of_the_start_and_end_with_the_work() -> None:
    inputs = claiming(family())
    wages = wages_of(inputs, 600)
    assert wages.shape == (2, 600)
    assert wages[:, 0].min() > 1_000.0
    assert not wages[:, 300:].any()
    mean = inputs.assumptions.inflation.mean
    nominal = replace(inputs, incomes=tuple(replace(each, growth=Growth(0.0, False)) for each in inputs.incomes))
    told = wages_of(nominal, 24)
    assert told[0, 11] == pytest.approx(told[0, 0] * np.exp(-mean * 11 / 12))
    assert years_of(inputs, 8).tolist() == [0] * 6 + [1] * 2


def test_the_test_is_that_of_each_claim() -> None:
    inputs = claiming(family())
    claims = (replace(inputs.claims[0], exempt=(1.0, 2.0)), inputs.claims[1])
    one, two = work_of(replace(inputs, claims=claims), 12)
    assert (one.exempt, two.exempt) == ((1.0, 2.0), None)
    assert np.array_equal(two.wages, wages_of(inputs, 12)[1])
