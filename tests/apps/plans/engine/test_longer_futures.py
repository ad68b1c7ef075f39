"""Futures that go on: the plan's own months to the bit, then others that follow from where inflation stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from apps.plans.engine.longer_futures import after, lengthened
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.what_if import on_paths
from tests.apps.plans.engine.households import cube_of, family

BASE = family(256, 4)
N_OWN = BASE.simulation.n_months


@pytest.fixture(scope="module")
def own() -> ScenarioCube:
    return cube_of(BASE)


@pytest.fixture(scope="module")
def longer(own: ScenarioCube) -> ScenarioCube:
    later = cube_of(replace(BASE, simulation=after(BASE.simulation, N_OWN + 120)))
    return lengthened(BASE.assumptions, own, later)


def series(cube: ScenarioCube, place: int) -> np.ndarray:
    """Logarithms of a series (n_paths, n_months)."""
    return np.log(cube.factors[:, :, place]).transpose(0, 2, 1).reshape(-1, cube.factors.shape[1])[:256]


def test_the_plan_fares_on_longer_futures_as_on_its_own(own: ScenarioCube, longer: ScenarioCube) -> None:
    assert longer.spec == replace(own.spec, n_months=N_OWN + 120)
    assert np.array_equal(longer.factors[:, :N_OWN], own.factors)
    before = simulate(BASE, own, with_flows=False)
    then = simulate(on_paths(BASE, longer.spec), longer, with_flows=False)
    assert then.success() == before.success()
    assert np.array_equal(then.terminal_real(), before.terminal_real())
    # a longer draw of the same dice is another market
    same_dice = cube_of(replace(BASE, simulation=replace(BASE.simulation, n_months=N_OWN + 120)))
    assert not np.array_equal(same_dice.factors[:, :N_OWN], own.factors)


def test_inflation_goes_on_from_where_it_stands_and_returns_are_drawn_anew(longer: ScenarioCube) -> None:
    prices = series(longer, -1)
    usual = np.corrcoef(prices[:, N_OWN - 2], prices[:, N_OWN - 1])[0, 1]
    joined = np.corrcoef(prices[:, N_OWN - 1], prices[:, N_OWN])[0, 1]
    assert usual > 0.9
    assert joined > 0.9
    assert prices[:, N_OWN:].std() < 1.3 * prices[:, N_OWN - 120 : N_OWN].std()
    shares = series(longer, 0)
    assert abs(np.corrcoef(shares[:, :N_OWN].sum(1), shares[:, N_OWN:].sum(1))[0, 1]) < 0.2
