from dataclasses import replace

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.monte_carlo import project
from apps.plans.engine.what_if_levers import levers_of, moved
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.selectors.what_if_values import Question, spec_of
from apps.plans.services._scenarios import cube_of
from apps.plans.services._turns import TURNS
from apps.plans.services._what_if import answer, single_effects, trial
from apps.plans.services.errors import StaleQuestionError
from apps.plans.services.what_if import answer_question, find_reaches, question_of_run, warm
from tests.factories import plans


@pytest.fixture
def run(ada):
    return plans.computed(plans.drafted(ada), ada)


def ask(run, ada, changes, number=1, *, page="p", is_whole=True):
    return answer_question(run=run, question=Question(page, number, changes, is_whole=is_whole), by=ada.as_actor())


def test_the_answer_is_the_engines_for_the_moved_plan_on_the_runs_own_futures(run, ada):
    changes = {"retirement_spending": 4000.0}
    told = ask(run, ada, changes)
    asked = inputs_of(run)
    whole = project(
        moved(asked.inputs, asked.policy, changes).inputs, cube_of(asked.inputs.assumptions, asked.inputs.simulation)
    )
    assert told.success == whole.success
    assert told.terminal == whole.terminal.real
    assert told.n_paths == run.n_paths
    assert told.spending is not None
    assert told.change.value == pytest.approx(told.success.value - result_of(run).projection.success.value)
    assert ask(run, ada, changes, 2) is told


def test_a_moving_hand_is_answered_on_a_thousand_futures_with_their_error(run, ada):
    asked = inputs_of(run)
    many = replace(asked.inputs.simulation, n_paths=10_240, n_batches=10)
    wide = replace(asked, inputs=replace(asked.inputs, simulation=many))
    assert (spec_of(wide, is_whole=False).n_paths, spec_of(wide, is_whole=False).n_batches) == (1024, 8)
    assert spec_of(wide, is_whole=True) == many
    assert ask(run, ada, {"retirement_spending": 4000.0}, is_whole=False).success.standard_error is not None


def test_an_older_question_of_the_page_is_refused(run, ada):
    ask(run, ada, {"lower_returns": 1.0}, 5)
    with pytest.raises(StaleQuestionError):
        ask(run, ada, {"lower_returns": 2.0}, 4)
    ask(run, ada, {"lower_returns": 2.0}, 1, page="another")


def test_a_run_under_way_stops_when_its_page_asks_anew(run, ada, monkeypatch):
    page = f"{ada.as_actor().key}:{run.pk}:p"
    monkeypatch.setattr(
        "apps.plans.services._what_if.trial",
        lambda *told: TURNS.ask(page, 9) or trial(*told),
    )
    with pytest.raises(StaleQuestionError):
        ask(run, ada, {"lower_returns": 3.0}, 8)


def test_a_lever_out_of_bounds_is_refused_at_the_lever(run, ada):
    with pytest.raises(InvalidInputError) as refused:
        ask(run, ada, {"lower_returns": 99.0})
    assert refused.value.field == "lower_returns"


def test_what_reaches_the_target_does_and_single_effects_are_the_engines(run, ada):
    warm(run=run, by=ada.as_actor())
    found = {each.kind: each for each in find_reaches(run=run, changes={}, by=ada.as_actor())}
    assert "retirement_spending" in found
    spent = found["retirement_spending"].value
    question = question_of_run(run)
    tried = trial(question, spec_of(question, is_whole=True), run.input_digest)
    assert answer(tried, {"retirement_spending": spent}).success == found["retirement_spending"].success
    changes = {"retirement_spending": spent, "lower_returns": 1.0}
    assert [effect.key for effect in single_effects(tried, changes)] == sorted(changes)
    assert {lever.key for lever in levers_of(question.inputs)} >= set(changes)
