"""Equity from employers on its way into the engine."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.money.selectors.facts import GrantFact
from apps.plans.engine.life_events import NO_EVENTS, LifeEvents
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.services._grants import grant_names, share_accounts, with_grants
from tests.apps.plans.engine.households import certain_assumptions, published_assumptions
from tests.apps.plans.services.test_mapping import ANA, DAY, EVA, facts, question
from tests.days import today
from tests.factories import money as made
from tests.factories import plans

TRANCHES = ((dt.date(2027, 3, 1), Decimal(250)), (dt.date(2028, 3, 1), Decimal("250.5")))


def grant(**changed: object) -> GrantFact:
    told = {
        "key": "g", "kind": "rsu", "name": "Acme", "person_id": ANA, "tranches": TRANCHES, "price": Decimal("90.25"),
        "as_of": DAY,
    }  # fmt: skip
    return GrantFact(**{**told, **changed})  # type: ignore[arg-type]


def told(*grants: GrantFact) -> tuple[LifeEvents, list[str]]:
    events, caveats = with_grants(NO_EVENTS, facts(grants=grants), [str(ANA)], published_assumptions())
    return events, [message % params for message, params in caveats]


def test_a_grant_reaches_the_engine_and_the_plan_says_what_its_price_follows() -> None:
    events, said = told(grant())
    (taken,) = events.grants
    assert (taken.owner, taken.price, taken.asset, taken.account) == (str(ANA), 90.25, "us_equity", "")
    assert taken.tranches == ((dt.date(2027, 3, 1), 250.0), (dt.date(2028, 3, 1), 250.5))
    assert "moves with us_equity" in said[0]
    assert "taxed as pay" in said[1]
    assert share_accounts(events) == ()


def test_shares_that_are_held_have_an_account_of_their_own() -> None:
    events, said = told(grant(is_held=True))
    (shares,) = share_accounts(events)
    assert (shares.key, shares.balance, shares.allocation) == ("g-shares", 0.0, (("us_equity", 1.0),))
    assert events.grants[0].account == "g-shares"
    assert "like a taxable account" in said[2]
    assert grant_names(facts(grants=(grant(),))) == [("g", "Acme"), ("g-shares", "Acme")]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"kind": "iso", "strike": Decimal(20), "is_held": True},
            "counts for the alternative minimum tax",
        ),
        ({"kind": "iso", "strike": Decimal(20)}, "without payroll tax"),
        ({"kind": "nso", "strike": Decimal(20)}, "options are exercised"),
        ({"kind": "espp", "discount": Decimal("0.15")}, "the discount is taxed as income"),
    ],
)
def test_each_kind_says_how_it_is_taxed(changed: dict[str, object], said: str) -> None:
    events, sentences = told(grant(**changed))
    assert len(events.grants) == 1
    assert any(said in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"person_id": EVA}, "belongs to nobody"),
        ({"person_id": uuid.UUID(int=7)}, "belongs to nobody"),
        ({"kind": "nso", "strike": Decimal(1), "expires_on": dt.date(2020, 1, 1)}, "expired on 2020-01-01"),
    ],
)
def test_what_cannot_count_is_named_and_left_out(changed: dict[str, object], said: str) -> None:
    events, (sentence,) = told(grant(**changed))
    assert events.grants == ()
    assert said in sentence


EARLIER = {
    "kind": "iso", "strike": Decimal(20), "held_shares": Decimal(300), "exercised_on": dt.date(2025, 4, 1),
    "exercise_worth": Decimal(55), "minimum_tax_credit": Decimal(4_000),
}  # fmt: skip


def test_shares_of_earlier_exercises_and_the_tax_they_left_reach_the_engine() -> None:
    events, said = told(grant(**EARLIER))
    (taken,) = events.grants
    assert taken.held is not None
    assert (taken.held.account, taken.held.shares, taken.held.worth) == ("g-shares", 300.0, 55.0)
    assert (taken.account, taken.credit) == ("", 4_000.0)
    # what vested first was exercised first: 250 of the first part, 50 of the second
    assert taken.tranches == ((dt.date(2028, 3, 1), 200.5),)
    (shares,) = share_accounts(events)
    assert (shares.key, shares.balance, shares.cost_basis) == ("g-shares", 300 * 90.25, 6_000.0)
    assert any("what they were worth on 2025-04-01" in sentence for sentence in said)
    assert any("comes back in years" in sentence for sentence in said)


def test_a_state_with_a_minimum_tax_of_its_own_is_named_where_options_are_held() -> None:
    held = grant(kind="iso", strike=Decimal(20), is_held=True)

    def said(fact: GrantFact, state: str) -> bool:
        _, caveats = with_grants(NO_EVENTS, facts(grants=(fact,), state=state), [str(ANA)], published_assumptions())
        return any("a minimum tax of its own" in message % params for message, params in caveats)

    assert said(held, "CA")
    assert said(grant(**EARLIER), "MN")
    assert not said(held, "TX")
    assert not said(held, "")
    assert not said(replace(held, is_held=False), "CA")


def test_options_that_expired_leave_their_shares_and_their_tax() -> None:
    events, said = told(grant(**EARLIER, expires_on=dt.date(2020, 1, 1)))
    (taken,) = events.grants
    assert (taken.tranches, taken.credit) == ((), 4_000.0)
    assert len(share_accounts(events)) == 1
    assert len(said) == 3


def test_another_class_of_equities_stands_in_where_the_usual_one_is_not_known() -> None:
    events, _ = with_grants(NO_EVENTS, facts(grants=(grant(),)), [str(ANA)], certain_assumptions())
    assert events.grants[0].asset == "fund"


def test_the_whole_question_holds_grants_and_their_accounts_after_the_others() -> None:
    found = question(facts(grants=(grant(is_held=True),)))
    inputs = found.question.inputs
    assert [item.key for item in inputs.events.grants] == ["g"]
    assert inputs.accounts[-1].key == "g-shares"
    assert inputs.surplus_account != "g-shares"
    assert found.names["g-shares"] == "Acme"


def test_a_household_with_cover_a_business_and_shares_that_are_held_is_planned_whole(ada: User) -> None:
    household = plans.household_with_facts(ada)
    head, day = household.people.get(relationship="head"), dt.date(2040, 6, 1)
    made.fact("insurance", household, ada, person=head, name="Term", ends_on=day, life_form="term")
    told = {"kind": "business", "name": "Shop", "cost": Decimal(1), "sells_on": day, "instalments": 3}
    made.fact("property", household, ada, sold_share=Decimal("0.5"), **told)
    made.fact("grant", household, ada, name="Acme", granted_on=today(), is_held=True)
    run = plans.computed(plans.drafted(ada, household), ada)
    result = result_of(run)
    assert result is not None
    assert 0 <= result.projection.success.value <= 1
    events = inputs_of(run).inputs.events
    assert [len(each) for each in (events.policies, events.grants)] == [1, 1]
    assert "Shop" in {run.names[thing.key] for thing in events.things}
    assert {"Term", "Shop", "Acme"} <= {caveat["params"].get("name") for caveat in run.caveats}
    shares = [account for account in inputs_of(run).inputs.accounts if account.key == events.grants[0].account]
    assert [run.names[account.key] for account in shares] == ["Acme"]
