from types import SimpleNamespace

import pytest

from apps.plans.models import ProjectionRun, Recommendation
from apps.plans.policies import agreed_on
from apps.plans.selectors.accepted_together import together_part

EFFECT = {
    "success_before": 0.845,
    "success_after": 0.912,
    "delta_success": 0.067,
    "delta_standard_error": 0.003,
    "delta_median_terminal_real": 1_240_000.0,
}


@pytest.fixture
def rows():
    return [Recommendation(key=key, decision="accepted") for key in ("save_more", "spend_less")]


@pytest.fixture
def lines(rows):
    return [SimpleNamespace(key=row.key, public_id=row.public_id, title=(row.key,)) for row in rows]


def run_with(rows, **told):
    kept = {"taken": agreed_on(rows), "state": "measured", "effect": EFFECT, **told}
    return ProjectionRun(accepted_together=kept, names={"plan": "Plan at work"})


def test_nothing_taken_has_no_part():
    assert together_part(ProjectionRun(), [Recommendation(decision="declined")], [], "USD") is None


def test_what_was_measured_is_told_with_passports(rows, lines):
    part = together_part(run_with(rows), rows, lines, "USD")
    assert (part.state, part.count, part.overlaps, part.over_limits) == ("measured", 2, (), ())
    assert part.effect.success_after.text == "91.2%"
    assert part.effect.wealth.text == "$1,240,000"
    assert part.effect.wealth.key == "together:wealth"


def test_overlaps_and_accounts_over_the_limit_are_named(rows, lines):
    run = run_with(rows, overlaps=[["save_more", "spend_less"]], over_limits=["plan", "unnamed"])
    part = together_part(run, rows, lines, "USD")
    (pair,) = part.overlaps
    assert (pair.earlier, pair.later) == tuple(row.public_id for row in rows)
    assert (pair.earlier_title, pair.later_title) == (("save_more",), ("spend_less",))
    assert part.over_limits == ("Plan at work", "unnamed")


@pytest.mark.parametrize(
    ("kept", "state"),
    [(None, "older"), ({}, "measuring"), ({"taken": [["x", ""]], "state": "measured"}, "measuring")],
)
def test_without_a_measure_of_this_set_it_says_why(rows, lines, kept, state):
    part = together_part(ProjectionRun(accepted_together=kept), rows, lines, "USD")
    assert (part.state, part.effect) == (state, None)
