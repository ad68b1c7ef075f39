"""The annuity formula beside a calculator's answer, by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.savings_formula import plain_education, plain_retirement, steady_real_return
from tests.apps.plans.engine.test_savings import ANA, BASIS, EVA, HE, MIXED, SHE


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


def test_the_steady_return_is_that_of_the_mix_after_fee_and_inflation():
    parts = {asset.key: math.exp(asset.log_mean) for asset in MIXED.assumptions.assets}
    grown = 0.6 * parts["equity"] + 0.4 * parts["bonds"]
    assert steady_real_return(MIXED) == pytest.approx(grown * 0.994 / math.exp(0.025) - 1.0)
    assert steady_real_return(MIXED) < steady_real_return(replace(MIXED, annual_fee=0.0))


def test_the_formula_of_two_who_stop_ten_years_apart_by_hand():
    # seen from her end: he earns and saves for ten years more, then both live on what is there until he is 95
    line, g = plain_retirement(replace(ANA, savers=(SHE, HE)), BASIS), 1.05 ** (1 / 12)
    left = [4_000 - (3_000 if k <= 120 else 0) for k in range(1, 421)]
    for k in range(1, 421):
        left[k - 1] -= 2_000 if 24 < k <= 360 else 0
        left[k - 1] -= 1_500 if k > 84 else 0
    assert line.needed == pytest.approx(sum(max(0, w) / g**k for k, w in enumerate(left, start=1)), rel=1e-12)
    hers = (g**300 - 1) / (g - 1)
    his = (g**420 - 1) / (g - 1) / g**120
    assert line.saved == pytest.approx(120_000 * g**300 + 900 * hers + 300 * his, rel=1e-12)
    assert line.monthly_needed == pytest.approx(
        max(0, line.needed - 120_000 * g**300) / (0.75 * hers + 0.25 * his), rel=1e-12
    )


def test_two_who_stop_together_are_the_formula_of_one_with_the_sum():
    half = replace(SHE, monthly_saving=450.0, monthly_benefit=1_000.0)
    one, two = plain_retirement(ANA, BASIS), plain_retirement(replace(ANA, savers=(half, half)), BASIS)
    assert (two.needed, two.saved) == pytest.approx((one.needed, one.saved), rel=1e-12)
    assert two.monthly_needed == pytest.approx(one.monthly_needed, rel=1e-12)
    late = replace(half, benefit_from=date(2090, 1, 1))
    assert plain_retirement(replace(ANA, savers=(half, late)), BASIS).needed > two.needed
