"""Roth accounts of each adult on their way into the engine, and what is assumed where nobody tells."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.money.selectors.facts import AccountFact, PersonFact, RothBasisFact
from apps.plans.engine.roth_choices import RothKind, RothPool
from tests.apps.plans.services.test_iras import BEN, COUPLE, ira
from tests.apps.plans.services.test_mapping import ANA, DAY, facts, question

START = DAY.year


def basis(person: uuid.UUID, kind: str = "ira", **told: object) -> RothBasisFact:
    given = {"first_year": 2015, "contributions": Decimal(40_000), "conversions": (), "tax_year": START - 1, **told}
    return RothBasisFact(
        "b",
        person,
        kind,
        given["first_year"],  # type: ignore[arg-type]
        given["contributions"],  # type: ignore[arg-type]
        given["conversions"],  # type: ignore[arg-type]
        given["tax_year"],  # type: ignore[arg-type]
        DAY,
    )


def told(*accounts: AccountFact, bases: tuple[RothBasisFact, ...] = ()) -> tuple[tuple[RothPool, ...], list[str]]:
    mapped = question(facts(people=COUPLE, accounts=accounts, roth_bases=bases))
    messages = [each["message"] % each["params"] for each in mapped.caveats if "Roth" in each["message"]]
    return mapped.question.inputs.roth_pools, messages


def test_roth_accounts_stand_by_owner_and_kind() -> None:
    pools, messages = told(
        ira("one", ANA, "roth_ira"),
        ira("two", None, "roth_ira"),
        ira("work", BEN, "roth_401k"),
        ira("heir", BEN, "inherited_roth"),
        bases=(
            basis(ANA, conversions=((START - 1, Decimal(9_000)), (START - 3, Decimal(5_000)))),
            basis(BEN, "plan", first_year=START - 2),
        ),
    )
    assert [(pool.owner, pool.kind, pool.accounts, pool.first_year, pool.contributions) for pool in pools] == [
        (str(ANA), RothKind.IRA, ("one", "two"), 2015, 40_000.0),
        (str(BEN), RothKind.IRA, (), None, 0.0),
        (str(BEN), RothKind.PLAN, ("work",), START - 2, 40_000.0),
    ]
    assert pools[0].conversions == ((START - 1, 9_000.0, 0.0), (START - 3, 5_000.0, 0.0))
    assert [message[:40] for message in messages] == [
        "What Ana takes out of Roth IRAs comes fi",
        "What Ben takes out of Roth accounts of e",
    ]


def test_what_nobody_tells_invents_no_tax_and_is_said() -> None:
    (pool, _), messages = told(ira("one", ANA, "roth_ira", 60_000))
    assert (pool.first_year, pool.contributions) == (START - 5, 60_000.0)
    assert len(messages) == 2
    assert "more than five years ago" in messages[0]
    assert "all that they hold today is taken as paid in" in messages[1]


def test_who_is_59_and_a_half_is_told_of_the_five_years_alone() -> None:
    old = (PersonFact(ANA, "Ana", "head", dt.date(1960, 2, 29), 70), COUPLE[1])
    mapped = question(facts(people=old, accounts=(ira("one", ANA, "roth_ira"),)))
    (message,) = [each["message"] for each in mapped.caveats if "Roth" in each["message"]]
    assert "more than five years" in message


def test_what_was_converted_is_not_taken_as_paid_in_as_well() -> None:
    partly = basis(ANA, contributions=None, conversions=((START - 1, Decimal(9_000)),))
    (pool, _), messages = told(ira("one", ANA, "roth_ira", 60_000), bases=(partly,))
    assert pool.contributions == 51_000.0
    assert any("taken as paid in" in message for message in messages)


@pytest.mark.parametrize(
    ("fact", "expected"),
    [
        (basis(BEN), "Ben tells of Roth accounts of a kind"),
        (basis(ANA, tax_year=START - 3), f"taken to be what it was at the end of {START - 3}"),
    ],
)
def test_what_cannot_be_right_is_said(fact: RothBasisFact, expected: str) -> None:
    _, messages = told(ira("one", ANA, "roth_ira"), bases=(fact,))
    assert any(expected in message for message in messages)


def test_an_empty_account_is_opened_by_the_first_that_goes_in() -> None:
    (pool, _), messages = told(ira("one", ANA, "roth_ira", 0))
    assert (pool.accounts, pool.first_year, pool.contributions) == (("one",), None, 0.0)
    assert messages == []
