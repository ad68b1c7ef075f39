"""Whose the money of a couple is, by titles and by the state in which they live."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from apps.money.selectors.facts import PersonFact
from apps.plans.engine.ownership import BY_TITLE, Ownership
from apps.plans.services._ownership import COMMUNITY_STATES
from tests.apps.plans.services.test_mapping import ANA, EVA, account, facts, question

BEN = uuid.UUID(int=3)
PEOPLE = (
    PersonFact(ANA, "Ana", "head", dt.date(1980, 2, 29), 65),
    PersonFact(BEN, "Ben", "partner", dt.date(1978, 5, 1), 65),
    PersonFact(EVA, "Eva", "child", dt.date(2012, 9, 1), None, 19),
)


def told(**changed: object) -> tuple[Ownership, list[str]]:
    found = question(facts(**{"people": PEOPLE, "filing_status": "joint", **changed}))
    said = [caveat["message"] % caveat["params"] for caveat in found.caveats]
    return found.question.inputs.ownership, [
        sentence for sentence in said if "one of" in sentence and "dies" in sentence
    ]


def test_a_couple_owns_by_title_and_the_plan_says_what_a_death_does() -> None:
    ownership, (said,) = told()
    assert ownership == BY_TITLE
    assert "IRC §1014, §2040(b)" in said


def test_in_nine_states_married_people_own_together() -> None:
    assert len(COMMUNITY_STATES) == 9
    ownership, (said,) = told(state=" tx")
    assert ownership == Ownership(is_community=True)
    assert "Texas" in said
    assert "1014(b)(6)" in said
    assert told(state="WI", filing_status="separate")[0].is_community
    # two who are not married
    assert told(state="CA", filing_status="single")[0] == BY_TITLE


def test_a_childs_account_is_of_neither() -> None:
    ownership, said = told(accounts=(account(owner_id=EVA),))
    assert ownership == Ownership(False, ("acc",))
    assert said == []


@pytest.mark.parametrize(
    "changed", [{"people": PEOPLE[::2], "filing_status": "single"}, {"accounts": (account(treatment="cash"),)}]
)
def test_nothing_is_said_where_nobody_is_left_or_nothing_has_a_cost(changed: dict[str, object]) -> None:
    assert told(state="TX", **changed)[1] == []
