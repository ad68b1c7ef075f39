"""Variants of a plan on one cube: each is run once, however many questions ask for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.growth import Mapper
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.results import Estimate
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.success import estimate

# Enough paths to find the neighbourhood of an answer: Sobol points of one batch miss a probability by some tenths of a
# percent, and the miss is much the same for neighbouring variants.
_PART_PATHS = 1024


def batches_of_a_part(spec: CubeSpec) -> int:
    """Return how many scrambles make a part of a cube, 0 where it is too small for a part to save time."""
    batches = -(-_PART_PATHS * spec.n_batches // spec.n_paths)
    return batches if 2 * batches <= spec.n_batches else 0


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What is kept of a variant, by path: 1 where it succeeded, and wealth at the horizon in money of the start."""

    succeeded: NDArray[np.float64]
    terminal_real: NDArray[np.float64]
    n_batches: int

    @property
    def success(self) -> Estimate:
        """Probability that all essential demands are met to the horizon."""
        return estimate(self.succeeded, self.n_batches)


class Runs:
    """Runs variants on the whole cube, or on a part of it to see roughly, and remembers the whole ones.

    ``miss`` is by how much the part missed the whole last (0 at first): it shows a search where to look, no more.
    """

    def __init__(self, cube: ScenarioCube, mapper: Mapper = map) -> None:
        self.cube = cube
        self._mapper = mapper
        self._known: list[tuple[ProjectionInputs, Run]] = []
        self._parts: list[tuple[ProjectionInputs, Run]] = []
        self._part = batches_of_a_part(cube.spec)
        self.miss = 0.0

    @property
    def has_part(self) -> bool:
        """Whether the cube is large enough for a part of it to save time."""
        return self._part > 0

    def of(self, inputs: ProjectionInputs) -> Run:
        """Return the variant on the whole cube."""
        for known, run in self._known:
            if known == inputs:
                return run
        simulation = simulate(inputs, self.cube, with_flows=False, mapper=self._mapper)
        run = Run(simulation.succeeded(), simulation.terminal_real(), simulation.n_batches)
        self._known.append((inputs, run))
        return run

    def rough(self, inputs: ProjectionInputs) -> float:
        """Success on the first paths of the cube: the same markets, a part of the work."""
        part = simulate(inputs, self.cube, with_flows=False, mapper=self._mapper, n_batches=self._part)
        return part.success().value

    def part(self, inputs: ProjectionInputs) -> Run:
        """Return the variant on the first paths of the cube, on all of a cube that is too small for a part."""
        if not self.has_part:
            return self.of(inputs)
        for known, run in self._parts:
            if known == inputs:
                return run
        simulation = simulate(inputs, self.cube, with_flows=False, mapper=self._mapper, n_batches=self._part)
        run = Run(simulation.succeeded(), simulation.terminal_real(), self._part)
        self._parts.append((inputs, run))
        return run
