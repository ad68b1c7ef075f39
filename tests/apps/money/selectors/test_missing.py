"""What is missing is named, whether a plan needs it or is only weaker without it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.money.selectors.facts import (
    AccountFact,
    GrantFact,
    HouseholdFacts,
    InsuranceFact,
    IraBasisFact,
    PersonFact,
    RothBasisFact,
)
from apps.money.selectors.missing import missing_of

DAY = dt.date(2026, 11, 1)


def facts(*people: PersonFact, filing_status: str = "head") -> HouseholdFacts:
    head = PersonFact(uuid.UUID(int=1), "Ana", "head", dt.date(1980, 2, 29), 65)
    return HouseholdFacts(
        household_id=uuid.UUID(int=9),
        as_of=DAY,
        currency="USD",
        filing_status=filing_status,
        state="MA",
        people=(head, *people),
        incomes=(),
        spending=None,
        debts=(),
        accounts=(),
        properties=(),
        insurance=(),
        savings=(),
        missing=(),
        left_out=(),
        simulation=None,
    )


def codes(found: HouseholdFacts) -> set[tuple[str, str, bool]]:
    return {(fact.code, fact.subject, fact.is_needed) for fact in missing_of(found)}


def test_a_child_without_a_birth_date_is_named_but_stops_no_plan() -> None:
    child = PersonFact(uuid.UUID(int=2), "Eva", "child", None, None)
    assert ("dependant_birth_date", "Eva", False) in codes(facts(child))
    born = PersonFact(uuid.UUID(int=2), "Eva", "child", dt.date(2015, 1, 1), None)
    assert "dependant_birth_date" not in {code for code, _, _ in codes(facts(born))}


def test_a_head_of_household_supports_somebody() -> None:
    assert ("dependants", "", False) in codes(facts())
    assert "dependants" not in {code for code, _, _ in codes(facts(filing_status="single"))}


def test_what_no_plan_can_do_without_is_needed() -> None:
    needed = {code for code, _, is_needed in codes(facts()) if is_needed}
    assert needed == {"spending", "accounts"}


TERM = InsuranceFact("p", "life", uuid.UUID(int=1), Decimal(1), Decimal(1), dt.date(2040, 1, 1), "Term")


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (TERM, ""),
        (replace(TERM, ends_on=None), "policy_end"),
        (replace(TERM, ends_on=None, life_form="term"), "policy_end"),
        (replace(TERM, ends_on=None, life_form="whole"), ""),
        (replace(TERM, person_id=None, ends_on=None), "insured_person"),
        (replace(TERM, kind="home", person_id=None, ends_on=None), ""),
    ],
)
def test_of_cover_of_a_life_it_is_asked_whose_and_how_long(policy: InsuranceFact, code: str) -> None:
    found = codes(replace(facts(), insurance=(policy,)))
    asked = {told for told in found if told[0] in {"policy_end", "insured_person"}}
    assert asked == ({(code, "Term", False)} if code else set())


def test_after_tax_money_of_an_older_form_is_asked_for_again() -> None:
    def told(year: int) -> HouseholdFacts:
        return replace(facts(), ira_bases=(IraBasisFact("b", uuid.UUID(int=1), Decimal(5_000), year, DAY),))

    assert ("ira_basis", "Ana", False) in codes(told(2024))
    assert "ira_basis" not in {code for code, _, _ in codes(told(2025))}


@pytest.mark.parametrize(
    ("born", "contributions", "asked"),
    [(1980, None, True), (1980, Decimal(9_000), False), (1960, None, False)],
)
def test_what_was_paid_into_roths_is_asked_of_who_is_young(
    born: int, contributions: Decimal | None, asked: bool
) -> None:
    ana = PersonFact(uuid.UUID(int=1), "Ana", "head", dt.date(born, 5, 1), 65)
    roth = AccountFact(
        "r", "Roth", "tax_free", ana.person_id, Decimal(9_000), None, (), is_held_away=False, as_of=DAY,
        registration="roth_ira",
    )  # fmt: skip
    basis = RothBasisFact("b", ana.person_id, "ira", None, contributions, (), DAY.year - 1, DAY)
    told = replace(facts(), people=(ana,), accounts=(roth,), roth_bases=(basis,))
    assert (("roth_basis", "Ana", False) in codes(told)) is asked


def test_a_grant_without_a_price_or_with_an_old_one_is_named() -> None:
    grant = GrantFact("1", "rsu", "Acme", uuid.UUID(int=1), ((DAY, Decimal(10)),), Decimal(52), DAY)
    for changed, code in (
        ({}, None), ({"price": Decimal(0)}, "grant_price"), ({"as_of": DAY - dt.timedelta(days=366)}, None),
        ({"as_of": DAY - dt.timedelta(days=367)}, "grant_price_old"),
        ({"price": Decimal(0), "as_of": dt.date(2020, 1, 1)}, "grant_price"),
    ):  # fmt: skip
        found = {each for each in codes(replace(facts(), grants=(replace(grant, **changed),))) if "grant" in each[0]}
        assert found == ({(code, "Acme", False)} if code else set())
