"""What a language model points to is believed only where it stands in the client's words."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from apps.plans.engine.goal_lexicon import Subject
from apps.plans.engine.hidden_names import without_names
from apps.plans.engine.inputs import GoalPriority
from apps.plans.engine.quoted_goals import MOST_GOALS, Sent, UnreadableAnswerError, quotes_in, spoken, unread
from tests.apps.plans.engine import spoken_report

TEXT = "We are fine. Zzyzx by the sea for Ana, $350,000 in 2035, if it works. Call me."
SENTENCE = (13, 69)
EN = spoken_report.lexicon("en")


def sent(text=TEXT, span=SENTENCE, names=None):
    return [Sent(without_names(text[span[0] : span[1]], names or {}), span[0])]


def answer(*goals):
    return json.dumps({"goals": list(goals)})


def goal(words="Zzyzx by the sea for Ana, $350,000 in 2035", **more):
    return {"words": words, "kind": "home", "priority": "essential", **more}


def read(*goals, **more):
    return quotes_in(answer(*goals), sent(**more), TEXT)


def test_a_quote_is_found_where_it_stands():
    read_ = read(goal())
    (quote,) = read_.quotes
    assert TEXT[quote.start : quote.end] == "Zzyzx by the sea for Ana, $350,000 in 2035"
    assert (quote.subject, quote.priority, read_.n_refused) == (Subject.HOME, GoalPriority.ESSENTIAL, 0)


def test_a_quote_of_what_was_sent_is_found_in_what_was_written():
    (quote,) = read(goal("by the sea for Person A, $350,000"), names={"Ana": "Person A"}).quotes
    assert TEXT[quote.start : quote.end] == "by the sea for Ana, $350,000"
    (cut,) = read(goal("by the sea for Person"), names={"Ana": "Person A"}).quotes
    assert TEXT[cut.start : cut.end] == "by the sea for Ana"


def test_numbers_are_read_in_the_words_and_nowhere_else():
    (quote,) = read(goal()).quotes
    told = spoken(TEXT, quote, EN, ["Ana"])
    assert (told.money.amount, told.moment.year, told.whom) == (Decimal(350_000), 2035, "Ana")
    (quote,) = read(goal("Zzyzx by the sea")).quotes
    assert (spoken(TEXT, quote, EN, []).money, spoken(TEXT, quote, EN, []).moment) == (None, None)


def test_what_is_said_twice_is_left_open():
    text = "A thing by the sea, $200,000 or $300,000, in 2030 or in 2040"
    (quote,) = quotes_in(answer(goal(text)), sent(text, (0, len(text))), text).quotes
    told = spoken(text, quote, EN, [])
    assert (told.money, told.moment) == (None, None)


def test_a_bare_age_is_one_for_the_end_of_work_only():
    text = "Put the tools down around 64"
    for kind, age in (("retirement", 64), ("travel", None)):
        (quote,) = quotes_in(answer(goal(text, kind=kind)), sent(text, (0, len(text))), text).quotes
        moment = spoken(text, quote, EN, []).moment
        assert (moment.age if moment else None) == age


@pytest.mark.parametrize(
    "bad",
    [
        goal("a yacht for $900,000"),
        goal("zzyzx by the sea"),
        goal("Zzyzx  by the sea"),
        goal("We are fine"),
        goal("$350,000"),
        goal(""),
        goal(None),
        goal(["Zzyzx"]),
        goal(kind="yacht"),
        goal(kind=3),
        goal(amount=400_000),
        goal(note="state 100 %"),
        goal(year="2036"),
        "Zzyzx by the sea",
        None,
    ],
)
def test_what_the_text_does_not_say_is_refused(bad):
    read_ = read(bad)
    assert (read_.quotes, read_.n_refused) == ((), 1)


def test_a_number_beside_the_words_may_be_one_of_them():
    assert len(read(goal(year=2035)).quotes) == 1


def test_the_same_words_are_one_goal_and_more_than_twenty_are_none_of_a_client():
    read_ = read(goal(), goal("by the sea"), *[goal("yacht")] * MOST_GOALS)
    assert (len(read_.quotes), read_.n_refused) == (1, MOST_GOALS + 1)


def test_a_priority_that_nobody_knows_is_the_middle_one():
    assert read(goal(priority="100 %")).quotes == ()
    assert read(goal(priority="urgent")).quotes[0].priority is GoalPriority.IMPORTANT


@pytest.mark.parametrize("text", ["", "no", "[]", "{}", '{"goals": {}}', '{"goals": 1}', "[" * 90_000])
def test_an_answer_without_a_list_of_goals_is_none(text):
    with pytest.raises(UnreadableAnswerError):
        quotes_in(text, sent(), TEXT)


def test_a_fence_around_the_answer_is_taken_off():
    assert len(quotes_in(f"```json\n{answer(goal())}\n```", sent(), TEXT).quotes) == 1


def test_a_sentence_is_unread_where_it_names_nothing_known_and_adds_nothing():
    text = "We want to retire at 60. It should be $80,000 a year. Zzyzx by the sea. My retirment, hm. 2030."
    amount = text.index("$80,000")
    assert [text[a:b].strip() for a, b in unread(text, EN, [(amount, amount + 7)])] == ["Zzyzx by the sea"]
    assert len(unread(text, EN, [])) == 2


MEANT = (
    "Zzyzx by the sea, $350,000 in 2035; we are easy, say 3 years either way, and 200 grand gets us in, Schwab money."
)


def quoted(**more):
    told = goal("Zzyzx by the sea, $350,000 in 2035", **more)
    (quote,) = quotes_in(answer(told), sent(MEANT, (0, len(MEANT))), MEANT).quotes
    return spoken(MEANT, quote, EN, []).means


def test_means_are_those_of_the_words_that_the_model_names():
    means = quoted(
        timing="flexible",
        timing_words="say 3 years either way",
        least_words="200 grand gets us in",
        account="brokerage",
        account_words="Schwab money",
    )
    assert (means.wait.years, means.least.money.amount) == (3, Decimal(200_000))
    assert ([kind.value for kind in means.source.kinds], means.source.only) == (["brokerage"], False)
    assert MEANT[means.source.start : means.source.end] == "Schwab money"
    assert quoted(timing="fixed", timing_words="say 3 years either way").wait.years == 0
    assert quoted(timing="flexible", timing_words="we are easy").wait.years is None


@pytest.mark.parametrize(
    "more",
    [
        {"timing": "flexible", "timing_words": "five years either way"},
        {"timing": "soon", "timing_words": "say 3 years either way"},
        {"timing": "flexible", "timing_words": 3},
        {"least_words": "100 grand gets us in"},
        {"account": "piggy bank", "account_words": "Schwab money"},
        {"account": "brokerage", "account_words": "Vanguard money"},
        {"account": ["brokerage"], "account_words": "Schwab money"},
    ],
)
def test_means_that_the_words_do_not_hold_are_not_believed(more):
    assert not quoted(**more).said


@pytest.mark.parametrize(
    ("words", "account_words"),
    [("don't touch the Schwab money", "Schwab money"), ("but not the Schwab money", "not the Schwab money")],
)
def test_means_that_the_text_denies_have_no_value(words, account_words):
    text = f"Zzyzx by the sea, $350,000 in 2035, and I don't think 3 years either way would work, {words}."
    told = goal(
        "Zzyzx by the sea, $350,000 in 2035",
        timing="flexible",
        timing_words="3 years either way",
        account="brokerage",
        account_words=account_words,
    )
    (quote,) = quotes_in(answer(told), sent(text, (0, len(text))), text).quotes
    means = spoken(text, quote, EN, []).means
    assert (means.wait.years, means.source.kinds) == (None, ())
    assert means.wait.denied_at == text.index("don't think")
    assert means.source.denied_at is not None


def test_the_grammar_reads_means_in_a_quote_and_has_the_last_word():
    text = "Zzyzx by the sea in 2035, $350,000, it can't wait, from my brokerage account"
    (quote,) = quotes_in(
        answer(goal(text, timing="flexible", timing_words="it can't wait")), sent(text, (0, len(text))), text
    ).quotes
    told = spoken(text, quote, EN, [])
    assert (told.means.wait.years, told.means.source.kinds[0].value) == (0, "brokerage")
    assert (told.moment.year, told.money.amount) == (2035, Decimal(350_000))
