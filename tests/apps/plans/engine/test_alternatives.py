"""Mixes side by side on the published set and a family's futures."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from apps.plans.engine.allocation import limits_of, moments_of, optimised_allocation
from apps.plans.engine.alternatives import goal_candidates, mix_table, year_returns
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.mixes import Mix, MixKind, MixTable
from apps.plans.engine.policy import RiskLimit
from apps.plans.engine.scenarios import ScenarioCube
from tests.apps.plans.engine.households import published_assumptions, simple_assumptions

BALANCED = RiskLimit("4", 0.12, 0.6, (), ())
HELD = (("us_equity", 0.6), ("high_grade_bonds", 0.4))


@cache
def futures() -> ScenarioCube:
    return draw_cube(published_assumptions(), CubeSpec(3, 2048, 4, 24), np.random.default_rng(3))


def table(limit: RiskLimit = BALANCED, held: tuple[tuple[str, float], ...] = HELD) -> MixTable:
    best = optimised_allocation(published_assumptions(), limit)
    return mix_table(best, held, (), (published_assumptions(), limit, futures()), np.random.default_rng(1))


def by_kind(found: MixTable) -> dict[MixKind, Mix]:
    return {mix.kind: mix for mix in found.mixes}


def test_years_of_the_futures_have_the_moments_of_the_set() -> None:
    years, assumptions = year_returns(futures()), published_assumptions()
    assert years.shape == (2048, len(assumptions.assets))
    assert years.mean(axis=0) == pytest.approx(assumptions.means(), abs=0.01)
    assert np.cov(years.T) == pytest.approx(assumptions.covariance(), abs=0.006)


def test_every_proposal_keeps_the_limit_and_adds_up() -> None:
    for limit in (BALANCED, RiskLimit("1", 0.03, 0.1, (), ()), RiskLimit("7", 0.3, 1.0, (), ())):
        for mix in table(limit).mixes:
            assert sum(weight for _, weight in mix.weights) == pytest.approx(1.0, abs=1e-9)
            assert sum(share for _, share in mix.risk_shares) == pytest.approx(1.0, abs=1e-9)
            assert mix.keeps_limit or mix.kind is MixKind.PRESENT, (limit.level, mix)


def test_what_is_held_beyond_the_limit_is_told_so() -> None:
    present = by_kind(table())[MixKind.PRESENT]
    assert not present.keeps_limit
    assert present.volatility == pytest.approx(0.1405, abs=1e-3)


def test_each_rule_is_best_at_what_it_is_for() -> None:
    found = by_kind(table())
    mixes = [mix for mix in found.values() if mix.kind is not MixKind.PRESENT]
    assert max(mixes, key=lambda mix: mix.expected_return).kind is MixKind.RECOMMENDED
    assert min(mixes, key=lambda mix: mix.volatility).kind is MixKind.LEAST_VARIANCE
    shares = [share for _, share in found[MixKind.RISK_PARITY].risk_shares]
    assert shares == pytest.approx([0.25] * 4, abs=1e-3)
    assert len(found[MixKind.ROBUST].weights) >= len(found[MixKind.RECOMMENDED].weights)


def test_the_mix_of_least_tail_loses_less_in_bad_years_than_an_efficient_one_of_its_return() -> None:
    mild = by_kind(table())[MixKind.LEAST_TAIL]
    assumptions = published_assumptions()
    years = year_returns(futures())
    best = optimised_allocation(assumptions, RiskLimit("x", mild.volatility, 0.6, (), ()))
    row = np.array([dict(best.weights).get(key, 0.0) for key in assumptions.asset_keys])
    worst = np.sort(years @ row)[: int(0.05 * 2048)].mean()
    assert mild.worst_years >= worst - 0.002


def test_a_limit_below_what_risk_parity_swings_is_met_with_ballast() -> None:
    calm = by_kind(table(RiskLimit("2", 0.04, 0.3, (), ())))[MixKind.RISK_PARITY]
    assert dict(calm.weights)["cash"] > 0.2
    assert calm.volatility <= 0.04 + 2e-4
    few = by_kind(table(RiskLimit("2", 0.2, 0.1, (), ())))[MixKind.RISK_PARITY]
    assert few.equity_share == pytest.approx(0.1, abs=2e-4)


def test_nothing_held_gives_no_present_mix() -> None:
    assert MixKind.PRESENT not in by_kind(table(held=()))


def test_a_set_without_a_class_of_little_risk_and_one_without_any_are_taken() -> None:
    assumptions = simple_assumptions()
    cube = draw_cube(assumptions, CubeSpec(3, 512, 4, 12), np.random.default_rng(3))
    best = optimised_allocation(assumptions, BALANCED)
    found = mix_table(best, (), (), (assumptions, BALANCED, cube), np.random.default_rng(1))
    assert {mix.kind for mix in found.mixes} == set(MixKind) - {MixKind.PRESENT}


def test_the_frontier_is_sorted_and_candidates_end_at_the_best() -> None:
    found = table()
    assert [point.volatility for point in found.frontier] == sorted(point.volatility for point in found.frontier)
    best = optimised_allocation(published_assumptions(), BALANCED)
    candidates = goal_candidates(published_assumptions(), BALANCED, best, 5)
    assert len(candidates) == 5
    assert candidates[-1].expected_return == pytest.approx(best.expected_return, abs=1e-5)
    assert candidates[-1].volatility <= 0.12 + 2e-4


def test_the_same_seed_gives_the_same_table() -> None:
    assert table() == table()


def test_limits_of_a_level_are_weights_by_class_and_for_equities() -> None:
    limits = limits_of(published_assumptions(), RiskLimit("x", 0.1, 0.4, (("us_equity", 0.3),), (("cash", 0.05),)))
    assert limits.low.max() == 0.05
    assert limits.high.min() == 0.3
    assert limits.limits.tolist() == [0.4]
    assert moments_of(published_assumptions()).means.shape == limits.low.shape
