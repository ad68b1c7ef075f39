"""The smallest step of a lever that reaches a target: looked for on a part of the scenarios, settled on all of them.

Every trial runs on the same scenarios (common random numbers), so success rises steadily with the lever and the answer
does not depend on where the search looks. The part shows where to look: what it misses at one step, it misses by much
the same at the next, so each trial on all scenarios corrects it (a control variate). The step that is told was run on
all scenarios; that the one before it fails is seen on all, or on those that failed or came near to it, where it fails
though all others succeed (`search_guides`).
"""

from __future__ import annotations

from collections.abc import Callable

from apps.plans.engine.results import Estimate
from apps.plans.engine.runs import Run, Runs
from apps.plans.engine.search_guides import Floats, Lever, Neighbours, Part

__all__ = ["Lever", "Search"]

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
        self._whole: dict[int, Run] = {}
        self._part = Part(lever, runs)

    def success(self, step: int) -> Estimate:
        """Success at a step, on all scenarios."""
        return self._run(step).success

    def _run(self, step: int) -> Run:
        if step not in self._whole:
            run = self._whole[step] = self._runs.of(self._lever(step))
            if self._runs.has_part:
                self._part.note(step, self._runs.first_of(run))
            self._tried(min(0.99, len(self._whole) / _EXPECTED_TRIALS))
        return self._whole[step]

    def reaches(self, step: int) -> bool:
        """Whether the step reaches the target on all scenarios."""
        return self.success(step).value >= self._target

    def note(self, step: int, outcomes: Floats) -> None:
        """Show the search what is known of a step, or of one that is near it, on the part of the scenarios."""
        self._part.note(step, outcomes)

    @property
    def n_whole(self) -> int:
        """How many steps were tried on all scenarios."""
        return len(self._whole)

    def smallest(self, low: int, high: int, first: int | None = None) -> int | None:
        """Smallest step in (low, high] that reaches, given that low does not; None where even high does not.

        ``first`` is where to look first, the answer that was found before.
        """
        reached, step = False, first if first is not None and low < first <= high else None
        while high - low > 1 or not reached:
            step = self._next(low, high, reached=reached) if step is None else step
            if reached and step == high - 1 and self._fails_for_sure(step):
                low = step
            elif self.reaches(step):
                high, reached, step = step, True, self._before(low, step)
            elif step == high:
                return None
            else:
                low, step = step, None
        return high

    def _fails_for_sure(self, step: int) -> bool:
        """Whether a step misses the target by what is known of the next one, without a run on all scenarios."""
        return self._runs.has_part and self._neighbours(step + 1).fails(step, self._target)

    def _before(self, low: int, high: int) -> int | None:
        """Return where to look after a step that reaches: where it seems to be reached first, else just before it."""
        if not self._runs.has_part or high - low == 1:
            return None
        neighbours, first, width = self._neighbours(high), high, 1
        while first - width > low and neighbours.seems(first - width) >= self._target:
            first, width = first - width, 2 * width
        low = max(low, first - width)
        while first - low > 1:
            middle = (low + first) // 2
            if neighbours.seems(middle) >= self._target:
                first = middle
            else:
                low = middle
        return first if first < high else high - 1

    def _neighbours(self, step: int) -> Neighbours:
        return Neighbours(self._lever, self._runs, self._run(step))

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
        wanted, known = self._target - self._runs.miss, self._part.known()
        low = max((step for step, rough in known.items() if low < step < high and rough < wanted), default=low)
        high = min((step for step, rough in known.items() if low < step < high and rough >= wanted), default=high)
        below, above = known.get(low, 0.0), known.get(high, 1.0)
        at_line = True
        while high - low > 1:
            step = (low + high) // 2
            if at_line and above > below:
                step = low + round((wanted - below) / (above - below) * (high - low))
                step = min(high - 1, max(low + 1, step))
            width, rough = high - low, self._part.success(step)
            if rough >= wanted:
                high, above = step, rough
            else:
                low, below = step, rough
            # a line that does not halve what is left is followed by a halving
            at_line = not at_line or 2 * (high - low) <= width
        return high
