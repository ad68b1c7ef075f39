"""Sentences about retirement's choices: each place filled and named by its unit."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from apps.plans.engine import advice_retirement_texts as texts
from apps.plans.engine.advice_texts import Texts

LATER = texts.ClaimFacts("ana", 63.0, 70.0, 2_250.0, 3_720.0, 80.7, 300)
ROOM = {"monthly_extra": 100.0, "year": 2026.0, "limit": 7_500.0, "paid": 6_300.0, "room": 1_200.0}
CONVERTED = {"first_year": 2030.0, "last_year": 2035.0, "success_now": 0.8, "success_then": 0.9}
UNITS = {"money", "percent", "count", "years", "year", "treatment", "name"}
MADE = [
    texts.claim_texts(LATER, is_couple=False),
    texts.claims_texts([LATER, LATER]),
    *(
        texts.room_texts_of(ROOM, ("ira", "ana"), kind, notes=[texts.ASK_FOR_MATCH])
        for kind in ("workplace", "ira", "health")
    ),
]


@pytest.mark.parametrize("made", MADE)
def test_every_place_of_a_sentence_is_filled_and_says_its_unit(made: Texts) -> None:
    title, reason, actions = made
    for text in (title, reason, *actions):
        places = set(re.findall(r"%\((\w+)\)s", text.message))
        assert places == set(dict(text.params))
        assert all(place.rpartition("__")[2] in UNITS for place in places)
        assert "!" not in text.message


def test_an_earlier_start_is_told_apart_from_a_later_one() -> None:
    sooner = texts.ClaimFacts("ana", 70.0, 63.0, 3_720.0, 2_250.0, 80.7, 216)
    assert "whoever lives beyond" in texts.claim_texts(LATER, is_couple=False)[1].message
    assert "your savings rest" in texts.claim_texts(sooner, is_couple=False)[1].message


def test_couples_are_reminded_of_the_survivor() -> None:
    assert len(texts.claim_texts(LATER, is_couple=True)[2]) == 2
    assert len(texts.claim_texts(LATER, is_couple=False)[2]) == 1


def test_an_order_that_draws_on_roths_sooner_says_that_their_tax_is_counted() -> None:
    facts = {"success_now": 0.7, "success_then": 0.8}
    said = [
        len(texts.order_texts(facts, order, taxes_roths=taxed)[2])
        for order, taxed in (
            (("tax_free", "taxable"), True),
            (("tax_free", "taxable"), False),
            (("taxable", "tax_free"), True),
        )
    ]
    assert said == [2, 1, 1]


def test_what_work_holds_back_is_said_of_whom_it_takes_some() -> None:
    busy = replace(LATER, held=12_600.0)
    assert len(texts.claim_texts(LATER, is_couple=False)[2]) == 1
    (_, note) = texts.claim_texts(busy, is_couple=False)[2]
    assert dict(note.params)["held__money"] == 12_600.0
    assert ("held", 12_600.0) in busy.figures
    assert "held" not in dict(LATER.figures)
    assert len(texts.claims_texts([busy, LATER])[2]) == len(texts.claims_texts([LATER, LATER])[2]) + 1
