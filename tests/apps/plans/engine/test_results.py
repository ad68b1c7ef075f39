"""Results say what they are and serialise whole."""

from __future__ import annotations

import json

from apps.plans.engine.digest import input_digest
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.results import ENGINE_VERSION
from tests.apps.plans.engine.households import family, family_cube


def test_a_projection_names_engine_inputs_scenarios_and_seed() -> None:
    result = project(family(), family_cube())
    read = json.loads(result.to_json_bytes())
    assert read["engine_version"] == ENGINE_VERSION
    assert read["input_digest"] == input_digest(family())
    assert read["cube_digest"] == family_cube().digest
    assert read["seed"] == 11
    assert len(read["bands"]) == read["n_years"] + 1 == 49
    assert len(read["median_flows"]) == len(read["expected_flows"]) == 48


def test_the_trail_tells_assumptions_scenarios_months_taxes_and_counting() -> None:
    trail = project(family(), family_cube()).trail
    assert [step.step for step in trail] == ["assumptions", "scenarios", "months", "taxes", "success"]
    assert all(step.source for step in trail)
