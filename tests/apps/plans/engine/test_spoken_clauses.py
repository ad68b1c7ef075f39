"""Clauses, and the goals that their words name."""

from __future__ import annotations

from apps.plans.engine.goal_lexicon import Subject
from apps.plans.engine.spoken_clauses import clauses_of, sentences
from tests.apps.plans.engine import spoken_report

EN = spoken_report.lexicon("en")


def clauses(text, fixed=()):
    return clauses_of(text, (0, len(text)), fixed, EN)


def test_sentences_end_at_stops_not_at_points_of_numbers():
    text = "Retire at 60. A boat for 1.5 million!\nTravel"
    assert [text[first:last].strip() for first, last in sentences(text)] == [
        "Retire at 60",
        "A boat for 1.5 million",
        "Travel",
    ]


def test_a_clause_breaks_at_joining_words_but_not_inside_a_number():
    text = "a hundred and twenty thousand for a boat and a cabin"
    number = (0, text.index(" for"))
    told = [text[each.start : each.end].strip() for each in clauses(text, [number])]
    assert told == ["a hundred and twenty thousand for a boat", "a cabin"]


def test_where_several_kinds_claim_the_words_the_earlier_has_them():
    assert [each.subject for each in clauses("pay off the car loan")[0].mentions] == [Subject.DEBT]


def test_words_that_only_say_when_are_marked():
    trip, retirement = clauses("a trip after we retire")[0].mentions
    assert (trip.subject, trip.is_reference) == (Subject.TRAVEL, False)
    assert (retirement.subject, retirement.is_reference) == (Subject.RETIREMENT, True)


def test_help_is_no_goal_beside_what_it_is_for():
    assert [each.subject for each in clauses("help the kids with a down payment")[0].mentions] == [Subject.HOME]
    assert [each.subject for each in clauses("help the kids")[0].mentions] == [Subject.GIFT]


def test_asides_name_no_goal():
    assert clauses("somebody in the house")[0].mentions == []
