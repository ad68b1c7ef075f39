"""Cover in force, and who is left after a death."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.cover_in_force import cover_of, months_in_force, paid_at, without
from tests.apps.plans.engine.test_life_policies import AT_WORK, TERM, WHOLE, covered

MONTHS = 570


def test_cover_is_in_force_before_the_month_of_its_end() -> None:
    inputs = covered()
    # from July 2026 to March 2046
    assert months_in_force(TERM, inputs) == 236
    assert paid_at(inputs, "ana", 235) == 690_000.0
    assert paid_at(inputs, "ana", 236) == 90_000.0
    assert months_in_force(WHOLE, inputs) == MONTHS
    # Ben retires in January 2045
    assert months_in_force(AT_WORK, inputs) == 222
    assert months_in_force(replace(TERM, end=date(2020, 1, 1)), inputs) == 0


def test_a_later_retirement_keeps_cover_at_work_longer() -> None:
    inputs = covered()
    later = replace(inputs, adults=tuple(replace(adult, retirement_date=date(2047, 1, 1)) for adult in inputs.adults))
    assert months_in_force(AT_WORK, later) == 222 + 24


def test_who_dies_soon_still_had_the_cover_that_work_gives() -> None:
    left = without(covered(), "ben")
    assert months_in_force(next(each for each in left.events.policies if each.key == "work"), left) == 222
    assert cover_of(covered(), "ben") == 400_000.0
    assert cover_of(covered(None, replace(TERM, end=date(2026, 8, 1))), "ana") == 0.0
