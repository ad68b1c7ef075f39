"""The guided search finds what bisection over all scenarios finds, with fewer of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from apps.plans.engine.advice_facts import SavingPlaces
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import with_retirement_spending
from apps.plans.engine.retirement_levers import with_retirement_delay
from apps.plans.engine.runs import Run, Runs
from apps.plans.engine.search import Lever, Search
from apps.plans.engine.search_guides import Floats
from tests.apps.plans.engine.households import family, family_cube, with_retirement_budget

TAXABLE = SavingPlaces("brokerage", None)
PLAN = with_retirement_budget(family(2048, 4), 140_000.0)


def cut_of(step: int) -> ProjectionInputs:
    return with_retirement_spending(PLAN, 14_000.0 - 10.0 * step)


def delay_of(step: int) -> ProjectionInputs:
    return with_retirement_delay(PLAN, step, TAXABLE)


def bisected(lever: Lever, target: float, runs: Runs, ends: tuple[int, int]) -> int:
    low, high = ends
    while high - low > 1:
        middle = (low + high) // 2
        if runs.of(lever(middle)).success.value >= target:
            high = middle
        else:
            low = middle
    return high


@pytest.mark.parametrize("target", [0.5, 0.8, 0.85, 0.97])
@pytest.mark.parametrize(("lever", "high"), [(cut_of, 1400), (delay_of, 120)], ids=["cut", "delay"])
def test_the_answer_is_that_of_bisection(lever: Lever, high: int, target: float) -> None:
    runs = Runs(family_cube(2048, 4))
    fractions: list[float] = []
    search = Search(lever, target, runs, fractions.append)
    found = search.smallest(0, high)
    assert found == bisected(lever, target, Runs(family_cube(2048, 4)), (0, high))
    assert search.reaches(found)
    assert found == 1 or not search.reaches(found - 1)
    assert search.n_whole <= 8
    assert fractions == sorted(fractions)


def test_where_even_the_highest_step_fails_there_is_no_answer() -> None:
    search = Search(delay_of, 0.99, Runs(family_cube(2048, 4)), lambda _: None)
    assert search.smallest(0, 3) is None
    assert not search.reaches(3)


def test_the_highest_step_may_be_the_answer() -> None:
    runs = Runs(family_cube(2048, 4))
    found = Search(delay_of, 0.85, runs, lambda _: None).smallest(0, 200)
    assert found is not None
    assert Search(delay_of, 0.85, runs, lambda _: None).smallest(0, found) == found
    assert Search(delay_of, 0.85, runs, lambda _: None).smallest(found - 1, found) == found


def test_a_small_cube_is_searched_as_a_whole() -> None:
    plan, runs = with_retirement_budget(family(), 140_000.0), Runs(family_cube())
    search = Search(lambda step: with_retirement_delay(plan, step, TAXABLE), 0.85, runs, lambda _: None)
    assert search.smallest(0, 120) == bisected(
        lambda step: with_retirement_delay(plan, step, TAXABLE), 0.85, runs, (0, 120)
    )


def test_looking_first_where_it_was_found_before_costs_one_run_on_all_scenarios() -> None:
    runs = Runs(family_cube(2048, 4))
    found = Search(cut_of, 0.85, runs, lambda _: None).smallest(0, 1400)
    assert found is not None
    again = Search(cut_of, 0.85, Runs(family_cube(2048, 4)), lambda _: None)
    assert again.smallest(0, 1400, first=found) == found
    assert again.n_whole == 1


@pytest.mark.parametrize("off", [-40, 3, 200])
def test_looking_first_elsewhere_finds_the_same(off: int) -> None:
    found = Search(cut_of, 0.85, Runs(family_cube(2048, 4)), lambda _: None).smallest(0, 1400)
    assert found is not None
    assert Search(cut_of, 0.85, Runs(family_cube(2048, 4)), lambda _: None).smallest(0, 1400, found + off) == found


class Crossing:
    """Runs in which future ``p`` succeeds from step ``p`` on, and 100 of them at step 1,899 but not at the next."""

    has_part, miss = True, 0.0

    def of(self, step: int) -> Run:
        paths = np.arange(2048)
        succeeded = paths <= step
        if step == 1899:
            succeeded[1900:2000] = True
        return Run(succeeded.astype(np.float64), np.where(succeeded, step - paths, 0.0), 2)

    def first(self, step: int) -> Floats:
        return self.first_of(self.of(step))

    def first_of(self, run: Run) -> Floats:
        return run.succeeded[::2]

    def among(self, step: int, paths: NDArray[np.int64]) -> Floats:
        return self.of(step).succeeded[paths]


def test_a_step_is_not_taken_to_fail_because_those_fail_who_failed_at_the_next() -> None:
    search: Any = Search(lambda step: step, 1901 / 2048, Crossing(), lambda _: None)  # type: ignore[arg-type, return-value]
    assert search.smallest(0, 2047, first=1900) == 1899
