"""What advice to save more says about where it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from apps.plans.engine.advice_citations import uncited
from apps.plans.engine.advice_retirement_texts import NOT_PUBLISHED
from apps.plans.engine.advice_saving_texts import saving_places_told
from apps.plans.engine.limits import carried_on
from apps.plans.engine.saving_places import NEW_BROKERAGE
from tests.apps.plans.engine.test_limits import TABLES
from tests.apps.plans.engine.test_saving_places import IRA, paying, places, young

INPUTS = young(paying(437.50))


def test_each_account_is_named_with_the_most_that_may_go_there_and_the_rest_after_them() -> None:
    facts, told = saving_places_told(INPUTS, 1_680.0, places(IRA))
    assert facts == (("room_into:roth", 2_250.0), ("year", 2026.0))
    assert [dict(text.params).get("account__name") for text in told] == ["roth", "brokerage"]
    assert dict(told[0].params)["room__money"] == 2_250.0
    for text in told:
        assert uncited(text, dict(facts).values()) == ()


def test_what_fits_needs_no_other_account_and_a_brokerage_may_have_to_be_opened() -> None:
    _, told = saving_places_told(INPUTS, 187.50, places(IRA))
    assert len(told) == 1
    _, told = saving_places_told(INPUTS, 1_680.0, places(IRA, rest=NEW_BROKERAGE))
    assert "Open a taxable brokerage account for what is above." in told[1].message
    facts, told = saving_places_told(INPUTS, 1_680.0, replace(places(rest=NEW_BROKERAGE), facts=None))
    assert facts == ()
    assert [text.message for text in told] == ["Open a taxable brokerage account for it: no other account may take it."]
    _, told = saving_places_told(INPUTS, 1_680.0, places())
    assert told[0].message == "Pay it into %(account__name)s."


def test_limits_that_are_not_published_yet_are_said_to_be_carried_forward() -> None:
    where = places(IRA)
    assert where.facts is not None
    carried = replace(where, facts=replace(where.facts, limits=carried_on(TABLES[2026], 2027, 0.02)))
    facts, told = saving_places_told(replace(INPUTS, start_date=date(2027, 1, 1)), 1_680.0, carried)
    assert told[-1].message == NOT_PUBLISHED
    assert uncited(told[-1], dict(facts).values()) == ()
