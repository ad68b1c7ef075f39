"""Who is insured for how many months, and the columns of the premiums."""

from __future__ import annotations

from apps.plans.engine.medicare_program import N_MEDICARE, N_STEPS, premium_rows
from apps.plans.engine.program import build_program
from apps.plans.engine.tax_law import STATUSES
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import family, insured


def test_people_are_insured_from_the_month_of_their_65th_birthday_on() -> None:
    program = build_program(insured(family()))
    # Ben is 65 in November 2044, Ana in March 2046; Ben is counted on until November 2069
    assert program.insured[0, 17:22].tolist() == [0, 2, 12, 22, 24]
    assert program.insured[0, 43:45].tolist() == [24, 12]


def test_survivors_are_insured_alone() -> None:
    program = build_program(insured(family()), drawn=True)
    assert program.insured[:, 30].tolist() == [24, 12, 12]


def test_statuses_with_fewer_steps_know_the_highest_ones_alone() -> None:
    cover = insured(family(), charges_standard=False).medicare
    rows = premium_rows(cover)
    apart = rows[STATUSES.index(FilingStatus.MARRIED_SEPARATE)]
    assert apart[:N_STEPS].tolist() == [109_000.0] * 4 + [391_000.0]
    assert apart[N_STEPS] == 0.0
    assert rows.shape == (len(STATUSES), N_MEDICARE)
    assert premium_rows(None).shape[0] == 0
