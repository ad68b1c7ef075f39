"""Benefits of a household by month, by hand: claims, spouses, survivors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.plans.engine.claiming import Claim, worker_benefit
from apps.plans.engine.household_benefits import benefit_schedule
from apps.plans.engine.survivor_work import best_ages

START = date(2027, 1, 1)
# both counted as born in June 1962: 65 years less six months at the start, full age 67 in June 2029 (month 29)
BORN = date(1962, 6, 15)
NEVER = 480


def claim(amount: int, years: int, born: date = BORN) -> Claim:
    return Claim(Decimal(amount), born, 12 * years)


def test_one_person_is_paid_from_the_claim_to_the_end():
    paid = benefit_schedule([claim(2_000, 67)], START, NEVER).paid([300])
    assert paid[28] == 0.0
    assert set(paid[29:300]) == {2_000.0}
    assert not paid[300:].any()


def test_a_claim_before_the_start_is_in_payment():
    paid = benefit_schedule([claim(2_000, 62)], START, 12).paid([12])
    assert set(paid) == {1_400.0}


def test_waiting_counts_from_january_on():
    """68 in June 2030: until December five of twelve months count, then all: 2,000 x 1.0333 and 1.08."""
    paid = benefit_schedule([claim(2_000, 68)], START, NEVER).paid([NEVER])
    assert paid[41] == 2_093.0
    assert paid[47] == 2_093.0
    assert paid[48] == 2_160.0


def test_a_spouse_is_paid_more_once_both_have_claimed():
    """Half of 3,000 less 600 is 900, in full at full age; the own 600 began at 62 with 420."""
    schedule = benefit_schedule([claim(600, 62), claim(3_000, 67)], START, NEVER)
    paid = schedule.paid([NEVER, NEVER])
    assert paid[28] == 420.0
    assert paid[29] == 420.0 + 900.0 + 3_000.0


def test_a_survivor_has_the_larger_of_two():
    schedule = benefit_schedule([claim(600, 62), claim(3_000, 67)], START, NEVER)
    paid = schedule.paid([NEVER, 120])
    assert paid[119] == 4_320.0
    assert set(paid[120:]) == {3_000.0}
    other = schedule.paid([120, NEVER])
    assert set(other[120:]) == {3_000.0}


def test_of_one_who_died_before_claiming_the_survivor_has_the_whole_amount_at_full_age():
    """The other, who would have claimed at 70, dies in month 10; the survivor claims at full age in month 29."""
    schedule = benefit_schedule([claim(600, 67), claim(3_000, 70)], START, NEVER)
    paid = schedule.paid([NEVER, 10])
    assert paid[28] == 0.0
    assert paid[29] == 3_000.0


def test_after_an_early_claim_the_survivor_has_what_there_was_but_at_least_82_and_a_half_percent():
    paid = benefit_schedule([claim(600, 67), claim(2_000, 62)], START, NEVER).paid([NEVER, 200])
    assert paid[200] == 1_650.0


@given(st.integers(62, 70), st.integers(62, 70), st.integers(1, 300), st.integers(1, 300))
@settings(max_examples=25, deadline=None)
def test_nobody_is_paid_after_both_have_died_and_one_alone_never_more_than_two(
    first: int, second: int, one: int, two: int
):
    schedule = benefit_schedule([claim(1_000, first), claim(2_500, second)], START, 300)
    paid, both = schedule.paid([one, two]), schedule.paid([300, 300])
    assert not paid[max(one, two) :].any()
    assert (paid[: min(one, two)] == both[: min(one, two)]).all()
    highest = 2_500 * 1.24
    assert (paid[min(one, two) :] <= highest + 1).all()


def test_who_lives_long_should_wait_and_who_does_not_should_not():
    """To 95 waiting to 70 pays most at a real rate of nothing; to 70 claiming at once does."""
    ages, value = best_ages([Decimal(2_000)], [BORN], [NEVER - 114], START, real_rate=0.0)
    assert ages == (840,)
    by_hand = benefit_schedule([Claim(Decimal(2_000), BORN, 840)], START, NEVER - 114).paid([NEVER - 114]).sum()
    assert value == pytest.approx(by_hand)
    soon, _ = best_ages([Decimal(2_000)], [BORN], [66], START, real_rate=0.0)
    assert soon == (780,)


def test_the_better_earner_of_a_couple_waits_for_both():
    ages, value = best_ages([Decimal(800), Decimal(3_000)], [BORN, BORN], [400, 240], START, real_rate=0.01)
    assert ages[1] == 840
    at_once = benefit_schedule([claim(800, 65), claim(3_000, 65)], START, 400).paid([400, 240])
    assert value > float(at_once @ (1.01 ** (-np.arange(400) / 12)))


def test_a_claim_in_payment_is_what_the_law_pays():
    early = claim(2_000, 64)
    assert benefit_schedule([early], START, 6).own[0, 0] == float(worker_benefit(early))
