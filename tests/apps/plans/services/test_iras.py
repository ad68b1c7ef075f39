"""IRAs of each adult on their way into the engine, and what is assumed of after-tax money in them."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.money.selectors.facts import AccountFact, IraBasisFact, PersonFact, SavingFact
from apps.plans.engine.ira_choices import IraPool
from tests.apps.plans.services.test_mapping import ANA, DAY, account, facts, question

BEN = uuid.UUID(int=3)
COUPLE = (
    PersonFact(ANA, "Ana", "head", dt.date(1980, 2, 29), 65),
    PersonFact(BEN, "Ben", "partner", dt.date(1979, 11, 2), 65),
)


def ira(
    key: str, owner: uuid.UUID | None, registration: str = "traditional_ira", balance: int = 200_000
) -> AccountFact:
    treatment = "tax_free" if registration.startswith("roth") else "tax_deferred"
    return account(
        key=key, owner_id=owner, registration=registration, treatment=treatment, balance=Decimal(balance), name=key
    )


def basis(person: uuid.UUID, amount: int = 60_000, year: int = 2025) -> IraBasisFact:
    return IraBasisFact("b", person, Decimal(amount), year, DAY)


def told(*accounts: AccountFact, **changed: object) -> tuple[tuple[IraPool, ...], list[str]]:
    mapped = question(facts(people=COUPLE, accounts=accounts, **changed))
    messages = [each["message"] % each["params"] for each in mapped.caveats if "8606" in each["message"]]
    return mapped.question.inputs.ira_pools, messages


def test_iras_of_each_adult_are_told_and_employers_plans_are_not() -> None:
    pools, messages = told(
        ira("one", ANA),
        ira("sep", ANA, "sep_ira"),
        ira("work", ANA, "plan_401k"),
        ira("old", BEN, "inherited_ira"),
        ira("roth", BEN, "roth_ira"),
        ira("his", BEN),
    )
    assert [(pool.owner, pool.accounts, pool.basis) for pool in pools] == [
        (str(ANA), ("one", "sep"), 0.0),
        (str(BEN), ("his",), 0.0),
    ]
    assert messages == []


def test_after_tax_money_is_counted_pro_rata_and_the_plan_says_so() -> None:
    pools, messages = told(ira("one", ANA), ira("his", BEN), ira_bases=(basis(BEN),))
    assert [pool.basis for pool in pools] == [0.0, 60_000.0]
    (message,) = messages
    assert message == (
        "Ben has after-tax money in IRAs by Form 8606 of 2025: it comes out untaxed, in proportion to all their "
        "traditional IRAs."
    )


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (basis(ANA, amount=300_000), "more than their IRAs hold"),
        (basis(ANA, year=2023), "nothing came out since"),
        (basis(BEN), "no traditional IRA: it is not counted"),
    ],
)
def test_what_cannot_be_right_is_said(fact: IraBasisFact, expected: str) -> None:
    pools, messages = told(ira("one", ANA), ira_bases=(fact,))
    assert any(expected in message for message in messages)
    assert [pool.owner for pool in pools] == [str(ANA)]


def test_nothing_told_and_nothing_in_it_say_nothing() -> None:
    assert told(ira("one", ANA), ira_bases=(basis(ANA, amount=0),))[1] == []
    assert told(account())[0] == ()


def test_an_ira_without_one_owner_is_the_first_adults() -> None:
    assert told(ira("both", None))[0][0].owner == str(ANA)


def test_savings_that_are_not_deducted_reach_the_engine_and_only_iras_remember_them() -> None:
    def saving(key: str, into: str, *, deducts: bool, by_employer: bool = False) -> SavingFact:
        return SavingFact(key, into, Decimal(500), by_employer, None, deducts)

    savings = (
        saving("a", "one", deducts=False),
        saving("b", "one", deducts=True),
        saving("c", "work", deducts=False),
        saving("d", "work", deducts=False, by_employer=True),
    )
    mapped = question(facts(people=COUPLE, accounts=(ira("one", ANA), ira("work", ANA, "plan_401k")), savings=savings))
    lines = mapped.question.inputs.contributions
    assert [(line.key, line.is_deductible) for line in lines] == [("a", False), ("b", True), ("c", False), ("d", True)]
    assert [each["params"] for each in mapped.caveats if "employers" in each["message"]] == [{"name": "work"}]
