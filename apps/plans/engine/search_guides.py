"""Where a search looks before it lives through all futures: on a part of them, and on those that came near to failing.

A lever moves all futures one way: who succeeds at a step succeeds at a later one, who fails fails at an earlier one. So
of the part only those are lived through again whose outcome two steps leave open. Taxes in steps make exceptions: this
shows a search where to look, and nothing that is told rests on it but `Neighbours.fails`, which needs no such rule.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.runs import Run, Runs

Lever = Callable[[int], ProjectionInputs]
Floats = NDArray[np.float64]

# So many futures that came nearest to failing: a step of a lever fails a few of them.
_NEAREST = 256
# From this part of all futures on it is no work saved to pick them out.
_MANY = 3


class Part:
    """Outcomes of the steps of a lever on the first futures of a cube."""

    def __init__(self, lever: Lever, runs: Runs) -> None:
        self._lever = lever
        self._runs = runs
        self._seen: dict[int, Floats] = {}

    def note(self, step: int, outcomes: Floats) -> None:
        """Take the outcomes of a step, (n_paths of the part,): 1 where it succeeded."""
        self._seen[step] = outcomes

    def success(self, step: int) -> float:
        """Success at a step, roughly."""
        if step not in self._seen:
            self._seen[step] = self._lived(step)
        return float(self._seen[step].mean())

    def known(self) -> dict[int, float]:
        """Success at the steps that were seen."""
        return {step: float(outcomes.mean()) for step, outcomes in self._seen.items()}

    def _lived(self, step: int) -> Floats:
        before = max((each for each in self._seen if each < step), default=None)
        after = min((each for each in self._seen if each > step), default=None)
        if before is None and after is None:
            return self._runs.first(self._lever(step))
        sure = np.zeros_like(next(iter(self._seen.values()))) if before is None else self._seen[before]
        is_open = sure == 0.0
        if after is not None:
            is_open &= self._seen[after] > 0.0
        paths = np.flatnonzero(is_open)
        if 2 * paths.size > is_open.size:
            return self._runs.first(self._lever(step))
        outcomes = sure.copy()
        if paths.size > 0:
            outcomes[paths] = self._runs.among(self._lever(step), paths)
        return outcomes


class Neighbours:
    """Steps before one that was run on all futures, by the few futures on which they may differ from it."""

    def __init__(self, lever: Lever, runs: Runs, run: Run) -> None:
        self._lever = lever
        self._runs = runs
        self._n_paths = run.succeeded.size
        self._failed = np.flatnonzero(run.succeeded == 0.0)
        succeeded = np.flatnonzero(run.succeeded > 0.0)
        with_least = np.argsort(run.terminal_real[succeeded], kind="stable")[:_NEAREST]
        self._nearest = np.sort(succeeded[with_least])
        self._certain = self._n_paths - self._failed.size - self._nearest.size

    def seems(self, step: int) -> float:
        """Return what the success at an earlier step seems to be: who failed fails, who had most left succeeds."""
        return self._counted(step, self._nearest)

    def fails(self, step: int, target: float) -> bool:
        """Whether an earlier step misses a target though all who are not lived through again succeeded.

        No is no answer: then all futures must be asked, as where many failed.
        """
        asked = np.union1d(self._failed, self._nearest)
        return _MANY * asked.size <= self._n_paths and self._counted(step, asked) < target

    def _counted(self, step: int, asked: NDArray[np.int64]) -> float:
        found = self._runs.among(self._lever(step), asked) if asked.size else np.empty(0)
        return (self._certain + float(found.sum())) / self._n_paths
