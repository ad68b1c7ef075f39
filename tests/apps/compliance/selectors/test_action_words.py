from django.utils import translation

from apps.compliance.selectors.action_words import WORDS, action_words


def test_a_known_action_reads_as_words():
    assert action_words("compliance.submit_answers") == "Submit answers"


def test_an_action_of_tomorrow_reads_as_its_code_says():
    assert "moon.land_rocket" not in WORDS
    assert action_words("moon.land_rocket") == "Land rocket"


def test_words_are_looked_up_in_the_readers_language():
    with translation.override("pt-br"):
        assert all(action_words(action) for action in WORDS)
