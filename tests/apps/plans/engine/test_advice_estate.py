"""Papers of the estate: asked for, gone through again, or left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_estate import estate_advice
from apps.plans.engine.advice_facts import AdviceFacts, EstatePapers
from tests.apps.plans.engine.households import family

FACTS = AdviceFacts(None, (), None, EstatePapers(0, None))


def test_where_nothing_is_on_file_the_papers_are_asked_for_and_minors_named() -> None:
    (advice,) = estate_advice(family(), FACTS)
    assert (advice.key, advice.kind, advice.changed) == ("estate_papers", "estate", None)
    assert "children" not in advice.texts[1].message
    (with_minors,) = estate_advice(family(), replace(FACTS, minors=2))
    assert "brings up your children" in with_minors.texts[1].message


def test_papers_of_five_years_are_gone_through_again_and_younger_ones_left() -> None:
    # the plan starts on the first of July 2026
    old = replace(FACTS, papers=EstatePapers(2, date(2021, 7, 1)))
    (advice,) = estate_advice(family(), old)
    assert dict(advice.facts)["years_old"] == 5.0
    title, reason, actions = advice.texts
    for text in (title, reason, *actions):
        assert uncited(text, dict(advice.facts).values()) == ()
    assert estate_advice(family(), replace(FACTS, papers=EstatePapers(2, date(2021, 7, 2)))) == []


def test_where_nobody_can_know_nothing_is_told() -> None:
    assert estate_advice(family(), None) == []
    assert estate_advice(family(), replace(FACTS, papers=None)) == []
