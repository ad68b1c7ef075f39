"""The smallest step of a lever that reaches a target: looked for on a part of the scenarios, settled on all of them.

Every trial runs on the same scenarios (common random numbers), so success rises steadily with the lever and the answer
does not depend on where the search looks. The part shows where to look: what it misses at one step, it misses by much
the same at the next, so each trial on all scenarios corrects it (a control variate).
"""

from __future__ import annotations

from collections.abc import Callable

from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.results import Estimate
from apps.plans.engine.runs import Runs

Lever = Callable[[int], ProjectionInputs]

_EXPECTED_TRIALS = 6
# After so many trials on all scenarios the part has misled the search: from there on it halves what is left.
_GUIDED_TRIALS = 8


class Search:
    """Looks for the smallest step of a lever at which success is at least ``target``; success rises with the step."""

    def __init__(self, lever: Lever, target: float, runs: Runs, tried: Callable[[float], None]) -> None:
        self._lever = lever
        self._target = target
        self._runs = runs
        self._tried = tried
        self._whole: dict[int, Estimate] = {}
        self._rough: dict[int, float] = {}

    def success(self, step: int) -> Estimate:
        """Success at a step, on all scenarios."""
        if step not in self._whole:
            self._whole[step] = self._runs.of(self._lever(step)).success
            self._tried(min(0.99, len(self._whole) / _EXPECTED_TRIALS))
        return self._whole[step]

    def reaches(self, step: int) -> bool:
        """Whether the step reaches the target on all scenarios."""
        return self.success(step).value >= self._target

    @property
    def n_whole(self) -> int:
        """How many steps were tried on all scenarios."""
        return len(self._whole)

    def smallest(self, low: int, high: int) -> int | None:
        """Smallest step in (low, high] that reaches, given that low does not; None where even high does not."""
        reached = False
        while high - low > 1 or not reached:
            step = self._next(low, high, reached=reached)
            if self.reaches(step):
                high, reached = step, True
            elif step == high:
                return None
            else:
                low = step
            if self._runs.has_part:
                self._runs.miss = self.success(step).value - self._roughly(step)
        return high

    def _next(self, low: int, high: int, *, reached: bool) -> int:
        """Step to try next on all scenarios: within (low, high), or high where it is not known to reach."""
        if high - low == 1:
            return high
        if not self._runs.has_part or len(self._whole) > _GUIDED_TRIALS:
            return (low + high) // 2 if reached else high
        guess = self._guess(low, high)
        return min(guess, high - 1) if reached else guess

    def _guess(self, low: int, high: int) -> int:
        """Smallest step in (low, high] that seems to reach by the part, corrected by what it missed last; or high."""
        wanted = self._target - self._runs.miss
        for step, rough in self._rough.items():
            if low < step < high and rough < wanted:
                low = step
        for step, rough in self._rough.items():
            if low < step < high and rough >= wanted:
                high = step
        at_line = True
        while high - low > 1:
            step = self._on_line(low, high, wanted) if at_line else (low + high) // 2
            width = high - low
            if self._roughly(step) >= wanted:
                high = step
            else:
                low = step
            # a line that does not halve what is left is followed by a halving
            at_line = not at_line or 2 * (high - low) <= width
        return high

    def _on_line(self, low: int, high: int, wanted: float) -> int:
        """Step at which the line between two ends reaches what is wanted; halfway where an end was not tried."""
        below, above = self._rough.get(low), self._rough.get(high)
        if below is None or above is None or above <= below:
            return (low + high) // 2
        return min(high - 1, max(low + 1, low + round((wanted - below) / (above - below) * (high - low))))

    def _roughly(self, step: int) -> float:
        if step not in self._rough:
            self._rough[step] = self._runs.rough(self._lever(step))
        return self._rough[step]
