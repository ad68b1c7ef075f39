"""Sentences about the household: each place filled and named by its unit."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from apps.plans.engine import advice_household_texts as texts
from apps.plans.engine.advice_texts import Facts, Texts

FACTS: Facts = defaultdict(lambda: 1.0, {"success_with": 0.9})
UNITS = {"money", "percent", "count", "years", "year", "name"}
MADE = [
    texts.cover_texts("ana", FACTS),
    texts.unknown_cover_texts("ana", FACTS),
    texts.no_papers_texts(0),
    texts.no_papers_texts(2),
    texts.old_papers_texts(FACTS),
]


@pytest.mark.parametrize("made", MADE)
def test_every_place_of_a_sentence_is_filled_and_says_its_unit(made: Texts) -> None:
    title, reason, actions = made
    for text in (title, reason, *actions):
        places = set(re.findall(r"%\((\w+)\)s", text.message))
        assert places == set(dict(text.params))
        assert all(place.rpartition("__")[2] in UNITS for place in places)
        assert "!" not in text.message


def test_without_a_run_no_chance_is_told() -> None:
    alone = dict.fromkeys(("gap", "income", "debts", "education", "assets", "cover", "years"), 1.0)
    assert len(texts.cover_texts("ana", alone)[2]) + 1 == len(texts.cover_texts("ana", FACTS)[2])
