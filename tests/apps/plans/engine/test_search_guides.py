"""What a search looks at first: a part of the futures, and those that come near to failing."""

from __future__ import annotations

import numpy as np
import pytest

from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.levers import with_retirement_spending
from apps.plans.engine.runs import Runs
from apps.plans.engine.search_guides import Neighbours, Part
from tests.apps.plans.engine.households import family, family_cube, with_retirement_budget

PLAN = with_retirement_budget(family(2048, 4), 140_000.0)


def cut(step: int) -> ProjectionInputs:
    return with_retirement_spending(PLAN, 14_000.0 - 10.0 * step)


@pytest.fixture(scope="module")
def runs() -> Runs:
    return Runs(family_cube(2048, 4))


class Counted:
    """Runs that say on how many paths they were asked."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs
        self.paths: list[int] = []

    def first(self, inputs: ProjectionInputs) -> object:
        self.paths.append(1024)
        return self.runs.first(inputs)

    def among(self, inputs: ProjectionInputs, paths: np.ndarray) -> object:
        self.paths.append(paths.size)
        return self.runs.among(inputs, paths)


def test_a_step_between_two_is_lived_through_where_they_differ_and_comes_out_the_same(runs: Runs) -> None:
    counted = Counted(runs)
    part = Part(cut, counted)  # type: ignore[arg-type]
    for step in (300, 700, 500, 520):
        assert part.success(step) == runs.rough(cut(step))
    assert counted.paths[0] == 1024
    assert 0 < counted.paths[2] < 512
    assert 0 < counted.paths[3] < counted.paths[2]
    assert part.known() == {step: runs.rough(cut(step)) for step in (300, 500, 520, 700)}


def test_what_a_run_on_all_futures_said_is_not_lived_through_again(runs: Runs) -> None:
    part = Part(cut, Counted(runs))  # type: ignore[arg-type]
    part.note(400, runs.first_of(runs.of(cut(400))))
    assert part.success(400) == runs.rough(cut(400))


def test_steps_before_one_that_was_run_seem_what_they_are(runs: Runs) -> None:
    neighbours = Neighbours(cut, runs, runs.of(cut(500)))
    for step in (490, 470):
        assert neighbours.seems(step) == runs.of(cut(step)).success.value < runs.of(cut(500)).success.value


def test_a_step_fails_only_where_it_does_on_all_futures(runs: Runs) -> None:
    neighbours, less = Neighbours(cut, runs, runs.of(cut(700))), runs.of(cut(690)).success.value
    assert runs.of(cut(700)).success.value > 0.75
    assert neighbours.fails(690, less + 1e-9)
    assert not neighbours.fails(690, less)


def test_where_many_failed_all_futures_must_be_asked(runs: Runs) -> None:
    assert runs.of(cut(300)).success.value < 0.6
    assert not Neighbours(cut, runs, runs.of(cut(300))).fails(299, 0.999)
