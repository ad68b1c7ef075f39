"""Which state table a household gets, and what its plan says about it."""

from __future__ import annotations

from apps.plans.services._state_tax import CAVEATS, state_caveats, state_table_of, state_tables


def said(code: str) -> list[str]:
    return [message % params for message, params in state_caveats(code, state_table_of(code))]


def test_the_residence_finds_its_table_in_any_case() -> None:
    table = state_table_of(" ny")
    assert table is not None
    assert table.name == "New York"
    assert state_table_of("") is None
    assert state_table_of("PR") is None


def test_every_caveat_of_the_file_has_its_words() -> None:
    assert {key for table in state_tables().states.values() for key in table.caveats} <= set(CAVEATS)


def test_a_plan_says_which_table_it_takes_and_how_far_it_is_confirmed() -> None:
    assert said("NY")[0] == "State income tax is that of New York in 2025, carried forward to later years."
    assert not any("second source" in text or "in part" in text for text in said("NY"))
    assert any("Connecticut is unverified" in text for text in said("CT"))
    assert any("Georgia is confirmed in part" in text for text in said("GA"))


def test_a_plan_says_what_is_left_out() -> None:
    assert said("") == ["The state of residence is not known: state income tax is left out."]
    assert said("PR") == ["There is no state tax table for “PR”: it is left out."]
    assert said("TX") == []
