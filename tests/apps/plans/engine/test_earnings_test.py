"""Pay beside early benefits, by hand and by the published examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from apps.plans.engine.claiming import Claim, spouse_excess, worker_benefit
from apps.plans.engine.earnings_test import WorkBeside, with_earnings_test
from apps.plans.engine.household_benefits import BenefitSchedule, benefit_schedule
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.other_records import OtherRecord, RecordKind
from apps.plans.engine.record_benefits import survivor_amount
from apps.plans.engine.schedules import benefits_of
from tests.apps.plans.engine.households import claiming, family, family_cube
from tests.apps.plans.engine.reference_model import ReferenceModel

START = date(2026, 1, 1)
EXEMPT = (24_480.0, 65_160.0)
N_MONTHS = 144
# 62 in January 2026, full age 67 in January 2031
BORN = date(1964, 1, 2)
NONE = WorkBeside(np.zeros(N_MONTHS), None)


def paying(yearly: float, until: int = N_MONTHS) -> WorkBeside:
    return WorkBeside(np.where(np.arange(N_MONTHS) < until, yearly / 12, 0.0), EXEMPT)


def beside_work(work: WorkBeside, *, amount: int = 1_000, age: int = 62 * 12, born: date = BORN) -> BenefitSchedule:
    claim = Claim(Decimal(amount), born, age)
    return with_earnings_test(benefit_schedule([claim], START, N_MONTHS), [claim], [work], START)[0]


def by_year(told: BenefitSchedule) -> list[float]:
    return [float(each.sum()) for each in told.own[0].reshape(-1, 12)]


def test_a_dollar_of_two_above_the_exempt_amount_is_withheld_before_the_year_of_full_age() -> None:
    # 700 a month; 32,480 is 8,000 above: 4,000 are withheld of 8,400, in five months whole and the sixth in part
    told = beside_work(paying(32_480.0, until=12))
    assert by_year(told)[:2] == pytest.approx([4_400.0, 8_400.0])
    assert told.own[0, :7] == pytest.approx([0.0] * 5 + [200.0, 700.0])
    # six months count as not claimed: 54 before full age, so 36 × 5/9 % and 18 × 5/12 % less
    later = float(worker_benefit(Claim(Decimal(1_000), BORN, 62 * 12 + 6)))
    assert told.own[0, 59] == 700.0
    assert told.own[0, 60] == later == 725.0


def test_all_of_it_is_withheld_from_who_earns_much_and_full_age_gives_it_back() -> None:
    told = beside_work(paying(150_000.0))
    # from 2026 to 2030 nothing; 2031 begins with full age, without a month before it
    assert by_year(told)[:6] == pytest.approx([0.0] * 5 + [12_000.0])


def test_in_the_year_of_full_age_a_dollar_of_three_for_the_months_before_it() -> None:
    # born in July: 67 in July 2031; 150,000 a year are 75,000 to June, 9,840 above 65,160: 3,280 withheld
    born = date(1964, 7, 2)
    told = beside_work(paying(150_000.0), born=born)
    kept = 6 * 700.0 - 3_280.0
    assert float(told.own[0, 60:66].sum()) == pytest.approx(kept)
    # five months of 2026 to 2030 and five of 2031 are withheld, the fifth in part: 54 + 5 of 60
    assert told.own[0, 66] == float(worker_benefit(Claim(Decimal(1_000), born, 62 * 12 + 54 + 5)))


def test_in_the_first_year_with_little_work_its_months_are_paid_in_full() -> None:
    # SSA, "Special Earnings Limit Rule": works to June, 60,000 in the year, claims in July
    told = beside_work(paying(120_000.0, until=6), age=62 * 12 + 6)
    assert by_year(told)[0] == pytest.approx(6 * 725.0)
    # not again in a later year: 60,000 in the last half of 2027 count against all of its months
    twice = np.where((np.arange(N_MONTHS) < 6) | ((np.arange(N_MONTHS) >= 18) & (np.arange(N_MONTHS) < 24)), 1e4, 0.0)
    told = beside_work(WorkBeside(twice, EXEMPT), age=62 * 12 + 6)
    assert by_year(told)[1] == 0.0


def test_nothing_is_withheld_without_the_test_from_full_age_on_and_below_the_exempt_amount() -> None:
    claim = Claim(Decimal(1_000), BORN, 62 * 12)
    plain = benefit_schedule([claim], START, N_MONTHS)
    for work in (NONE, paying(24_480.0)):
        assert np.array_equal(beside_work(work).own, plain.own)
    late = Claim(Decimal(1_000), BORN, 68 * 12)
    assert np.array_equal(
        beside_work(paying(150_000.0), age=68 * 12).own, benefit_schedule([late], START, N_MONTHS).own
    )


def test_a_spouses_benefit_on_the_record_is_withheld_too_and_given_back() -> None:
    claims = [Claim(Decimal(2_000), BORN, 62 * 12), Claim(Decimal(0), BORN, 62 * 12)]
    plain = benefit_schedule(claims, START, N_MONTHS)
    told, _ = with_earnings_test(plain, claims, [paying(44_480.0, until=12), NONE], START)
    # 10,000 of 1,400 and 650 a month: four months whole, the fifth but 250
    assert plain.beside[1, 0] == 650.0
    assert float((told.own[0] + told.beside[1])[:12].sum()) == pytest.approx(12 * 2_050.0 - 10_000.0)
    assert told.beside[1, :4].tolist() == [0.0] * 4
    assert told.beside[1, 60] == float(spouse_excess(Decimal(2_000), Decimal(0), 60 - 5)) > 650.0
    # what the spouse earns takes nothing of the worker's own
    told, _ = with_earnings_test(plain, claims, [NONE, paying(150_000.0)], START)
    assert np.array_equal(told.own, plain.own)
    assert not told.beside[1, :60].any()


def test_the_walk_pays_what_is_left_and_wages_are_told_in_money_of_the_start() -> None:
    inputs = claiming(family())
    early = tuple(replace(each, claim_age=62 * 12 + 1, exempt=EXEMPT) for each in inputs.claims)
    inputs = replace(inputs, claims=early)
    plain = replace(inputs, claims=tuple(replace(each, exempt=None) for each in early))
    kept, before = benefits_of(inputs), benefits_of(plain)
    assert kept is not None
    assert before is not None
    assert kept.own.sum() != before.own.sum()
    twin = ReferenceModel(inputs, family_cube(), 7).run()
    simulation = simulate(inputs, family_cube(), with_flows=False)
    assert simulation.recorded.wealth[:, 7] == pytest.approx(twin.wealth, abs=0.01)


def test_the_plan_adds_the_record_of_who_died() -> None:
    record = OtherRecord(RecordKind.DECEASED, 2_400.0, date(1962, 5, 5), date(2024, 3, 9))
    base = claiming(family(), (62 * 12, 64 * 12))
    claims = (replace(base.claims[0], primary_amount=400.0, record=record, exempt=EXEMPT), base.claims[1])
    late = replace(base.adults[0], retirement_date=date(2050, 1, 1))
    inputs = replace(base, claims=claims, adults=(late, base.adults[1]))
    paid = benefits_of(inputs)
    assert paid is not None
    on_record = survivor_amount(Claim(Decimal(400), late.birth_date, 62 * 12), record, inputs.start_date)
    # works on to full age, and all but the two months of the year of it are withheld: 58 of 60 are given back
    assert paid.own[0, 0] == 0.0 < on_record
    assert paid.own[0].max() == float(int(2_400 * (1 - 0.285 * 2 / 84)))
    without = benefits_of(replace(inputs, claims=(replace(claims[0], exempt=None), claims[1])))
    assert without is not None
    assert paid.own[0, -1] > without.own[0, -1] == on_record
    assert paid.beside[0, -1] <= without.beside[0, -1]
