"""Facts as the law of retirement reads them: claims from stated benefits, odds from the table."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.money.selectors.facts import IncomeFact
from apps.plans.engine.claiming import Claim, worker_benefit
from apps.plans.engine.inputs import Adult, Boundary, Growth, Income, IncomeKind
from apps.plans.services._retirement import claims_of, medicare_of, odds_of_living, retirement_caveats
from tests.apps.plans.services.test_mapping import facts

FACTS = facts()
REAL = Growth(0.0, inflation_linked=True)
ANA, BEN = UUID(int=1), UUID(int=2)
BORN = dt.date(1963, 3, 9)
ADULTS = tuple(Adult(str(key), BORN, dt.date(2028, 1, 1), 95) for key in (ANA, BEN))
BENEFIT = IncomeFact(
    key="ss",
    person_id=ANA,
    kind="social_security",
    name="Social Security",
    annual_amount=Decimal(30_000),
    annual_growth=Decimal(0),
    is_inflation_linked=True,
    starts_on=dt.date(2030, 3, 1),
    ends_on=None,
    as_of=dt.date(2026, 1, 1),
    source="stated",
)


def test_a_benefit_from_full_retirement_age_is_its_own_amount() -> None:
    claims = claims_of(ADULTS, [BENEFIT], FACTS)
    assert [(claim.owner, claim.primary_amount, claim.claim_age) for claim in claims] == [
        (str(ANA), 2_500.0, 67 * 12),
        (str(BEN), 0.0, 67 * 12),
    ]


@given(months=st.integers(62 * 12, 70 * 12), cents=st.integers(1, 600_000))
def test_the_claim_pays_what_was_stated_to_the_dollar_below(months: int, cents: int) -> None:
    first = dt.date(1963 + (2 + months) // 12, (2 + months) % 12 + 1, 1)
    income = replace(BENEFIT, annual_amount=Decimal(12 * cents) / 100, starts_on=first)
    claim = claims_of(ADULTS, [income], FACTS)[0]
    assert claim.claim_age == months
    paid = worker_benefit(Claim(Decimal(repr(claim.primary_amount)), BORN, months))
    # an amount up to the cent above may reach the next dime, never the one below
    assert Decimal(cents // 100) <= paid <= Decimal(cents) / 100 + Decimal("0.1")


@pytest.mark.parametrize(
    "change",
    [
        {"starts_on": None},
        {"starts_on": dt.date(2024, 3, 1)},
        {"starts_on": dt.date(2034, 3, 1)},
        {"ends_on": dt.date(2040, 1, 1)},
        {"is_inflation_linked": False},
        {"annual_growth": Decimal("0.01")},
    ],
)
def test_what_cannot_be_a_claim_leaves_all_benefits_as_stated(change: dict[str, object]) -> None:
    assert claims_of(ADULTS, [BENEFIT, replace(BENEFIT, person_id=BEN, **change)], FACTS) == ()  # type: ignore[arg-type]


def test_two_benefits_of_one_person_and_none_at_all_are_no_claims() -> None:
    assert claims_of(ADULTS, [BENEFIT, replace(BENEFIT, key="other")], FACTS) == ()
    assert claims_of(ADULTS, [replace(BENEFIT, kind="pension")], FACTS) == ()


def test_odds_begin_at_the_last_birthday() -> None:
    sixty_two, sixty_three = odds_of_living(BORN, dt.date(2026, 3, 1)), odds_of_living(BORN, dt.date(2026, 4, 1))
    assert (sixty_two[0], sixty_two[-1]) == (1.0, 0.0)
    assert len(sixty_two) == len(sixty_three) + 1
    # the mean of both sexes at 62 in the table of 2022
    assert sixty_two[1] == pytest.approx(1 - (0.014450 + 0.008991) / 2)
    assert odds_of_living(dt.date(1900, 1, 1), dt.date(2026, 1, 1)) == (1.0, 0.0)


def test_the_plan_says_whose_benefit_nobody_stated_and_what_medicare_is_taken_to_be():
    claims = claims_of(ADULTS, [BENEFIT], FACTS)
    cover = medicare_of((), dt.date(2026, 7, 1))
    assert cover is not None
    told = retirement_caveats(claims, [BENEFIT], {str(ANA): "Ana", str(BEN): "Ben"}, cover)
    assert [params for _, params in told] == [{"name": "Ben"}, {}]
    stated = replace(BENEFIT, starts_on=None)
    assert [message[:15] for message, _ in retirement_caveats((), [stated], {}, None)] == ["Social Security"]
    assert retirement_caveats((), [], {}, None) == []


def test_the_income_before_the_plan_is_todays_taxable_income():
    salary = Income("s", "a", IncomeKind.SALARY, 9_000.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, FACTS)
    later = replace(salary, key="l", start=dt.date(2030, 1, 1))
    free = replace(salary, key="f", kind=IncomeKind.TAX_FREE)
    cover = medicare_of((salary, later, free), dt.date(2026, 7, 1))
    assert cover is not None
    assert (cover.incomes_before, cover.charges_standard, cover.table.year) == ((108_000.0, 108_000.0), False, 2026)
    assert medicare_of((salary,), dt.date(2020, 1, 1)) is None
