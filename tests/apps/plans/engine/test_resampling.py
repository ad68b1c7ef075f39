"""Cubes drawn from history: whole months, blocks as long as stated, and history as it went."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.inputs import CubeSpec
from apps.plans.engine.markets import MarketKind, MarketModel
from apps.plans.engine.resampling import place_blocks, uniform_of
from apps.plans.engine.scenarios import ScenarioCube
from tests.apps.plans.engine.histories import made_up
from tests.apps.plans.engine.households import simple_assumptions

N_HISTORY = 240


def model(kind: MarketKind = MarketKind.BOOTSTRAP, **changes: object) -> MarketModel:
    return replace(MarketModel(kind, made_up().digest), **changes)  # type: ignore[arg-type]


def drawn(market: MarketModel, n_paths: int = 2048, n_batches: int = 2, n_months: int = 60) -> ScenarioCube:
    spec = CubeSpec(5, n_paths, n_batches, n_months, market)
    return draw_cube(simple_assumptions(), spec, np.random.default_rng(5), made_up())


def paths(cube: ScenarioCube) -> np.ndarray:
    """Factors as (n_paths, n_months, n_series)."""
    rows = cube.factors.transpose(0, 3, 1, 2).reshape(-1, cube.factors.shape[1], cube.factors.shape[2])
    return rows[: cube.spec.n_paths]


def places(cube: ScenarioCube, history: np.ndarray) -> np.ndarray:
    """Which month of history each month of each path is, by its equity factor; (n_paths, n_months)."""
    order = np.argsort(history[:, 0])
    found: np.ndarray = order[np.searchsorted(history[order, 0], paths(cube)[:, :, 0])]
    return found


def test_each_month_is_a_whole_month_of_history() -> None:
    cube, history = drawn(model(is_recentred=False)), made_up().factors(simple_assumptions()).astype(np.float32)
    assert np.array_equal(history[places(cube, history)], paths(cube))


def test_blocks_have_the_stated_mean_and_geometric_lengths() -> None:
    history = made_up().factors(simple_assumptions()).astype(np.float32)
    found = places(drawn(model(is_recentred=False, mean_block=12)), history)
    goes_on = found[:, 1:] == (found[:, :-1] + 1) % N_HISTORY
    # a new block begins with the month that follows once in so many months as history has
    stays = 1 - 1 / 12 + 1 / 12 / N_HISTORY
    assert goes_on.mean() == pytest.approx(stays, abs=0.003)
    for month in (0, 20, 58):
        assert goes_on[:, month].mean() == pytest.approx(stays, abs=0.02)
    alone = places(drawn(model(is_recentred=False, mean_block=1)), history)
    assert (alone[:, 1:] == (alone[:, :-1] + 1) % N_HISTORY).mean() < 0.02


def test_every_month_of_history_comes_equally_often() -> None:
    history = made_up().factors(simple_assumptions()).astype(np.float32)
    found = places(drawn(model(is_recentred=False), n_paths=8192), history)
    counts = np.bincount(found.ravel(), minlength=N_HISTORY)
    assert counts / counts.mean() == pytest.approx(np.ones(N_HISTORY), abs=0.12)
    firsts = np.bincount(found[:, 0], minlength=N_HISTORY)
    # the first month is steered: each occurs as often as the next, to a few paths
    assert firsts.min() >= 0.8 * firsts.mean()


def test_moved_history_has_the_assumed_means_and_plain_history_its_own() -> None:
    assumptions = simple_assumptions()
    wanted = (1 + assumptions.means()) ** (1 / 12)
    moved = paths(drawn(model(), n_paths=8192)).astype(np.float64)
    error = made_up().factors(assumptions)[:, :-1].std(axis=0) / np.sqrt(8192 * 60 / 12)
    assert np.all(np.abs(moved[:, :, :-1].mean(axis=(0, 1)) - wanted) < 4 * error)
    plain = paths(drawn(model(is_recentred=False), n_paths=8192)).astype(np.float64)
    own = made_up().factors(assumptions)[:, :-1].mean(axis=0)
    assert np.all(np.abs(plain[:, :, :-1].mean(axis=(0, 1)) - own) < 4 * error)
    assert abs(own[0] - wanted[0]) > 4 * error[0]


def test_seeds_and_scrambles_differ_and_the_same_seed_gives_the_same_bytes() -> None:
    small = {"n_paths": 64, "n_batches": 2, "n_months": 24}
    cube, again = drawn(model(), **small), drawn(model(), **small)
    assert cube.digest == again.digest
    assert not np.array_equal(cube.factors[0, :, :, :32], cube.factors[0, :, :, 32:])


def test_a_sequence_is_history_from_its_month_on_and_wraps_at_the_end() -> None:
    cube = drawn(model(MarketKind.SEQUENCES, is_recentred=False), N_HISTORY, 1, 36)
    history = made_up().factors(simple_assumptions()).astype(np.float32)
    rows = paths(cube)
    assert np.array_equal(rows[100], history[100:136])
    assert np.array_equal(rows[239], np.concatenate([history[239:], history[:35]]))


def test_sequences_are_as_many_as_the_months_of_history() -> None:
    with pytest.raises(InvalidInputError) as refused:
        drawn(model(MarketKind.SEQUENCES), 256, 1)
    assert refused.value.field == "simulation.n_paths"


def test_another_history_than_the_model_names_is_refused() -> None:
    spec = CubeSpec(5, 64, 1, 24, model())
    for history in (None, made_up(180)):
        with pytest.raises(InvalidInputError) as refused:
            draw_cube(simple_assumptions(), spec, np.random.default_rng(5), history)
        assert refused.value.field == "history"


def test_blocks_of_chosen_uniforms_are_where_they_say() -> None:
    months = np.empty((6, 1), dtype=np.int32)
    # with a chance of one half to go on, 0.6 means ln 0.4 / ln 0.5 = 1.3: two months
    points = np.array([[0.95], [0.6], [0.5], [0.99]])
    place_blocks(np.zeros(1, np.uint64), points, 10, float(np.log(0.5)), months)
    assert months[:, 0].tolist() == [9, 0, 5, 6, 7, 8]


def test_blocks_beyond_the_steered_ones_are_drawn_from_the_key_of_the_path() -> None:
    months = np.empty((2_000, 3), dtype=np.int32)
    place_blocks(np.array([7, 8, 7], np.uint64), np.empty((0, 3)), 50, -np.inf, months)
    assert np.array_equal(months[:, 0], months[:, 2])
    assert not np.array_equal(months[:, 0], months[:, 1])
    # each place of history comes about as often as any other: 4,000 months over 50 places, chi-square at 1 in 10,000
    counts = np.bincount(months[:, :2].ravel(), minlength=50)
    assert counts.size == 50
    assert ((counts - 80.0) ** 2 / 80.0).sum() < stats.chi2.isf(1e-4, 49)


def test_uniforms_of_words_keep_their_upper_bits() -> None:
    assert uniform_of(np.uint64(0)) == 0.0
    assert uniform_of(np.uint64(1 << 63)) == 0.5
    assert uniform_of(np.uint64(2**64 - 1)) == 1.0 - 2.0**-53
