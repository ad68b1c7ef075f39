"""Variants of a plan on one cube: each is run once, however many questions ask for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.chunks import Mapper
from apps.plans.engine.compiled import LANES
from apps.plans.engine.inputs import CubeSpec, ProjectionInputs
from apps.plans.engine.monte_carlo import simulate
from apps.plans.engine.results import Estimate
from apps.plans.engine.scenarios import ScenarioCube, some_paths
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

    ``miss`` is by how much the part missed the whole last (0 before the first run): it shows a search where to look,
    no more.
    """

    def __init__(self, cube: ScenarioCube, mapper: Mapper = map) -> None:
        self.cube = cube
        self._mapper = mapper
        self._known: list[tuple[ProjectionInputs, Run]] = []
        self._parts: list[tuple[ProjectionInputs, Run]] = []
        self._part = batches_of_a_part(cube.spec)
        self._n_first = cube.spec.n_paths // cube.spec.n_batches * self._part
        self._last: tuple[ProjectionInputs, NDArray[np.float64]] | None = None
        self._some: tuple[NDArray[np.int64], ScenarioCube] | None = None
        self.miss = 0.0

    @property
    def has_part(self) -> bool:
        """Whether the cube is large enough for a part of it to save time."""
        return self._part > 0

    def of(self, inputs: ProjectionInputs) -> Run:
        """Return the variant on the whole cube."""
        known = self._found(inputs)
        if known is not None:
            return known
        simulation = simulate(inputs, self.cube, with_flows=False, mapper=self._mapper)
        run = Run(simulation.succeeded(), simulation.terminal_real(), simulation.n_batches)
        self._known.append((inputs, run))
        if self.has_part:
            self.miss = float(run.succeeded.mean() - run.succeeded[: self._n_first].mean())
        return run

    def _found(self, inputs: ProjectionInputs) -> Run | None:
        return next((run for known, run in self._known if known == inputs), None)

    def first(self, inputs: ProjectionInputs) -> NDArray[np.float64]:
        """Return 1 where the variant succeeds on the first paths of the cube: the same markets, a part of the work."""
        known = self._found(inputs)
        if known is not None:
            return self.first_of(known)
        kept = self._last
        if kept is None or kept[0] != inputs:
            part = simulate(inputs, self.cube, with_flows=False, mapper=self._mapper, n_batches=self._part)
            kept = self._last = inputs, part.succeeded()
        return kept[1]

    def first_of(self, run: Run) -> NDArray[np.float64]:
        """Return the first paths of a run on the whole cube."""
        return run.succeeded[: self._n_first]

    def rough(self, inputs: ProjectionInputs) -> float:
        """Success on the first paths of the cube."""
        return float(self.first(inputs).mean())

    def among(self, inputs: ProjectionInputs, paths: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return 1 where the variant succeeds on some paths of the cube, (n,), ascending: the bits of a whole run."""
        kept, cube = self._some or (np.empty(0, np.int64), self.cube)
        if kept.size > max(LANES, 2 * paths.size) or not np.isin(paths, kept, assume_unique=True).all():
            kept, cube = paths, some_paths(self.cube, paths)
            self._some = kept, cube
        found = simulate(replace(inputs, simulation=cube.spec), cube, with_flows=False).succeeded()
        return found[np.searchsorted(kept, paths)]

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
