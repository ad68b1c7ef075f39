"""Time value against identities, an independent library and Excel's own examples."""

from __future__ import annotations

import math

import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.money.engine import time_value as tv
from apps.money.engine.errors import NotComputableError
from apps.money.engine.time_value import Due

RATES = st.floats(-0.02, 0.2).filter(lambda rate: abs(rate) > 1e-6) | st.just(0.0)
TERMS = st.integers(1, 480)
AMOUNTS = st.floats(1.0, 1e6)
WHEN = st.sampled_from(Due)


@given(rate=RATES, nper=TERMS, pv=AMOUNTS, fv=st.floats(-1e6, 1e6), when=WHEN)
def test_the_payment_meets_both_ends(rate, nper, pv, fv, when):
    level = tv.pmt(rate, nper, pv, fv, when)
    growth = (1 + rate) ** nper
    near = pytest.approx
    assert tv.fv(rate, nper, level, pv, when) == near(fv, rel=1e-9, abs=1e-9 * growth * (pv + abs(fv) / growth))
    assert tv.pv(rate, nper, level, fv, when) == near(pv, rel=1e-9, abs=1e-9 * (pv + abs(fv) / growth))


@given(rate=RATES, nper=TERMS, pv=AMOUNTS, when=WHEN)
def test_payment_term_and_rate_invert_each_other(rate, nper, pv, when):
    assume(nper > 1)
    level = tv.pmt(rate, nper, pv, 0.0, when)
    # a payment that is all but the interest says nothing of the term
    assume((1 + rate) ** -nper > 1e-6)
    assert tv.nper(rate, level, pv, 0.0, when) == pytest.approx(nper, rel=1e-6)
    assert tv.rate(nper, level, pv, 0.0, when) == pytest.approx(rate, abs=1e-9)


# above 3 % a period the library loses the digits of late payments
@given(rate=st.floats(1e-4, 0.03), nper=st.integers(2, 480), pv=AMOUNTS, fv=st.floats(-1e5, 1e5), when=WHEN)
def test_the_functions_agree_with_an_independent_library(rate, nper, pv, fv, when):
    begin = {"pmt_at_beginning": bool(when)}
    per = nper // 2 + 1  # not the first: there it puts interest into a payment at the beginning, which Excel does not
    own = tv.pmt(rate, nper, pv, fv, when)
    scale = abs(own) + pv * rate
    assert own == pytest.approx(pyxirr.pmt(rate, nper, pv, fv, **begin), rel=1e-9, abs=1e-9 * scale)
    for name in ("ipmt", "ppmt"):
        theirs = getattr(pyxirr, name)(rate, per, nper, pv, fv, **begin)
        assert getattr(tv, name)(rate, per, nper, pv, fv, when) == pytest.approx(theirs, rel=1e-6, abs=1e-7 * scale)
    for name in ("cumipmt", "cumprinc"):
        theirs = getattr(pyxirr, name)(rate, nper, pv, 2, per, **begin)
        assert getattr(tv, name)(rate, nper, pv, 2, per, when) == pytest.approx(theirs, rel=1e-6, abs=1e-6 * scale)


@given(rate=st.floats(0.0, 0.1), nper=st.integers(1, 120), pv=AMOUNTS, when=WHEN)
def test_all_principal_of_a_term_is_the_loan_and_the_rest_is_interest(rate, nper, pv, when):
    assert tv.cumprinc(rate, nper, pv, 1, nper, when) == pytest.approx(-pv, rel=1e-6)
    parts = [tv.ipmt(rate, per, nper, pv, 0.0, when) for per in range(1, nper + 1)]
    assert tv.cumipmt(rate, nper, pv, 1, nper, when) == pytest.approx(math.fsum(parts), rel=1e-6, abs=1e-6 * pv)


@pytest.mark.parametrize("when", Due)
def test_late_payments_of_a_dear_loan_keep_their_digits(when):
    """Principal in payment k is pmt·v^(n − k + 1); of payments at the beginning in all but the first."""
    rate, nper = 0.1, 480
    level = tv.pmt(rate, nper, 1e6, 0.0, when)
    for per in (2, 240, 478, 480):
        exact = level * (1 + rate) ** -(nper - per + 1)
        assert tv.ppmt(rate, per, nper, 1e6, 0.0, when) == pytest.approx(exact, rel=1e-9, abs=1e-10)
    half = tv.cumprinc(rate, nper, 1e6, 241, 480, when)
    owed = tv.pv(rate, 240, level)
    assert half == pytest.approx(-owed, rel=1e-12)


def test_the_examples_of_the_function_reference_of_excel():
    near = lambda number: pytest.approx(number, abs=0.006)  # noqa: E731
    assert tv.fv(0.06 / 12, 10, -200, -500, Due.BEGIN) == near(2581.40)
    assert tv.pv(0.08 / 12, 12 * 20, 500) == near(-59_777.15)
    assert tv.pmt(0.06 / 12, 18 * 12, 0, 50_000) == near(-129.08)
    assert tv.nper(0.01, -100, -1000, 10_000, Due.BEGIN) == pytest.approx(59.6738657, abs=1e-6)
    assert tv.nper(0.01, -100, -1000) == pytest.approx(-9.57859404, abs=1e-6)  # the answer lies in the past
    assert tv.rate(48, -200, 8000) == pytest.approx(0.0077014724882, abs=1e-12)
    assert tv.cumipmt(0.09 / 12, 360, 125_000, 13, 24) == near(-11_135.23)
    assert tv.cumprinc(0.09 / 12, 360, 125_000, 13, 24) == near(-934.11)
    assert tv.effective_rate(0.0525, 4) == pytest.approx(0.0535427, abs=1e-7)
    assert tv.nominal_rate(0.053543, 4) == pytest.approx(0.05250032, abs=1e-8)
    assert tv.pduration(0.025, 2000, 2200) == pytest.approx(3.86, abs=0.006)


def test_a_payment_at_the_beginning_bears_no_interest_at_first():
    assert tv.ipmt(0.01, 1, 12, 1000, 0.0, Due.BEGIN) == 0.0
    assert tv.ppmt(0.01, 1, 12, 1000, 0.0, Due.BEGIN) == tv.pmt(0.01, 12, 1000, 0.0, Due.BEGIN)


def test_of_two_rates_the_one_nearer_to_the_guess():
    # 1,000 g² − 2,600 (g + 1) + 4,250 = 0 for g = 1.1 and g = 1.5
    assert tv.rate(2, -2600, 1000, 4250) == pytest.approx(0.1)
    assert tv.rate(2, -2600, 1000, 4250, guess=0.4) == pytest.approx(0.5)


@pytest.mark.parametrize("when", Due)
def test_nothing_is_a_rate_where_the_payments_add_up(when):
    assert tv.rate(10, -100, 1000, 0.0, when) == pytest.approx(0.0, abs=1e-12)
    assert tv.nper(0.0, -100, 1000, 0.0, when) == 10


@pytest.mark.parametrize(
    "ask",
    [
        lambda: tv.rate(12, 400, 10_000, 5_000),
        lambda: tv.rate(12, 0, 0, 0),
        lambda: tv.nper(0.02, -200, 10_000),
        lambda: tv.nper(0.02, -199, 10_000),
        lambda: tv.nper(0.0, 0, 10_000),
        lambda: tv.fv(1.0, 5000, -1),
        lambda: tv.fv(0.0, 2, -1e308),
        lambda: tv.periods_to_target(1000, 0.0, 0, 2000),
        lambda: tv.periods_to_target(1000, -0.5, 0, 2000),
        lambda: tv.periods_to_target(1000, 0.0, -10, 2000),
    ],
)
def test_what_has_no_answer_is_refused(ask):
    with pytest.raises(NotComputableError):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda: tv.pmt(0.01, 0, 100),
        lambda: tv.pmt(math.nan, 1, 100),
        lambda: tv.pmt(-1.0, 1, 100),
        lambda: tv.pmt(0.01, 1, 100, 0.0, 2),
        lambda: tv.fv(0.01, -1, 100),
        lambda: tv.rate(0, -1, 100),
        lambda: tv.ipmt(0.01, 0, 12, 100),
        lambda: tv.ppmt(0.01, 13, 12, 100),
        lambda: tv.cumipmt(-0.01, 12, 100, 1, 2),
        lambda: tv.cumprinc(0.01, 12, 100, 3, 2),
        lambda: tv.cumprinc(0.01, 12, 100, 3, 13),
        lambda: tv.cumprinc(0.01, 12, -100, 1, 2),
        lambda: tv.pduration(0.01, -1, 2),
        lambda: tv.effective_rate(0.05, 0),
        lambda: tv.nominal_rate(0.05, math.inf),
    ],
)
def test_what_is_out_of_range_is_refused(ask):
    with pytest.raises(InvalidInputError):
        ask()


@given(rate=st.floats(-0.5, 2.0), periods=st.integers(1, 365))
def test_nominal_and_effective_rates_invert_each_other(rate, periods):
    assert tv.nominal_rate(tv.effective_rate(rate, periods), periods) == pytest.approx(rate, abs=1e-12)


def test_a_canadian_mortgage_compounds_half_yearly():
    monthly = tv.payment_period_rate(0.06, 2, 12)
    assert (1 + monthly) ** 6 == pytest.approx(1.03)
    assert tv.pmt(monthly, 300, 100_000) == pytest.approx(-639.81, abs=0.005)


def test_savings_reach_their_target():
    assert tv.periods_to_target(1000, 0.0, 100, 1900) == 9
    assert tv.periods_to_target(2000, 0.0, 100, 1900) == 0
    # a year of 100 at 1 % a month on 1,000: 1,000·1.01¹² + 100·12.682503
    assert tv.periods_to_target(1000, 0.12, 100, 2395.08) == pytest.approx(12, abs=1e-4)
    assert tv.periods_to_target(10_000, 0.12, -50, 10_050) == pytest.approx(1)
