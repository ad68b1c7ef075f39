"""Work beside a survivor's benefit, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from apps.plans.engine.claiming import Claim
from apps.plans.engine.earnings_test import WorkBeside
from apps.plans.engine.household_benefits import BenefitSchedule, benefit_schedule
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.survivor_work import best_ages, planned_benefits

START = date(2026, 1, 1)
EXEMPT = (24_480.0, 65_160.0)
N_MONTHS = 180
# 60 and 62 in January 2026
SIXTY, BORN = date(1966, 1, 2), date(1964, 1, 2)
# who left 2,400 a month at full age, without a claim
RECORD = OtherRecord(RecordKind.DECEASED, 2_400.0, date(1962, 5, 5), date(2024, 3, 9))
IDLE = WorkBeside(np.zeros(N_MONTHS), EXEMPT)


def earning(*yearly: float) -> WorkBeside:
    told = [*yearly, *([0.0] * (N_MONTHS // 12 - len(yearly)))]
    return WorkBeside(np.repeat(np.array(told) / 12, 12), EXEMPT)


def widowed(work: WorkBeside, *, born: date = BORN, amount: int = 0, age: int = 62 * 12) -> np.ndarray:
    record = OtherRecord(RecordKind.DECEASED, 2_400.0, RECORD.birth_date, RECORD.ended, begins_age=60 * 12)
    told = record if born == SIXTY else RECORD
    return planned_benefits([Claim(Decimal(amount), born, age)], [work], START, records=[told]).own[0]


def test_a_survivors_own_work_withholds_the_survivors_benefit_and_full_age_gives_it_back() -> None:
    # 1,911 a month from 62 on; 44,480 is 20,000 above: 10,000 withheld, five months whole and 445 of the sixth
    paid = widowed(earning(44_480.0))
    assert paid[:7] == pytest.approx([0.0] * 5 + [1_911.0 * 6 - 10_000.0, 1_911.0])
    # six months count as not claimed: 54 of 84 before full age, 2,400 × (1 − 28.5 % × 54 / 84)
    assert paid[59] == 1_911.0
    assert paid[60] == paid[-1] == 1_960.0


def test_months_withheld_before_62_are_given_back_at_62_and_later_ones_at_full_age() -> None:
    # 1,716 from 60 on: 10,000 a year withheld are six months of 2026 and of 2027, and six of 2028 at 1,813
    paid = widowed(earning(44_480.0, 44_480.0, 44_480.0), born=SIXTY)
    assert paid[6] == paid[23] == 1_716.0
    assert float(paid[:12].sum()) == pytest.approx(12 * 1_716.0 - 10_000.0)
    assert paid[30] == paid[83] == 1_813.0
    assert float(paid[24:36].sum()) == pytest.approx(12 * 1_813.0 - 10_000.0)
    assert paid[84] == 1_862.0
    # 2,400 × (1 − 28.5 % × 72 / 84), and of 66
    assert (int(2_400 * (1 - 0.285 * 72 / 84)), int(2_400 * (1 - 0.285 * 66 / 84))) == (1_813, 1_862)


def test_the_own_benefit_and_the_survivors_are_charged_together() -> None:
    # 700 of 1,911 are the own benefit: the same is withheld of what both pay, and both are given back
    alone, beside = widowed(earning(44_480.0)), widowed(earning(44_480.0), amount=1_000)
    assert np.array_equal(alone, beside)
    # where the own one is larger, it alone is paid: 2,100 a month, five months touched
    large = widowed(earning(44_480.0), amount=3_000)
    assert large[4] == pytest.approx(5 * 2_100.0 - 10_000.0)
    assert large[60] == float(int(3_000 * (1 - 0.2 - 19 * 5 / 1_200)))


def test_who_is_left_alone_in_a_year_is_charged_with_what_was_paid_before_and_after() -> None:
    claims = [Claim(Decimal(1_000), BORN, 62 * 12), Claim(Decimal(2_400), BORN, 70 * 12)]
    told = planned_benefits(claims, [earning(44_480.0), IDLE], START)
    # dies in July: 700 to June, then 1,960; 10,000 are withheld of it: 4,200 and 5,800
    paid = told.alone(0, 6)
    assert paid[6:10] == pytest.approx([0.0, 0.0, 3 * 1_960.0 - 5_800.0, 1_960.0])
    # nine months of the own benefit, three of the survivor's count as not claimed
    assert paid[60] == float(int(2_400 * (1 - 0.285 * 51 / 84))) == 1_984.0
    total = told.paid([N_MONTHS, 6])
    assert not total[:8].any()
    assert np.array_equal(total[8:], paid[8:])
    # who dies once all of the year is withheld leaves what was there
    assert told.alone(0, 30)[30] == float(int(2_400 * (1 - 0.285 * 30 / 84)))
    assert told.alone(1, 6)[96] == max(float(told.own[1, 96]), float(told.survivor[1, 6]))


def test_the_limit_of_a_survivor_rises_with_what_was_withheld_from_who_died() -> None:
    # claimed at 62 and worked on to 67: the own benefit is 2,000 again, and so is the survivor's, not 82.5 % of it
    claims = [Claim(Decimal(0), BORN, 67 * 12), Claim(Decimal(2_000), BORN, 62 * 12)]
    works = earning(*([150_000.0] * 5))
    told = planned_benefits(claims, [IDLE, works], START)
    plain = benefit_schedule(claims, START, N_MONTHS)
    assert (plain.survivor[0, 100], told.survivor[0, 100]) == (1_650.0, 2_000.0)
    # two years of work withheld by the death: 24 months of 60, 2,000 × (1 − 36 × 5/9 %)
    assert told.survivor[0, 24] == max(1_650.0, 2_000.0 * 0.8)


def test_whoever_earns_too_little_is_paid_as_without_the_test() -> None:
    claims = [Claim(Decimal(1_000), BORN, 62 * 12), Claim(Decimal(2_400), BORN, 66 * 12)]
    told = planned_benefits(claims, [earning(24_480.0), IDLE], START, records=[RECORD, None])
    plain = benefit_schedule(claims, START, N_MONTHS, records=[RECORD, None])
    assert same(told, plain)
    # and who has stopped before the other dies has what was withheld of the own one alone
    told = planned_benefits(claims, [earning(44_480.0), IDLE], START)
    assert told.held.shape[1] > 0
    assert np.abs(told.held[:, 13:]).max() == 0.0


def same(one: BenefitSchedule, other: BenefitSchedule) -> bool:
    names = ("own", "beside", "survivor", "begins", "held", "held_from")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


def test_a_remarried_widow_has_the_larger_while_both_live_less_what_work_takes() -> None:
    claims = [Claim(Decimal(0), BORN, 62 * 12), Claim(Decimal(1_000), BORN, 62 * 12)]
    told = planned_benefits(claims, [earning(44_480.0), IDLE], START, records=[RECORD, None])
    both = told.own[0] + told.beside[0]
    assert both[:7] == pytest.approx([0.0] * 5 + [1_911.0 * 6 - 10_000.0, 1_911.0])
    assert both[60] == 1_960.0
    # what the second leaves is less than that record
    assert told.alone(0, 3)[61] == 1_960.0


def test_the_best_age_of_who_works_on_is_later() -> None:
    free, _ = best_ages([Decimal(2_000)], [BORN], [150], START, real_rate=0.0)
    busy, value = best_ages([Decimal(2_000)], [BORN], [150], START, real_rate=0.0, work=[earning(*[60_000.0] * 4)])
    assert busy >= free
    plain = planned_benefits([Claim(Decimal(2_000), BORN, busy[0])], [earning(*[60_000.0] * 4)], START)
    assert value == pytest.approx(float(plain.paid([150])[:150].sum()))
