"""Goals read from a client's own words: fields, places, and the score that the docs tell."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.goal_lexicon import Subject
from apps.plans.engine.inputs import GoalPriority
from apps.plans.engine.spoken_goals import MOST_LETTERS, goals_in
from tests.apps.plans.engine import spoken_report

EN, PT = spoken_report.lexicon("en"), spoken_report.lexicon("pt")
ISSUE = "I'd like to stop at 62 and help Ana with college, maybe a cabin"


def test_the_sentence_of_the_issue_becomes_three_goals():
    retirement, education, cabin = goals_in(ISSUE, EN)
    assert (retirement.subject, retirement.moment.age, retirement.money) == (Subject.RETIREMENT, 62, None)
    assert (education.subject, education.whom) == (Subject.EDUCATION, "Ana")
    assert (cabin.subject, cabin.priority) == (Subject.HOME, GoalPriority.ASPIRATIONAL)


@pytest.mark.parametrize(
    ("text", "words", "age"),
    [
        ("I don't want to work past 65", EN, 65),
        ("We do not plan to work beyond 62.", EN, 62),
        ("I won't work after 60, and that is that", EN, 60),
        ("We'd rather not work after 62", EN, 62),
        ("Não quero trabalhar depois dos 65", PT, 65),
        ("Não vou trabalhar além dos 60 anos.", PT, 60),
    ],
)
def test_who_will_not_work_past_an_age_retires_at_it(text, words, age):
    (goal,) = goals_in(text, words)
    assert (goal.subject, goal.moment.age) == (Subject.RETIREMENT, age)


def test_other_wishes_that_are_taken_back_stay_so():
    assert goals_in("I don't want to retire at 62.", EN) == ()
    assert goals_in("I don't want to buy a cabin", EN) == ()


def test_each_goal_names_the_words_it_came_from():
    for goal in goals_in(ISSUE, EN):
        assert goal.words == " … ".join(ISSUE[first:last] for first, last in goal.parts)
    assert goals_in(ISSUE, EN)[0].words == "I'd like to stop at 62"


def test_what_is_not_said_is_asked_and_never_guessed():
    goal = goals_in("A cabin, someday.", EN)[0]
    assert (goal.money, goal.moment, goal.lacks) == (None, None, ("amount", "time"))


def test_a_slip_of_the_pen_keeps_the_places_of_the_text_as_written():
    text = "I want to retier at 58, and a morgage of $9,000 payed"
    retirement, debt = goals_in(text, EN)
    assert text[retirement.moment.start : retirement.moment.end] == "58"
    assert text[debt.money.start : debt.money.end] == "$9,000"


def test_a_name_of_the_household_is_taken_wherever_it_stands():
    assert goals_in("Ana, college, 2030.", EN, ["Ana"])[0].whom == "Ana"
    assert goals_in("Ana, college, 2030.", EN)[0].whom == ""


@pytest.mark.parametrize(
    "text", ["", "   ", "?!", "We already own a boat.", "I make 90 thousand.", "I don't want a vacation home."]
)
def test_no_wish_is_no_goal(text):
    assert goals_in(text, EN) == ()


def test_portuguese_is_read_by_its_own_words():
    goal = goals_in("Quero ajudar a Ana com a faculdade, R$ 2.500 por mês, a partir de 2031.", PT)[0]
    assert (goal.subject, goal.whom, goal.moment.year) == (Subject.EDUCATION, "Ana", 2031)
    assert (goal.money.amount, goal.money.currency) == (Decimal(2500), "BRL")


def test_too_long_a_text_is_refused():
    with pytest.raises(InvalidInputError) as refused:
        goals_in("a " * MOST_LETTERS, EN)
    assert refused.value.field == "text"


@given(st.text(alphabet="retire at 62 and a boat, $5k! Ana's 2030 não é", max_size=120))
def test_any_text_is_read_and_every_place_lies_in_it(text):
    for goal in goals_in(text, EN):
        said = [each for each in (goal.money, goal.moment, goal.duration) if each is not None]
        spans = [*goal.parts, *((each.start, each.end) for each in said)]
        assert all(0 <= first <= last <= len(text) for first, last in spans)


@pytest.mark.parametrize(("tongue", "least"), [("en", 75), ("pt", 35)])
def test_the_labelled_sentences_are_read_as_well_as_was_asked(tongue, least):
    score = spoken_report.scored("goals", tongue)
    assert score.exact >= least, f"{score.exact} of {score.total}"


def test_the_docs_tell_the_score_and_every_miss():
    assert spoken_report.drawn() == spoken_report.report(), "run: python -m tests.apps.plans.engine.spoken_report"
