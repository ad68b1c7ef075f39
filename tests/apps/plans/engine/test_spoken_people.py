"""Whom a wish names."""

from __future__ import annotations

import pytest

from apps.plans.engine.goal_lexicon import Subject
from apps.plans.engine.spoken_clauses import clauses_of
from apps.plans.engine.spoken_people import People
from tests.apps.plans.engine import spoken_report

EN = spoken_report.lexicon("en")


def whom(text, subject=Subject.EDUCATION, names=()):
    return People(text, EN, names).whom(clauses_of(text, (0, len(text)), (), EN), subject)


@pytest.mark.parametrize(
    "text",
    [
        "help Ana with college",
        "my daughter Ana, college",
        "Ana's college",
        "college for Ana",
        "next year Ana starts college",
    ],
)
def test_a_name_is_known_by_the_words_beside_it(text):
    assert whom(text) == "Ana"


@pytest.mark.parametrize("text", ["college in Boston", "Honestly, college", "college in March", "for Ohio State"])
def test_places_months_and_first_words_are_no_names(text):
    assert whom(text) == ""


def test_goals_that_go_to_nobody_have_no_receiver():
    assert whom("a trip for Ana", Subject.TRAVEL) == ""


def test_the_doer_of_a_verb_is_named_before_it():
    text = "Jorge stops at 60"
    assert People(text, EN, ()).doer(text.index("stops")) == "Jorge"
    assert People("I stop at 60", EN, ()).doer(2) == ""


def test_a_name_beside_an_age_has_it():
    text = "62 for Dave"
    assert People(text, EN, ()).aged(0, 2) == "Dave"
    assert People("Ana at 60", EN, ()).aged(7, 9) == "Ana"
    assert People("the 62 of us", EN, ()).aged(4, 6) == ""


def test_a_pronoun_stands_for_the_last_person_not_for_a_place():
    text = "Ana goes to school in Boston, and when she is 18"
    assert People(text, EN, ()).before(len(text)) == "Ana"
