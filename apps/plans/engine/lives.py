"""Lives by path: the month in which each adult of a plan dies, drawn like the markets and just as common to all plans.

The numbers behind them belong to the scenarios: stratified within each independent batch (each hundredth part of the
odds occurs equally often, McKay, Beckman & Conover 1979), one for each of two adults and path. The same number gives
the same person the same life under each lever, so that two plans differ by the plan and not by who dies.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.compiled import LANES
from apps.plans.engine.horizon import age_in_months, last_month_of
from apps.plans.engine.inputs import Adult, CubeSpec, ProjectionInputs
from apps.plans.engine.mortality import months_of_death

MAX_ADULTS = 2
# what keeps these dice apart from those of the markets of the same seed
_LIVES = 0x11FE


def luck_of(spec: CubeSpec) -> NDArray[np.float64]:
    """Return a number in [0, 1) for each of two adults and each path, (2, n_paths); small ones die early."""
    dice = np.random.default_rng([spec.seed, _LIVES])
    size = spec.n_paths // spec.n_batches
    told = np.empty((MAX_ADULTS, spec.n_batches, size))
    for batch in range(spec.n_batches):
        for adult in range(MAX_ADULTS):
            told[adult, batch] = (dice.permutation(size) + dice.random(size)) / size
    return told.reshape(MAX_ADULTS, spec.n_paths)


def are_drawn(inputs: ProjectionInputs) -> bool:
    """Say whether the plan knows how long people live on average, for at least one of its adults."""
    return any(adult.survival for adult in inputs.adults)


def months_lived(inputs: ProjectionInputs) -> NDArray[np.int32]:
    """Return how many months of the plan each adult lives on each path, (n_adults, n_paths), to the horizon at most.

    Who has no odds lives to the horizon age.
    """
    luck = luck_of(inputs.simulation)
    return np.stack([_lived(adult, inputs, luck[place]) for place, adult in enumerate(inputs.adults)])


def _lived(adult: Adult, inputs: ProjectionInputs, luck: NDArray[np.float64]) -> NDArray[np.int32]:
    horizon = last_month_of(adult, inputs.start_date)
    if not adult.survival:
        return np.full(luck.size, horizon, dtype=np.int32)
    since_birthday = age_in_months(adult, inputs.start_date, 0) % 12
    told: NDArray[np.int32] = np.minimum(months_of_death(np.array(adult.survival), since_birthday, luck), horizon)
    return told


def in_blocks(months: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return (n_adults, n_paths) as blocks (n_blocks, n_adults, LANES); lanes beyond the paths die at once."""
    n_adults, n_paths = months.shape
    n_blocks = -(-n_paths // LANES)
    told = np.zeros((n_adults, n_blocks * LANES), dtype=np.int32)
    told[:, :n_paths] = months
    return np.ascontiguousarray(told.reshape(n_adults, n_blocks, LANES).transpose(1, 0, 2))
