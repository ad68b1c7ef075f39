"""Slips of the pen."""

from __future__ import annotations

import pytest

from apps.plans.engine.spoken_spelling import spelled

WORDS = frozenset({"retire", "travel", "college", "sítio", "precisa"})


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("i want to retier", "i want to retire"),
        ("travle far", "travel far"),
        ("collge", "college"),
        ("um sitio", "um sítio"),
        ("presisa", "precisa"),
    ],
)
def test_one_slip_is_mended(written, meant):
    assert spelled(written, WORDS).text == meant


@pytest.mark.parametrize("text", ["retired", "travels", "precisar", "house", "he tires", "Retire", ""])
def test_other_words_and_other_forms_are_left(text):
    assert spelled(text, WORDS).text == text


def test_places_lead_back_to_the_text_as_written():
    text = "a collge, then"
    mended = spelled(text, WORDS)
    at = mended.text.index("college")
    assert text[mended.start(at) : mended.end(at + len("college"))] == "collge"
    assert mended.end(len(mended.text)) == len(text)
    assert mended.end(0) == 0
