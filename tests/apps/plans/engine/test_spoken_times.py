"""Times as people say them."""

from __future__ import annotations

from typing import Any

import pytest

from apps.plans.engine.spoken_numbers import Tongue, money_in, numbers_in
from apps.plans.engine.spoken_times import Duration, Moment, times_in

EN, PT = Tongue.ENGLISH, Tongue.PORTUGUESE


def times(text: str, tongue: Tongue) -> tuple[list[Moment], list[Duration]]:
    return times_in(text, numbers_in(text, tongue), money_in(text, tongue), tongue)


@pytest.mark.parametrize(
    ("text", "tongue", "told"),
    [
        ("stop at 62", EN, {"age": 62}),
        ("when I turn sixty-five", EN, {"age": 65}),
        ("when Ana turns 18", EN, {"age": 18, "of": "Ana"}),
        ("when she is 70 years old", EN, {"age": 70, "of": "she"}),
        ("by 2035", EN, {"year": 2035}),
        ("in June 2030", EN, {"year": 2030, "month": 6}),
        ("in about ten years", EN, {"ahead": 10}),
        ("5 years from now", EN, {"ahead": 5}),
        ("next summer", EN, {"ahead": 1}),
        ("aos 62", PT, {"age": 62}),
        ("quando a Ana fizer 18", PT, {"age": 18, "of": "Ana"}),
        ("em março de 2031", PT, {"year": 2031, "month": 3}),
        ("daqui a dez anos", PT, {"ahead": 10}),
        ("ano que vem", PT, {"ahead": 1}),
    ],
)
def test_a_moment_is_told_as_it_was_said(text: str, tongue: Tongue, told: dict[str, Any]):
    moments, durations = times(text, tongue)
    assert durations == []
    (moment,) = moments
    names = ("age", "year", "month", "ahead", "of")
    assert {name: getattr(moment, name) for name in names if getattr(moment, name)} == told


@pytest.mark.parametrize(
    ("text", "tongue"), [("for four years", EN), ("over the next 4 years", EN), ("por quatro anos", PT)]
)
def test_a_duration_is_no_moment(text: str, tongue: Tongue):
    moments, (duration,) = times(text, tongue)
    assert (moments, duration.years) == ([], 4)


def test_money_is_no_time():
    assert times("$2,035 at 2035 a year", EN)[0][0].year == 2035
    assert times("62 thousand", EN) == ([], [])
