"""Words that say how far a wish gives way and who pays: read where they are clear, left alone elsewhere."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.goal_lexicon import Subject
from apps.plans.engine.spoken_goals import goals_in
from apps.plans.engine.spoken_means import AccountWord, Figures, means_in, without
from apps.plans.engine.spoken_numbers import money_in, numbers_in
from apps.plans.engine.spoken_times import times_in
from tests.apps.plans.engine import spoken_report

WORDS = {tongue: spoken_report.lexicon(tongue) for tongue in ("en", "pt")}


def said(text, tongue="en"):
    words = WORDS[tongue]
    numbers, money = numbers_in(text, words.tongue), money_in(text, words.tongue)
    return means_in(text, words.means, Figures(numbers, money, times_in(text, numbers, money, words.tongue)[0]))


def only_goal(text, tongue="en"):
    (goal,) = goals_in(text, WORDS[tongue])
    return goal


@pytest.mark.parametrize(
    ("tongue", "text", "years"),
    [
        ("en", "it could wait three years", 3),
        ("en", "it can wait two or three years", 3),
        ("en", "it may come a year later", 1),
        ("en", "could come a year or two later", 2),
        ("en", "a couple of years later is fine", 2),
        ("en", "it could wait a few years", None),
        ("en", "there's no rush", None),
        ("en", "if it takes longer that's fine", None),
        ("en", "that can't wait", 0),
        ("en", "the date is fixed", 0),
        ("pt", "pode esperar três anos", 3),
        ("pt", "dá para adiar uns dois anos", 2),
        ("pt", "não tem pressa", None),
        ("pt", "não pode esperar", 0),
    ],
)
def test_how_long_a_wish_may_wait_is_read_with_its_words(tongue, text, years):
    (wait,) = said(f"X: {text}.", tongue).waits
    assert (wait.years, wait.until) == (years, None)
    assert text.endswith(f"X: {text}."[wait.start : wait.end])


@pytest.mark.parametrize(
    "text",
    [
        "I can't wait to see Italy",
        "we cannot wait for the wedding",
        "it does not have to be that year",
        "at least once a year",
        "a third child",
        "half a million",
        "roll the IRA over",
        "put $500 a month into my Roth",
    ],
)
def test_words_that_only_look_like_means_are_left(text):
    assert not said(text).spans


@pytest.mark.parametrize(
    ("tongue", "text", "share"),
    [
        ("en", "half would be enough", "0.5"),
        ("en", "two thirds of that would do", "0.667"),
        ("en", "at least 60 percent of it", "0.6"),
        ("en", "we could make do with 70%", "0.7"),
        ("en", "all or nothing", "1"),
        ("en", "a smaller one would do", None),
        ("en", "120 percent would be fine", None),
        ("pt", "metade já serve", "0.5"),
        ("pt", "um quarto disso já ajuda", "0.25"),
        ("pt", "tudo ou nada", "1"),
    ],
)
def test_what_part_is_enough_is_read(tongue, text, share):
    (least,) = said(text, tongue).leasts
    assert least.share == (None if share is None else Decimal(share))


def test_a_least_amount_needs_another_that_it_is_the_least_of():
    (least,) = said("A car for $40,000, at least $25,000.").leasts
    assert (least.money.amount, least.share) == (Decimal(25_000), None)
    assert not said("A car for at least $25,000.").leasts
    goal = only_goal("I want a car for at least $25,000 in 2030.")
    assert (goal.money.amount, goal.means.least) == (Decimal(25_000), None)
    # each wish has its own amount: the second is no least of the first
    _, legacy = goals_in("Retire at 67 with $6,000 a month, and at least $500,000 to leave to the kids.", WORDS["en"])
    assert (legacy.subject, legacy.money.amount, legacy.means.least) == (Subject.LEGACY, Decimal(500_000), None)


@pytest.mark.parametrize(
    ("tongue", "text", "kinds", "is_only"),
    [
        ("en", "from my brokerage account", ["brokerage"], False),
        ("en", "paid from the 529 only", ["education"], True),
        ("en", "with the money in my bank account and my Roth IRA", ["bank", "roth"], False),
        ("en", "nothing but the brokerage account should pay for it", ["brokerage"], True),
        ("en", "my 401(k) covers it", ["workplace"], False),
        ("pt", "com o dinheiro da corretora", ["brokerage"], False),
        ("pt", "só com o 529", ["education"], True),
        ("pt", "da poupança", ["bank"], False),
    ],
)
def test_accounts_are_read_by_kind(tongue, text, kinds, is_only):
    (source,) = said(text, tongue).sources
    assert [kind.value for kind in source.kinds] == kinds
    assert source.only is is_only


def test_whose_account_it_is_is_told():
    assert said("from my IRA").sources[0].own
    assert not said("from our IRA").sources[0].own


def test_a_last_time_is_the_time_of_a_wish_that_names_no_other():
    goal = only_goal("A boat for $60,000, no later than 2033.")
    assert (goal.moment.year, goal.means.wait.years, goal.means.wait.until) == (2033, 0, None)
    goal = only_goal("A boat in 2030 for $60,000, no later than 2033.")
    assert (goal.moment.year, goal.means.wait.until.year) == (2030, 2033)
    # until when it can wait is not when it is wanted
    assert only_goal("A boat for $60,000, it can wait until 2033.").moment is None


def test_words_of_means_say_nothing_else_of_the_wish():
    goal = only_goal("I want a boat in 2031 for $90,000 out of the savings account, half is enough.")
    assert (goal.subject, goal.means.source.kinds) == (Subject.VEHICLE, (AccountWord.BANK,))
    assert goal.means.least.share == Decimal("0.5")
    text = "Boat, half is enough."
    assert without(text, said(text)) == "Boat, xxxx xx xxxxxx."


def test_places_are_those_of_the_text_as_it_was_written():
    text = "A vacaton home in 2032 for $90,000; it could wait three years."
    wait = only_goal(text).means.wait
    assert text[wait.start : wait.end] == "could wait three years"


@given(st.text(alphabet="it could wait 3 years at least half from my IRA, $5k until 2035 no rush", max_size=100))
def test_any_text_is_read_and_every_place_lies_in_it(text):
    for first, last in said(text).spans:
        assert 0 <= first < last <= len(text)


@pytest.mark.parametrize(("tongue", "least"), [("en", 36), ("pt", 23)])
def test_labelled_means_are_read(tongue, least):
    score = spoken_report.scored("means", tongue)
    assert score.exact >= least, f"{score.exact} of {score.total}"


def test_means_are_never_read_that_are_not_said():
    for score in spoken_report.scores():
        assert score.means_wrong == 0, score.name
