"""Conversions laid out: years of the window, accounts of the owner, the income of a step."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.conversion_choices import ConversionRule
from apps.plans.engine.conversion_program import BELOW_STEP, EARLY_UNTIL, FIXED, RULE, TARGET, VALUE
from apps.plans.engine.program import build_program
from apps.plans.engine.schedules import TAXABLE
from apps.plans.engine.tax_law import STATUSES
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import conversion, converting, family, insured

PLANS = (
    conversion("ana", ConversionRule.FIXED, 9_000.0, (2026, 2030)),
    conversion("ben", ConversionRule.BELOW_STEP, 1, (2060, 2099)),
)


def test_a_plan_without_conversions_has_no_rules() -> None:
    assert build_program(family()).conversions.rules.shape == (0, 4)


def test_each_owner_converts_own_accounts_in_the_years_of_the_window_while_alive() -> None:
    told = build_program(converting(insured(family()), *PLANS)).conversions
    assert told.rules[:, RULE].tolist() == [FIXED, BELOW_STEP]
    assert told.rules[:, VALUE].tolist() == [9_000.0, 1.0]
    assert told.rules[:, TARGET].tolist() == [3.0, 6.0]
    assert told.gives.tolist() == [[0, 1, 0, 0, 0, 0, 0], [0, 0, 1, 0, 0, 0, 0]]
    assert np.flatnonzero(told.active[0, :, 0]).tolist() == [0, 1, 2, 3, 4]
    # ben is counted on until November 2069, not to the end of that year
    assert np.flatnonzero(told.active[0, :, 1]).tolist() == list(range(34, 43))


def test_whoever_is_left_converts_where_lives_are_drawn() -> None:
    told = build_program(converting(insured(family()), *PLANS), drawn=True).conversions
    assert told.active[:, 1].tolist() == [[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]


def test_cash_and_taxable_accounts_pay_first_and_the_young_pay_a_tenth() -> None:
    told = build_program(converting(insured(family()), *PLANS)).conversions
    assert told.payers[: told.n_outside, 0].tolist() == [5, 0]
    assert told.payers[1, 1] == TAXABLE
    assert told.payers.shape[0] == 6
    # 59 and a half: in September 2040 for her, in May 2039 for him
    assert told.rules[:, EARLY_UNTIL].tolist() == [170.0, 154.0]


def test_income_may_reach_the_bound_of_a_step_but_not_that_of_the_last() -> None:
    single = STATUSES.index(FilingStatus.SINGLE)
    for step, top in ((0, 109_000.0), (4, 499_999.99)):
        plan = conversion("ana", ConversionRule.BELOW_STEP, step)
        tops = build_program(converting(insured(family()), plan)).conversions.tops
        assert tops[single, 0] == pytest.approx(top)
