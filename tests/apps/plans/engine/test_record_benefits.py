"""What a former spouse's record pays, worked by hand (42 USC 402(b), (e), (q))."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from apps.plans.engine.claiming import Claim
from apps.plans.engine.household_benefits import benefit_schedule
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.other_records import OtherRecord, RecordKind, first_day_divorced
from apps.plans.engine.record_benefits import survivor_begins
from apps.plans.engine.schedules import benefits_of
from tests.apps.plans.engine.households import claiming, family

START, BORN = date(2026, 1, 1), date(1964, 6, 15)
WIDOW = OtherRecord(RecordKind.DECEASED, 2_400.0, date(1960, 3, 3), date(2020, 5, 5), begins_age=62 * 12)


def paid(own: int, age: int, record: OtherRecord) -> dict[tuple[int, int], float]:
    """What is paid from each month on in which it changes."""
    amounts = benefit_schedule([Claim(Decimal(own), BORN, age * 12)], START, 45 * 12, records=[record]).own[0]
    changes = [0, *(np.flatnonzero(np.diff(amounts)) + 1)]
    return {(2026 + month // 12, month % 12 + 1): float(amounts[month]) for month in changes}


def test_a_survivor_takes_the_survivors_benefit_first_and_the_larger_own_one_at_70() -> None:
    # 2,400 x (1 - 28.5 % x 60/84) = 1,911; own 2,000 x 124 % = 2,480
    assert paid(2_000, 70, WIDOW) == {(2026, 1): 0.0, (2026, 6): 1_911.0, (2034, 6): 2_480.0}
    # an own benefit that stays the smaller changes nothing
    assert paid(1_500, 70, WIDOW) == {(2026, 1): 0.0, (2026, 6): 1_911.0}


def test_a_survivor_takes_the_own_benefit_first_and_the_whole_survivors_one_at_full_age() -> None:
    # own 1,000 at 62 and a month is not asked here: 70 % at 62; full age of a survivor born in 1964 is 67
    later = replace(WIDOW, begins_age=67 * 12)
    assert paid(1_000, 62, later) == {(2026, 1): 0.0, (2026, 6): 700.0, (2031, 6): 2_400.0}


def test_without_a_day_it_comes_with_the_own_claim_but_not_after_full_age() -> None:
    by_rule = replace(WIDOW, begins_age=None)
    claim = Claim(Decimal(2_000), BORN, 70 * 12)
    assert survivor_begins(claim, by_rule, START) == 5 * 12 + 5
    assert survivor_begins(replace(claim, age=62 * 12), by_rule, START) == 5


def test_after_an_early_claim_the_survivor_has_at_least_82_and_a_half_per_cent() -> None:
    early = replace(WIDOW, claim_age=62 * 12, begins_age=67 * 12, ended=date(2023, 5, 5))
    # born in 1960: full age 67, at 62 he had 70 %, 1,680; 82.5 % of 2,400 = 1,980
    assert paid(0, 67, early) == {(2026, 1): 0.0, (2031, 6): 1_980.0}


def test_credits_of_waiting_pass_to_the_survivor() -> None:
    late = replace(WIDOW, birth_date=date(1950, 3, 3), claim_age=70 * 12, ended=date(2023, 5, 5), begins_age=67 * 12)
    # born in 1950: full age 66, 48 months of 2/3 %: 132 %
    assert paid(0, 67, late) == {(2026, 1): 0.0, (2031, 6): 3_168.0}


def test_credits_end_at_seventy_for_who_died_later_without_a_claim() -> None:
    # born in 1944: full age 66, 48 months to 70 at 2/3 %: 132 %, however late the death
    never = replace(WIDOW, birth_date=date(1944, 3, 3), ended=date(2024, 3, 5), begins_age=67 * 12)
    assert paid(0, 67, never) == {(2026, 1): 0.0, (2031, 6): 3_168.0}


def test_somebody_divorced_has_the_excess_with_the_own_benefit_once_the_other_is_62() -> None:
    other = date(1968, 3, 3)
    record = OtherRecord(
        RecordKind.DIVORCED, 3_000.0, other, date(2020, 1, 1), earliest=first_day_divorced(date(2020, 1, 1), other)
    )
    # own 600 at 62: 420; the other is 62 in March 2030, when 65 and 9 months: 15 of 36 months at 25/36 %
    excess = int(900 * (1 - 15 * 25 / 3600))
    assert paid(600, 62, record) == {(2026, 1): 0.0, (2026, 6): 420.0, (2030, 3): 420.0 + excess}
    assert paid(600, 67, record) == {(2026, 1): 0.0, (2031, 6): 1_500.0}
    # who has more than half of the other's amount is paid nothing on the record
    assert paid(1_600, 67, record) == {(2026, 1): 0.0, (2031, 6): 1_600.0}


def test_of_a_former_and_a_present_spouse_the_larger_is_paid() -> None:
    claims = [Claim(Decimal(600), BORN, 67 * 12), Claim(Decimal(3_000), BORN, 67 * 12)]
    alone = benefit_schedule(claims, START, 240)
    both = benefit_schedule(claims, START, 240, records=[replace(WIDOW, begins_age=67 * 12), None])
    assert alone.own[0, -1] + alone.beside[0, -1] == 1_500.0
    assert both.own[0, -1] + both.beside[0, -1] == 2_400.0
    assert np.array_equal(both.own[1], alone.own[1])


def test_a_plan_counts_it() -> None:
    inputs: ProjectionInputs = claiming(family())
    first = inputs.claims[0]
    claims = (replace(first, record=replace(WIDOW, primary_amount=4_000.0)), *inputs.claims[1:])
    with_it, without = benefits_of(replace(inputs, claims=claims)), benefits_of(inputs)
    assert with_it is not None
    assert without is not None
    assert with_it.own[0].sum() > without.own[0].sum()
    assert with_it.own[0] == pytest.approx(np.maximum(without.own[0], with_it.own[0]))
