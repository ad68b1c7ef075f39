"""Schedules by hand: loans, growth, benefits, the order of payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from apps.plans.engine.program import build_program
from apps.plans.engine.tax_law import STATUSES
from apps.plans.engine.tax_tables import FilingStatus
from tests.apps.plans.engine.households import family


def test_accounts_with_the_same_allocation_share_a_mix() -> None:
    program = build_program(family())
    assert program.weights.shape == (3, 3)
    assert len({int(program.mix[place]) for place in range(4)}) == 1


def test_a_survivor_files_as_a_single_person() -> None:
    facts = build_program(family()).year_facts[0]
    assert STATUSES[facts[0, 0]] is FilingStatus.MARRIED_JOINT
    # Ben reaches 90 in November 2069: the couple files together for that year.
    assert STATUSES[facts[43, 0]] is FilingStatus.MARRIED_JOINT
    assert STATUSES[facts[44, 0]] is FilingStatus.SINGLE
    assert facts[0, 2] == 1
    assert facts[3, 2] == 0


def test_people_of_65_are_counted_in_the_year_they_reach_it() -> None:
    facts = build_program(family()).year_facts[0]
    seniors = [int(count) for count in facts[:, 1]]
    # Ben turns 65 in November 2044, Ana in March 2046.
    assert seniors[17:21] == [0, 1, 1, 2]


def test_who_is_born_on_new_year_s_day_is_65_the_year_before() -> None:
    ana, ben = family().adults
    for born, year in ((date(1981, 1, 1), 2045), (date(1981, 1, 2), 2046)):
        facts = build_program(replace(family(), adults=(replace(ana, birth_date=born), ben))).year_facts[0]
        assert int(np.flatnonzero(facts[:, 1] == 2)[0]) == year - 2026


def test_the_law_of_a_short_first_year_is_its_part_of_a_year() -> None:
    """Six months: the standard deduction is half of 32,200, the rates are the same."""
    program = build_program(family())
    joint = STATUSES.index(FilingStatus.MARRIED_JOINT)
    assert program.first_year == 6
    assert program.law[0, joint, 0] == pytest.approx(16_100)
    assert program.law[1, joint, 0] == pytest.approx(32_200)
    assert program.law[0, joint, -7:] == pytest.approx(program.law[1, joint, -7:])


def test_untaxed_accounts_pay_no_yearly_tax() -> None:
    program = build_program(family())
    taxed = program.rates[:, 1:].sum(axis=1) > 0.0
    assert taxed.tolist() == [True, False, False, False, False, True]
