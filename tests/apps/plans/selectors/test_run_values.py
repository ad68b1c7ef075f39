"""A run's question and answer as the engine's values: read once, as long as its bytes are the same."""

from __future__ import annotations

from dataclasses import replace

from apps.plans.engine.policy import AdvicePolicy
from apps.plans.models import ProjectionRun
from apps.plans.selectors.run_values import RunInputs, inputs_of, result_of
from tests.apps.plans.engine.households import family

ASKED = RunInputs(family(), AdvicePolicy(0.85, "roth", 0.5, 70, None, 200.0, 6, 24))


def test_what_was_asked_is_read_back_and_read_once() -> None:
    data = ASKED.to_json_bytes()
    first, again = (inputs_of(ProjectionRun(inputs=memoryview(bytearray(data)))) for _ in range(2))
    assert first == ASKED
    assert again is first


def test_other_bytes_are_another_question() -> None:
    other = replace(ASKED, policy=replace(ASKED.policy, target=0.9))
    assert inputs_of(ProjectionRun(inputs=other.to_json_bytes())).policy.target == 0.9
    assert inputs_of(ProjectionRun(inputs=ASKED.to_json_bytes())).policy.target == 0.85


def test_a_run_that_has_not_finished_has_no_result() -> None:
    assert result_of(ProjectionRun(inputs=ASKED.to_json_bytes())) is None
