"""Schedules of loans: identities to the cent, cases by hand, and closed forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.money.engine import time_value as tv
from apps.money.engine.amortisation import (
    AtChange,
    Extra,
    Frequency,
    Loan,
    RateChange,
    accelerated,
    amortise,
    due_date,
    period_rate,
    saving,
)
from apps.money.engine.errors import NotComputableError

D = Decimal
HOUSE = Loan(D(200_000), D("0.065"), 360, date(2026, 1, 31))
FIRST = date(2026, 1, 1)

CENTS = st.decimals(D("0.01"), D(1_000_000), places=2)
RATES = st.decimals(D(0), D("0.40"), places=5)
EXTRAS = st.builds(
    Extra, st.decimals(D("0.01"), D(5000), places=2), st.dates(date(2025, 1, 1), date(2040, 1, 1)), st.integers(0, 13)
)


@st.composite
def loans(draw):
    n = draw(st.integers(1, 400))
    changes = st.builds(RateChange, st.dates(date(2025, 1, 1), date(2045, 1, 1)), RATES)
    principal = draw(CENTS)
    return Loan(
        principal,
        draw(RATES),
        n,
        draw(st.dates(date(2025, 1, 1), date(2030, 12, 31))),
        frequency=draw(st.sampled_from(Frequency)) if n <= 100 else Frequency.MONTHLY,
        compounding=draw(st.sampled_from([None, 1, 2, 12])),
        payment=draw(st.none() | st.decimals(D("0.01"), D(20_000), places=2)),
        changes=tuple(draw(st.lists(changes, max_size=3))),
        at_change=draw(st.sampled_from(AtChange)),
        interest_only=draw(st.integers(0, n - 1)),
        due_in_full=draw(st.none() | st.integers(1, n)),
        residual=draw(st.just(D(0)) | st.just(principal)),
        extras=tuple(draw(st.lists(EXTRAS, max_size=3))),
    )


@given(loan=loans())
def test_every_schedule_repays_the_loan_to_the_cent(loan):
    try:
        schedule = amortise(loan)
    except NotComputableError:
        return  # at 40 % for centuries
    assert sum(line.principal + line.extra for line in schedule.payments) == loan.principal
    assert schedule.payments[-1].owed_after == 0
    assert schedule.paid == loan.principal + schedule.interest
    assert len(schedule.payments) <= loan.payments
    for before, after in zip(schedule.payments, schedule.payments[1:], strict=False):
        assert after.owed_before == before.owed_after == before.owed_before - before.principal - before.extra > 0
        assert after.due > before.due
    for line in schedule.payments:
        for amount in (line.interest, line.principal, line.extra, line.owed_after):
            assert amount == round(amount, 2)
        assert line.extra >= 0


@given(principal=st.integers(1000, 1_000_000), rate=st.integers(1, 150), payments=st.integers(1, 360))
def test_a_level_loan_is_the_closed_form_but_for_cents(principal, rate, payments):
    loan = Loan(D(principal), D(rate) / 1000, payments, FIRST)
    schedule = amortise(loan)
    monthly = rate / 12_000
    level = tv.pmt(monthly, payments, principal)
    assert float(schedule.level) == pytest.approx(-level, abs=0.00501)
    # half a cent a payment, grown to the end
    slack = 0.01 * tv.fv(monthly, payments, -1) + 0.01
    half = (payments + 1) // 2
    if half < len(schedule.payments):
        owed = -tv.fv(monthly, half, level, principal)
        assert float(schedule.payments[half - 1].owed_after) == pytest.approx(owed, abs=slack)
    assert float(schedule.interest) == pytest.approx(-level * payments - principal, abs=slack * 2)


def test_a_small_loan_by_hand():
    """1,000 at 12 % in three: 340.02 a month; interest of 10.00, 6.70 and 3.37, and the last takes a cent more."""
    schedule = amortise(Loan(D(1000), D("0.12"), 3, date(2026, 1, 31)))
    assert [(line.interest, line.principal, line.owed_after) for line in schedule.payments] == [
        (D("10.00"), D("330.02"), D("669.98")),
        (D("6.70"), D("333.32"), D("336.66")),
        (D("3.37"), D("336.66"), D("0.00")),
    ]
    assert [line.due for line in schedule.payments] == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)]
    assert (schedule.interest, schedule.payments[-1].amount, schedule.balloon) == (D("20.07"), D("340.03"), 0)


def test_a_known_mortgage():
    schedule = amortise(HOUSE)
    assert schedule.level == D("1264.14")  # 200,000 at 6.5 % over 30 years
    assert schedule.ends_on == date(2055, 12, 31)
    assert schedule.growing == ()
    assert schedule.owed_on(date(2026, 1, 30)) == 200_000
    assert schedule.owed_on(date(2026, 1, 31)) == schedule.payments[0].owed_after


def test_without_interest_the_loan_is_split():
    schedule = amortise(Loan(D(100), D(0), 3, FIRST))
    assert [line.amount for line in schedule.payments] == [D("33.33"), D("33.33"), D("33.34")]


def test_a_changed_rate_asks_for_a_new_payment_from_the_first_whole_period():
    loan = replace(HOUSE, first_due=FIRST, changes=(RateChange(date(2031, 1, 1), D("0.08")),))
    lines = amortise(loan).payments
    assert [line.annual_rate for line in lines[60:62]] == [D("0.065"), D("0.08")]  # due on 1 January and 1 February
    owed = float(lines[60].owed_after)
    assert float(lines[61].amount) == pytest.approx(-tv.pmt(0.08 / 12, 299, owed), abs=0.00501)
    kept = amortise(replace(loan, at_change=AtChange.KEEP))
    assert kept.payments[61].amount == kept.level
    assert kept.balloon > 10_000


def test_a_rate_that_goes_up_and_down_on_days_out_of_order():
    changes = (RateChange(date(2028, 6, 15), D("0.02")), RateChange(date(2027, 1, 1), D("0.09")))
    rates = [line.annual_rate for line in amortise(replace(HOUSE, first_due=FIRST, changes=changes)).payments]
    assert (rates[12], rates[13], rates[30], rates[31]) == (D("0.065"), D("0.09"), D("0.09"), D("0.02"))


def test_interest_alone_is_paid_at_first():
    schedule = amortise(replace(HOUSE, interest_only=120))
    assert {line.amount for line in schedule.payments[:120]} == {D("1083.33")}
    assert schedule.level == D("1491.15") == schedule.payments[120].amount
    assert schedule.balloon == 0


def test_the_rest_falls_due_as_a_balloon():
    schedule = amortise(replace(HOUSE, due_in_full=84))
    assert len(schedule.payments) == 84
    owed = -tv.fv(0.065 / 12, 84, tv.pmt(0.065 / 12, 360, 200_000), 200_000)
    assert float(schedule.balloon) == pytest.approx(owed, abs=1)
    left = amortise(replace(HOUSE, residual=D(50_000)))
    assert float(left.balloon) == pytest.approx(50_000, abs=10)
    assert float(left.level) == pytest.approx(-tv.pmt(0.065 / 12, 360, 200_000, -50_000), abs=0.00501)


def test_extra_payments_shorten_the_loan():
    extras = (
        Extra(D(100), date(2026, 2, 1), every=1, last=date(2030, 12, 31)),
        Extra(D(5000), date(2028, 5, 5)),
        Extra(D(1), date(2026, 1, 1), every=12),
    )
    plain, quick = amortise(HOUSE), amortise(replace(HOUSE, extras=extras))
    on_top = {line.due: line.extra for line in quick.payments}
    assert (on_top[date(2026, 1, 31)], on_top[date(2026, 2, 28)], on_top[date(2027, 1, 31)]) == (1, 100, 101)
    assert (on_top[date(2028, 5, 31)], on_top[date(2030, 12, 31)], on_top[date(2031, 2, 28)]) == (5100, 100, 0)
    saved = saving(plain, quick)
    assert saved.interest > 10_000
    assert saved.payments == 360 - len(quick.payments) > 0
    assert saved.days == (plain.ends_on - quick.ends_on).days
    assert amortise(replace(HOUSE, extras=(Extra(D(10**6), FIRST),))).ends_on == HOUSE.first_due


def test_half_a_payment_every_two_weeks_is_a_thirteenth_month():
    halves = amortise(accelerated(HOUSE))
    assert halves.level == D("632.07")
    assert [line.due for line in halves.payments[:2]] == [date(2026, 1, 14), date(2026, 1, 28)]
    years = len(halves.payments) / 26
    assert 24 < years < 24.5  # the rule of thumb: six years earlier
    with pytest.raises(InvalidInputError):
        accelerated(replace(HOUSE, interest_only=12))


def test_a_canadian_mortgage_compounds_half_yearly():
    loan = Loan(D(100_000), D("0.06"), 300, FIRST, compounding=2, due_in_full=60)
    schedule = amortise(loan)
    assert schedule.level == D("639.81")
    assert schedule.payments[0].interest == D("493.86")
    assert float(period_rate(D("0.06"), Frequency.WEEKLY, 2)) == pytest.approx(tv.payment_period_rate(0.06, 2, 52))


def test_a_payment_below_the_interest_is_told_and_not_looped():
    schedule = amortise(replace(HOUSE, payment=D(1000)))
    assert schedule.growing == tuple(range(1, 360))
    assert schedule.payments[0].principal == D("-83.33")
    assert schedule.balloon > 200_000
    # a payment that is the interest repays nothing, and does not grow
    still = amortise(Loan(D(10_000), D("0.24"), 12, FIRST, payment=D(200)))
    assert (still.growing, still.balloon) == ((), D(10_000))


def test_a_debt_that_grows_beyond_measure_is_refused():
    with pytest.raises(NotComputableError):
        amortise(Loan(D(10_000), D(9), 1200, FIRST, payment=D(1)))


@pytest.mark.parametrize(
    ("frequency", "step"),
    [(Frequency.WEEKLY, 7), (Frequency.BIWEEKLY, 14), (Frequency.MONTHLY, 28), (Frequency.QUARTERLY, 89)],
)
def test_payments_fall_due_by_weeks_or_by_months(frequency, step):
    first = date(2026, 1, 31)
    assert due_date(first, frequency, 0) == first
    assert due_date(first, frequency, 1) == first + timedelta(days=step)
    assert due_date(due_date(first, frequency, 4), frequency, -4) == first


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("principal", D(0)),
        ("principal", D("0.001")),
        ("principal", D(10) ** 15),
        ("principal", D("NaN")),
        ("annual_rate", D("-0.01")),
        ("annual_rate", D("Infinity")),
        ("annual_rate", D("NaN")),
        ("changes", (RateChange(FIRST, D("-0.01")),)),
        ("payments", 0),
        ("payments", 1201),
        ("compounding", 0),
        ("interest_only", 360),
        ("payment", D(0)),
        ("due_in_full", 0),
        ("due_in_full", 361),
        ("residual", D(200_001)),
        ("residual", D(-1)),
        ("extras", (Extra(D(0), FIRST),)),
        ("extras", (Extra(D(1), FIRST, every=-1),)),
    ],
)
def test_what_cannot_be_a_loan_is_refused(field, value):
    with pytest.raises(InvalidInputError):
        replace(HOUSE, **{field: value})
