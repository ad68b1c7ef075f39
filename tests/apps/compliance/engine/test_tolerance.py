from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance.engine.errors import IncompleteAnswersError, RiskTableError, UnknownAnswerError
from apps.compliance.engine.tables import level_in, questionnaire_from_mapping
from apps.compliance.engine.tolerance import score_tolerance
from tests.apps.compliance.engine.tables import answers_of, content, questionnaire

ITEMS = questionnaire().items


@st.composite
def complete_answers(draw):
    return {item.code: draw(st.sampled_from(sorted(item.points))) for item in ITEMS}


def test_the_lowest_answers_score_13_and_level_1():
    scored = score_tolerance(answers_of(1), questionnaire())
    assert (scored.score, scored.level) == (13, 1)


def test_the_highest_answers_score_65_and_level_7():
    scored = score_tolerance(answers_of(5), questionnaire())
    assert (scored.score, scored.level, scored.contradictions) == (65, 7, ())


def test_answers_in_the_middle_are_summed_by_hand():
    # eight items of five options at 3 points, five items of four options at 2: 24 + 10, plus composure's own 3 counted
    five = [item for item in ITEMS if len(item.points) == 5]
    assert score_tolerance(answers_of(3), questionnaire()).score == 3 * len(five) + 2 * (13 - len(five)) == 33


@pytest.mark.parametrize(
    ("score", "level"),
    [(13, 1), (20, 1), (21, 2), (28, 2), (29, 3), (35, 3), (36, 4), (49, 5), (50, 6), (58, 7), (65, 7)],
)
def test_bands_turn_at_their_published_edges(score, level):
    assert level_in(questionnaire().bands, Decimal(score)) == level


@given(complete_answers())
def test_the_trail_sums_to_the_score(answers):
    scored = score_tolerance(answers, questionnaire())
    assert sum(int(line.params["points"]) for line in scored.trail if line.code.startswith("item:")) == scored.score
    assert scored.trail[-1].params["level"] == str(scored.level)
    assert all(str(line) for line in scored.trail)


@given(complete_answers(), st.sampled_from(ITEMS))
def test_a_bolder_answer_never_lowers_the_score_or_the_level(answers, item):
    bolder = answers | {item.code: max(item.points, key=lambda code: item.points[code])}
    before, after = score_tolerance(answers, questionnaire()), score_tolerance(bolder, questionnaire())
    assert after.score >= before.score
    assert after.level >= before.level


def test_a_missing_answer_is_refused_and_named():
    answers = answers_of(3)
    del answers["regret"]
    with pytest.raises(IncompleteAnswersError, match="1 of 13") as refused:
        score_tolerance(answers, questionnaire())
    assert refused.value.field == "regret"


def test_an_option_that_does_not_exist_is_refused_not_scored_zero():
    with pytest.raises(UnknownAnswerError, match="no answer"):
        score_tolerance(answers_of(3) | {"past_fall": "e"}, questionnaire())


def test_an_item_that_does_not_exist_is_refused():
    with pytest.raises(UnknownAnswerError):
        score_tolerance(answers_of(3) | {"horoscope": "a"}, questionnaire())


def test_selling_in_a_fall_said_and_buying_done_contradict():
    scored = score_tolerance(answers_of(3) | {"fall_reaction": "a", "past_fall": "d"}, questionnaire())
    assert [each.code for each in scored.contradictions] == ["fall_said_and_done"]
    assert (scored.contradictions[0].first_points, scored.contradictions[0].second_points) == (1, 5)


def test_bands_that_leave_a_score_out_are_refused():
    broken = content("risk_questionnaire_2026_1")
    broken["bands"].pop()
    with pytest.raises(RiskTableError, match="do not cover"):
        questionnaire_from_mapping(broken)


def test_a_contradiction_of_an_unknown_item_is_refused():
    broken = content("risk_questionnaire_2026_1")
    broken["contradictions"][0]["first"] = "horoscope"
    with pytest.raises(RiskTableError, match="compares one that it lacks"):
        questionnaire_from_mapping(broken)
