"""What stands out of the noise, and what advice is worth for its effort."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from apps.plans.engine.advice_worth import helps, place_of, rank_of, shows_nothing, stands_out, worth_of, yearly_costs
from apps.plans.engine.results import Effect, Recommendation, Text
from apps.plans.engine.runs import Run
from tests.apps.plans.engine.households import family


def run(succeeded: Sequence[float], wealth: Sequence[float], n_batches: int = 4) -> Run:
    return Run(np.array(succeeded, dtype=float), np.array(wealth, dtype=float), n_batches)


def effect(gain: float, wealth: float) -> Effect:
    return Effect(0.5, 0.5 + gain, gain, 0.01, wealth)


def advised(key: str, gain: float | None, worth: float | None) -> Recommendation:
    words, told = Text("x", ()), None if gain is None else effect(gain, 0.0)
    return Recommendation(key, "debt", words, words, told, "high", "easy", "now", (), (), worth)


def test_what_helps_comes_first_what_a_limit_asks_next_and_nothing_is_left_out() -> None:
    owed = {"limit", "limit_that_helps"}
    advice = [
        advised("unmeasured", None, None),
        advised("lowers_both", -0.01, -2.0),
        advised("limit", -0.008, -3.0),
        advised("richer_but_less_likely", -0.001, 4.0),
        advised("by_odds", None, 0.5),
        advised("helps", 0.02, 2.0),
        advised("limit_that_helps", 0.01, 1.0),
    ]
    advice.sort(key=lambda each: place_of(each, is_owed=each.key in owed))
    assert [each.key for each in advice] == [
        "helps",
        "limit_that_helps",
        "by_odds",
        "limit",
        "richer_but_less_likely",
        "lowers_both",
        "unmeasured",
    ]
    assert [helps(each) for each in advice] == [True] * 3 + [False] * 4


def test_worth_is_points_of_chance_and_years_of_costs_over_the_effort() -> None:
    assert worth_of(effect(0.10, 120_000.0), None, "easy", 60_000.0) == pytest.approx(12.0)
    assert worth_of(effect(0.10, 120_000.0), None, "medium", 60_000.0) == pytest.approx(6.0)
    assert worth_of(effect(0.10, 120_000.0), None, "hard", 60_000.0) == pytest.approx(3.0)


def test_wealth_counts_for_at_most_five_years_either_way_and_not_at_all_without_costs() -> None:
    assert worth_of(effect(0.0, 9e9), None, "easy", 60_000.0) == pytest.approx(5.0)
    assert worth_of(effect(0.0, -9e9), None, "easy", 60_000.0) == pytest.approx(-5.0)
    assert worth_of(effect(0.02, 9e9), None, "easy", 0.0) == pytest.approx(2.0)


def test_what_nothing_measures_has_no_worth_and_odds_stand_for_a_run() -> None:
    assert worth_of(None, None, "easy", 60_000.0) is None
    assert worth_of(None, 0.04, "medium", 60_000.0) == pytest.approx(2.0)


def test_a_rise_of_the_chance_stands_out_beyond_two_errors_of_the_paired_difference() -> None:
    before = run([0, 1] * 8, [1.0] * 16)
    assert stands_out(before, run([1, 1] * 8, [1.0] * 16), 1e9)
    # one path of sixteen: the difference is its own error
    assert not stands_out(before, run([1, 1, *([0, 1] * 7)], [1.0] * 16), 1e9)
    assert not stands_out(before, run([0, 0] * 8, [9e9] * 16), 1.0)


def test_at_the_same_chance_a_year_of_costs_more_is_needed() -> None:
    before = run([1] * 16, [100.0] * 16)
    after = run([1] * 16, [150.0 + place % 2 for place in range(16)])
    assert stands_out(before, after, 40.0)
    assert not stands_out(before, after, 60.0)
    assert not stands_out(before, before, 40.0)


def test_without_an_error_nothing_stands_out() -> None:
    assert not stands_out(run([0] * 4, [1.0] * 4, 1), run([1] * 4, [9.0] * 4, 1), 1.0)


def test_variants_are_ordered_by_the_point_of_success_then_by_what_is_left() -> None:
    tried = [run([1, 1, 1, 0], [5.0] * 4), run([1] * 4, [3.0] * 4), run([1] * 4, [4.0] * 4)]
    assert max(tried, key=rank_of) is tried[2]


def test_a_years_costs_are_those_of_the_retirement_goal() -> None:
    assert yearly_costs(family()) == pytest.approx(118_000.0)


def test_a_gain_that_reads_alike_in_chance_and_dollars_shows_nothing() -> None:
    few, more, many = [1.0] * 7980 + [0.0] * 2020, [1.0] * 7983 + [0.0] * 2017, [1.0] * 7990 + [0.0] * 2010
    poor, rich = [0.0] * 10_000, [0.0] * 4_999 + [1.0] * 5_001
    assert shows_nothing(run(few, poor), run(more, poor))
    assert shows_nothing(run(few, poor), run(few, [0.0] * 6_000 + [9.0] * 4_000))
    assert not shows_nothing(run(few, poor), run(many, poor))
    assert not shows_nothing(run(few, poor), run(more, rich))
