"""Names that are known do not leave the house."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.plans.engine.hidden_names import without_names

NAMES = {"Ana": "Person A", "Ana Rivera": "Person A", "Rivera": "Family", "Eva": "Person B", "Roth": "Account"}


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ana and eva dream.", "Person A and Person B dream."),
        ("Ana Rivera's boat", "Person A's boat"),
        ("The RIVERA house, banana and Anapolis", "The Family house, banana and Anapolis"),
        ("Write to ana@mail.example or +1 (555) 010-2030.", "Write to [address] or [number]."),
        ("Account 1234 5678 9012, $1,250,000 in 2031 or 450000.", "Account [number], $1,250,000 in 2031 or 450000."),
        ("Nothing known.", "Nothing known."),
    ],
)
def test_names_addresses_and_long_numbers_go_and_amounts_stay(text, hidden):
    assert without_names(text, NAMES).text == hidden


def test_without_names_addresses_still_go():
    assert without_names("ana@mail.example", {}).text == "[address]"


def test_what_is_found_afterwards_is_found_in_the_text_as_written():
    text = "A boat for Ana Rivera and a house for Eva."
    hidden = without_names(text, NAMES)
    for words, written in (
        ("boat for Person A and", "boat for Ana Rivera and"),
        ("Person A", "Ana Rivera"),
        ("house for Person B.", "house for Eva."),
    ):
        at = hidden.text.index(words)
        assert text[hidden.start(at) : hidden.end(at + len(words))] == written


@given(st.lists(st.sampled_from(["Ana", "Rivera", "Eva", "boat", "in", "2031", ", ", ". ", " "]), max_size=12))
def test_every_character_keeps_its_place_and_no_name_is_left(words):
    text = " ".join(words)
    hidden = without_names(text, NAMES)
    assert len(hidden.places) == len(hidden.text)
    assert list(hidden.places) == sorted(hidden.places)
    assert not {"Ana", "Rivera", "Eva"} & set(hidden.text.replace(",", " ").replace(".", " ").split())
