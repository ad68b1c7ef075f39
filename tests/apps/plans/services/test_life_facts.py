"""What happens in a household's life, on its way into the engine."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.money.selectors.facts import DebtFact, PersonFact, PhaseFact, PropertyFact, WindfallFact
from apps.plans.engine.dependants import Child
from apps.plans.services._life_facts import children_of, event_names, events_of, untaken
from tests.apps.plans.engine.households import family
from tests.apps.plans.services.test_mapping import facts, question

DAY = dt.date(2026, 11, 1)
EVA = uuid.UUID(int=2)


def person(relationship: str, born: dt.date | None, until: int | None) -> PersonFact:
    return PersonFact(EVA, "Eva", relationship, born, None, until)


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (person("child", dt.date(2012, 9, 1), 19), Child(str(EVA), dt.date(2012, 9, 1), 19)),
        # not 19 before the year is over: this is the last year
        (person("child", dt.date(2008, 9, 1), 19), Child(str(EVA), dt.date(2008, 9, 1), 19)),
        (person("child", dt.date(2007, 12, 31), 19), None),
        (person("dependant", dt.date(1950, 9, 1), None), Child(str(EVA), dt.date(1950, 9, 1), 95)),
        (person("dependant", dt.date(1930, 9, 1), None), Child(str(EVA), dt.date(1930, 9, 1), 97)),
        (person("partner", dt.date(1982, 9, 1), None), None),
        (person("other", dt.date(2015, 9, 1), 19), None),
    ],
)
def test_who_is_supported_counts_to_the_age_at_which_it_ends(who: PersonFact, expected: Child | None) -> None:
    children, told = children_of([who], DAY, 95)
    assert children == ((expected,) if expected else ())
    assert len(told) == len(children)


def test_without_a_birth_date_nobody_is_counted_and_the_plan_says_so() -> None:
    children, told = children_of([person("child", None, 19)], DAY, 95)
    assert children == ()
    assert [params for _, params in told] == [{"name": "Eva"}]


def test_the_plan_says_that_somebody_counts_until_support_ends() -> None:
    ((message, params),) = children_of([person("child", dt.date(2012, 9, 1), 19)], DAY, 95)[1]
    # the year stands with the person's own facts; a sentence that is kept with the run names no figure of its own
    assert message % params == (
        "Eva counts as a dependant until support ends: federal tax credits are taken, those of states are not."
    )


PHASE = PhaseFact("p", "Childcare", Decimal("1500.005"), Decimal(0), None, False, dt.date(2032, 5, 1), 0, True, DAY)
AUNT = WindfallFact(
    "w", "inheritance", "Aunt", Decimal(180_000), True, dt.date(2034, 3, 10), False, EVA, "brokerage", DAY
)
HOME = PropertyFact(
    "h", "home", "House", Decimal(700_000), DAY, Decimal("0.04"), Decimal(260_000), dt.date(2047, 6, 1),
    Decimal("0.06"), "mortgage",
)  # fmt: skip
MORTGAGE = DebtFact("mortgage", "mortgage", "Mortgage", Decimal(260_000), Decimal("0.05"), Decimal(2_100), DAY)


def told(**changed: object):
    situation = facts(phases=(PHASE,), windfalls=(AUNT,), properties=(HOME,), debts=(MORTGAGE,), **changed)
    return events_of(situation, ["ana", "ben"], family().accounts, DAY, 0.025)


def test_events_reach_the_engine_with_what_had_to_be_assumed() -> None:
    events, caveats = told()
    (phase,), (windfall,), (thing,) = events.phases, events.windfalls, events.things
    assert (phase.monthly_amount, phase.end) == (1500.01, dt.date(2032, 5, 1))
    # whose it is is a child: it is the household's
    assert (windfall.owner, windfall.account, windfall.is_real) == ("", "brokerage", True)
    assert (thing.debt, thing.sale_day, thing.exclusion) == ("mortgage", dt.date(2047, 6, 1), (250_000.0, 500_000.0))
    assert not thing.is_investment
    assert [params["name"] for _, params in caveats] == ["Aunt", "House", "Childcare"]
    assert event_names(facts(phases=(PHASE,))) == [("p", "Childcare")]


def test_what_was_expected_in_the_past_is_named_and_left_out() -> None:
    past = dt.date(2026, 10, 31)
    gone = WindfallFact("w", "gift", "Gift", Decimal(5), True, past, False, None, "roth", DAY)
    kept = PropertyFact("h", "real_estate", "Flat", Decimal(5), DAY, None, Decimal(5), past)
    events, caveats = events_of(facts(windfalls=(gone,), properties=(kept,)), [], family().accounts, DAY, 0.025)
    assert events.windfalls == ()
    assert (events.things[0].sale_day, events.things[0].annual_growth) == (None, 0.025)
    assert events.things[0].is_investment
    assert [params["day"] for _, params in caveats] == ["2026-10-31", "2026-10-31"]


def test_money_goes_into_no_account_that_the_plan_cannot_open() -> None:
    into_roth = WindfallFact("w", "gift", "Gift", Decimal(5), True, dt.date(2030, 1, 1), False, None, "roth", DAY)
    events, _ = events_of(facts(windfalls=(into_roth,)), [], family().accounts, DAY, 0.025)
    assert events.windfalls[0].account == ""


def test_the_whole_question_holds_them() -> None:
    found = question(facts(phases=(PHASE,), windfalls=(AUNT,), properties=(HOME,), debts=(MORTGAGE,)))
    assert found.question.inputs.events.things[0].debt == "mortgage"
    assert {"name": "Childcare"} in [caveat["params"] for caveat in found.caveats]
    assert found.names["h"] == "House"


def test_what_is_left_out_is_named() -> None:
    assert [params for _, params in untaken(facts(left_out=("Old bond",)))] == [{"name": "Old bond"}]
