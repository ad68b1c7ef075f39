"""Sentences: each place filled, each named by its unit, no exclamation marks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

import pytest

from apps.plans.engine import advice_texts
from apps.plans.engine.advice_texts import Facts, Texts

FACTS: Facts = defaultdict(lambda: 1.0)
BUILDERS: list[Callable[[Facts], Texts]] = [
    advice_texts.savings_texts,
    advice_texts.savings_out_of_reach_texts,
    advice_texts.spending_texts,
    advice_texts.spending_out_of_reach_texts,
    advice_texts.room_texts,
    advice_texts.delay_texts,
    advice_texts.delay_out_of_reach_texts,
    advice_texts.risk_texts,
    advice_texts.allocation_texts,
    lambda facts: advice_texts.debt_texts("car", facts),
    advice_texts.emergency_texts,
]


@pytest.mark.parametrize("build", BUILDERS)
def test_every_place_of_a_sentence_is_filled_and_says_its_unit(build: Callable[[Facts], Texts]) -> None:
    title, reason, actions = build(FACTS)
    for text in (title, reason, *actions):
        places = set(re.findall(r"%\((\w+)\)s", text.message))
        assert places == set(dict(text.params))
        assert all(place.rpartition("__")[2] in {"money", "percent", "count", "name"} for place in places)
        assert "!" not in text.message
