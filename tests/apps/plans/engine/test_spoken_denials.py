"""Words that turn means into their opposite: they leave no value, and what only looks like a denial leaves it."""

from __future__ import annotations

import pytest

from apps.plans.engine.goal_lexicon import Subject
from apps.plans.engine.spoken_denials import cleared, denied_from
from apps.plans.engine.spoken_goals import goals_in
from apps.plans.engine.spoken_means import shown_at
from tests.apps.plans.engine.test_spoken_means import WORDS, only_goal, said

DENIED = [
    ("en", "not from my 401k", "not from my 401k"),
    ("en", "Please do not use my IRA", "do not use my IRA"),
    ("en", "Do not sell the brokerage account for the car", "Do not sell the brokerage account"),
    ("en", "Don't use our savings account for it", "Don't use our savings account"),
    ("en", "Do not, under any circumstances, use my IRA", "Do not, under any circumstances, use my IRA"),
    ("en", "I refuse to draw on my Roth", "refuse to draw on my Roth"),
    ("en", "I don’t think we can wait three years", "don’t think we can wait three years"),
    ("en", "we can't push it back two years", "can't push it back two years"),
    ("en", "I do not believe the date is fixed", "do not believe the date is fixed"),
    ("en", "I don't think half would be enough", "don't think half would be enough"),
    ("en", "rather than use my IRA", "rather than use my IRA"),
    ("en", "instead of selling the brokerage account", "instead of selling the brokerage account"),
    ("en", "without dipping into my Roth", "without dipping into my Roth"),
    ("en", "stay out of my IRA", "stay out of my IRA"),
    ("en", "anywhere but from my IRA", "anywhere but from my IRA"),
    ("en", "nor from my 401k", "nor from my 401k"),
    ("en", "if possible not from my IRA", "not from my IRA"),
    ("en", "selling the brokerage account is not an option", "selling the brokerage account"),
    ("pt", "não do meu 401k", "não do meu 401k"),
    ("pt", "Por favor, não usar a minha IRA", "não usar a minha IRA"),
    ("pt", "não quero usar a poupança", "não quero usar a poupança"),
    ("pt", "me recuso a usar a conta Roth", "recuso a usar a conta Roth"),
    ("pt", "nem da poupança", "nem da poupança"),
    ("pt", "nunca da corretora", "nunca da corretora"),
    ("pt", "sem usar a poupança", "sem usar a poupança"),
    ("pt", "em vez de usar a corretora", "em vez de usar a corretora"),
    ("pt", "qualquer coisa menos da poupança", "qualquer coisa menos da poupança"),
    ("pt", "usar a poupança nem pensar", "usar a poupança"),
    ("pt", "não acho que dá para esperar três anos", "não acho que dá para esperar três anos"),
    ("pt", "não acho que metade basta", "não acho que metade basta"),
]


def means_of(text, tongue):
    found = said(text, tongue)
    return (*found.waits, *found.leasts, *found.sources)


@pytest.mark.parametrize(("tongue", "text", "shown"), DENIED)
def test_what_is_denied_leaves_no_value_and_is_shown_with_what_denies_it(tongue, text, shown):
    (found,) = means_of(text, tongue)
    assert found.denied_at is not None
    first, last = shown_at(found)
    assert text[first:last] == shown
    values = {name: getattr(found, name, None) for name in ("years", "until", "share", "money", "kinds")}
    assert not any(values.values()), values


@pytest.mark.parametrize(
    ("tongue", "text"),
    [
        ("en", "not only from my 401k"),
        ("en", "why not use my IRA"),
        ("en", "If not, use my IRA"),
        ("en", "I don't mind using my IRA"),
        ("en", "I can't wait to buy it with my savings account"),
        ("en", "if we don't have the money it could wait three years"),
        ("en", "that can't wait"),
        ("en", "wouldn't mind waiting two years"),
        ("en", "not urgent"),
        ("en", "there's no rush"),
        ("en", "do not touch anything but my IRA"),
        ("en", "nothing but the brokerage account should pay for it"),
        ("en", "it does not have to be new and can come from my savings account"),
        ("en", "it's not a big one, paid from my IRA"),
        ("en", "no less than half of it"),
        ("en", "without fail from my savings account"),
        ("pt", "não só do meu 401k"),
        ("pt", "por que não usar a poupança"),
        ("pt", "se não der pode esperar três anos"),
        ("pt", "não me importo de usar a poupança"),
        ("pt", "não tem pressa"),
        ("pt", "não pode esperar"),
        ("pt", "mais ou menos da poupança"),
        ("pt", "não menos de metade"),
        ("pt", "sem falta com a poupança"),
    ],
)
def test_what_only_looks_like_a_denial_is_none(tongue, text):
    (found,) = means_of(text, tongue)
    assert found.denied_at is None


@pytest.mark.parametrize(
    ("tongue", "text", "kept", "denied"),
    [
        ("en", "not from my 401k but from my brokerage account", "brokerage", "workplace"),
        ("en", "from my IRA, not from my 401k", "ira", "workplace"),
        ("en", "I would rather sell the brokerage account than use my IRA", "brokerage", "ira"),
        ("pt", "não do 401k mas da poupança", "bank", "workplace"),
        ("pt", "não do 401k e sim da poupança", "bank", "workplace"),
    ],
)
def test_a_denial_ends_with_its_clause(tongue, text, kept, denied):
    start = {"en": "We want a cabin in 2040 for $200,000, ", "pt": "Queremos uma casa em 2040 por R$ 200 mil, "}[tongue]
    found = said(text, tongue).sources
    assert sorted(each.denied_at is None for each in found) == [False, True], denied
    # what is said counts, what is denied beside it adds nothing
    source = only_goal(start + text, tongue).means.source
    assert ([kind.value for kind in source.kinds], source.denied_at) == ([kept], None)


def test_words_that_deny_means_take_no_wish_back_and_make_none():
    for words in ("Never from my IRA.", "I don't want to draw on my Roth for it."):
        goal = only_goal(f"We want a cabin in 2040 for $200,000. {words}")
        assert goal.subject is Subject.HOME
        assert goal.means.source.denied_at is not None
    assert not goals_in("I don't want a boat for $60,000 out of my IRA.", WORDS["en"])


def test_a_denial_reaches_so_many_words():
    words = WORDS["en"].means.denials
    near, far = ("not " + "very " * count + "from" for count in (10, 11))
    assert denied_from(near, (len(near) - 4, len(near)), words) == 0
    assert denied_from(far, (len(far) - 4, len(far)), words) is None


def test_places_stay_where_only_what_looks_like_a_denial_is_left_out():
    words = WORDS["en"].means.denials
    text = "why not, and not this"
    assert len(cleared(text, words)) == len(text)
    assert (words.words.search(cleared(text, words)) or [""])[0] == "not"
