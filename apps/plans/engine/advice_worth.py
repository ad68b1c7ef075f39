"""Whether a change stands out of the noise, and what advice is worth for its effort (docs/engine/advice.md)."""

from __future__ import annotations

import numpy as np

from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import retirement_spending
from apps.plans.engine.results import Effect, Recommendation
from apps.plans.engine.runs import Run
from apps.plans.engine.success import difference

# how many times the effort of an easy step
EFFORT = {"easy": 1.0, "medium": 2.0, "hard": 4.0}
# at most so many points for wealth that is left
MOST_YEARS = 5.0
_POINTS, _ERRORS = 100.0, 2.0
# a chance is shown to the tenth of a point, money to the dollar
_SHOWN, _HALF_A_DOLLAR = 3, 0.5


def worth_of(effect: Effect | None, stake: float | None, difficulty: str, yearly_costs: float) -> float | None:
    """Return what advice is worth for its effort; None where no run and no odds measure it.

    Points of the chance of success, plus a point for each year of retirement's living costs that more is left in the
    middle future (at most five either way), over the effort: easy 1, medium 2, hard 4. Where the walk cannot measure
    it, ``stake`` is the expected gain in chance: the odds of the event times the gain if it happens.
    """
    if effect is None:
        return None if stake is None else _POINTS * stake / EFFORT[difficulty]
    years = effect.delta_median_terminal_real / yearly_costs if yearly_costs > 0.0 else 0.0
    bounded = min(MOST_YEARS, max(-MOST_YEARS, years))
    return (_POINTS * effect.delta_success + bounded) / EFFORT[difficulty]


def helps(advice: Recommendation) -> bool:
    """Say whether advice is worth its effort without lowering the chance of success."""
    lowers = advice.effect is not None and advice.effect.delta_success < 0.0
    return advice.worth is not None and advice.worth > 0.0 and not lowers


def place_of(advice: Recommendation, *, is_owed: bool) -> tuple[int, float, str]:
    """Order advice: what helps by its worth, then what is owed to a limit, then the rest, then what nothing measures.

    What a limit demands is owed whatever it does to the chance; where it helps it stands by its worth.
    """
    rank = 0 if helps(advice) else 1 if is_owed else 2 if advice.worth is not None else 3
    return rank, -(advice.worth or 0.0), advice.key


def stands_out(before: Run, after: Run, yearly_costs: float) -> bool:
    """Say whether a change is better beyond the error of simulation, path by path on the same scenarios.

    The chance of success rises by more than two standard errors of the paired difference; or it does not fall, what is
    left on average rises by more than two of its errors, and the middle future by a year of living costs at least.
    Without an error (one batch) nothing stands out.
    """
    chance = difference(after.succeeded, before.succeeded, before.n_batches)
    wealth = difference(after.terminal_real, before.terminal_real, before.n_batches)
    if chance.standard_error is None or wealth.standard_error is None:
        return False
    if chance.value > _ERRORS * chance.standard_error and chance.value > 0.0:
        return True
    more = float(np.median(after.terminal_real)) - float(np.median(before.terminal_real))
    is_more = wealth.value > _ERRORS * wealth.standard_error and more >= yearly_costs > 0.0
    return chance.value >= 0.0 and is_more


def shows_nothing(before: Run, after: Run) -> bool:
    """Say whether both chances read alike to the tenth of a point, and the middle future's wealth to the dollar."""
    chances = (float(before.succeeded.mean()), float(after.succeeded.mean()))
    change = chances[1] - chances[0]
    is_same = round(change, _SHOWN) == 0.0 or round(chances[0], _SHOWN) == round(chances[1], _SHOWN)
    more = float(np.median(after.terminal_real)) - float(np.median(before.terminal_real))
    return is_same and abs(more) < _HALF_A_DOLLAR


def yearly_costs(inputs: ProjectionInputs) -> float:
    """Return a year of living costs in retirement, real."""
    return 12.0 * retirement_spending(inputs)


def rank_of(run: Run) -> tuple[float, float]:
    """Order variants that are tried: by the whole point of success, then by what is left on average."""
    return round(float(run.succeeded.mean()), 2), float(run.terminal_real.mean())
