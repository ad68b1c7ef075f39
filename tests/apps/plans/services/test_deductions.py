"""What may be deducted on its way into the engine, and what is assumed of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from apps.money.selectors.facts import DebtFact, PaymentFact, PropertyFact, SpendingFact
from apps.plans.engine.home_loans import deductible_interest
from apps.plans.engine.inputs import ProjectionInputs
from apps.plans.engine.yearly_payments import PaymentKind
from tests.apps.plans.services.test_mapping import DAY, facts, question


def loan(kind: str = "mortgage", **told: object) -> DebtFact:
    return DebtFact("loan", kind, "Loan", Decimal(300_000), Decimal("0.05"), Decimal(2_000), DAY, **told)


def home(**told: object) -> PropertyFact:
    return PropertyFact(
        **{"key": "home", "kind": "home", "name": "House", "value": Decimal(800_000), "as_of": DAY, **told}
    )


def payment(**told: object) -> PaymentFact:
    rest = {"first_year": None, "last_year": None, "in_costs": False, "as_of": DAY}
    return PaymentFact(
        **{"key": "p", "kind": "gift", "name": "Church", "annual_amount": Decimal(9_000), **rest, **told}
    )


def mapped(**changed: object) -> tuple[ProjectionInputs, list[str]]:
    found = question(facts(**changed))
    return found.question.inputs, [each["message"] % each["params"] for each in found.caveats]


@pytest.mark.parametrize(
    ("debt", "status", "limit"),
    [
        (loan(), "joint", 750_000.0),
        (loan(taken_out_on=dt.date(2017, 12, 15)), "joint", 1_000_000.0),
        (loan(taken_out_on=dt.date(2017, 12, 16)), "joint", 750_000.0),
        (loan("home_equity"), "joint", 0.0),
        (loan("home_equity", bought_home=True), "joint", 750_000.0),
        (loan("auto"), "joint", 0.0),
    ],
)
def test_a_loan_on_a_home_has_the_limit_of_its_day(debt: DebtFact, status: str, limit: float) -> None:
    inputs, _ = mapped(debts=(debt,), filing_status=status)
    assert inputs.debts[0].home_limit == limit


def test_each_of_a_couple_who_file_apart_has_half_of_it() -> None:
    assert mapped(debts=(loan(),), filing_status="separate")[0].debts[0].home_limit == 375_000.0


def test_a_loan_on_another_property_is_none_on_a_home_and_the_plan_says_so() -> None:
    inputs, told = mapped(debts=(loan(),), properties=(home(kind="business", debt_key="loan"),))
    assert inputs.debts[0].home_limit == 0.0
    assert any("neither the own home nor a second home" in message for message in told)
    _, told = mapped(debts=(loan(),))
    assert any("taken to be a loan on the home" in message for message in told)
    assert any("limit for newer loans" in message for message in told)


def on_homes(*balances: int, **told: object) -> tuple[ProjectionInputs, list[str]]:
    """Mapped with a home and other real estate, each with a loan."""
    debts = tuple(
        replace(loan(), key=str(place), balance=Decimal(each), monthly_payment=Decimal(4_000))
        for place, each in enumerate(balances)
    )
    kinds = ("home", *["real_estate"] * (len(balances) - 1))
    owned = tuple(home(key=f"h{place}", kind=kind, debt_key=str(place)) for place, kind in enumerate(kinds))
    return mapped(debts=debts, properties=owned, **told)


def test_the_loan_on_one_second_home_shares_the_limit_with_that_on_the_first() -> None:
    inputs, told = on_homes(600_000, 400_000, 500_000)
    assert [debt.second_home for debt in inputs.debts] == ["", "h1", "h2"]
    assert any("taken as the second home" in message for message in told)
    assert sum("the law lets one count" in message for message in told) == 1
    assert not any("the law lets one count" in message for message in on_homes(600_000, 400_000)[1])
    # Pub. 936 table 1: 750,000 of 1,100,000 in all
    unlimited = tuple(replace(debt, home_limit=100 * debt.home_limit) for debt in inputs.debts)
    whole = deductible_interest(replace(inputs, debts=unlimited), 1)[0]
    assert deductible_interest(inputs, 1)[0] == pytest.approx(750 / 1_100 * whole)
    assert whole == pytest.approx(1_100_000 * 0.05 / 12)


def test_what_is_neither_land_nor_a_house_is_no_second_home() -> None:
    boat = home(key="h1", kind="vehicle", debt_key="loan")
    inputs, told = mapped(debts=(loan(),), properties=(boat,))
    assert (inputs.debts[0].home_limit, inputs.debts[0].second_home) == (0.0, "")
    assert any("nor a second home" in message for message in told)


def test_what_is_let_is_no_second_home_and_an_equity_line_that_bought_nothing_neither() -> None:
    inputs, _ = on_homes(200_000, 400_000, rented_out=frozenset({"h1"}))
    assert [debt.home_limit for debt in inputs.debts] == [750_000.0, 0.0]
    flat = home(kind="real_estate", debt_key="loan")
    assert mapped(debts=(loan("home_equity"),), properties=(flat,))[0].debts[0].home_limit == 0.0
    assert mapped(debts=(loan("home_equity", bought_home=True),), properties=(flat,))[0].debts[0].home_limit > 0.0


def test_property_tax_is_part_of_the_living_costs_and_its_lack_is_named() -> None:
    inputs, told = mapped(properties=(home(property_tax=Decimal(9_600)),))
    assert inputs.events.things[0].property_tax == 9_600.0
    assert any("part of the living costs" in message for message in told)
    inputs, told = mapped(properties=(home(),))
    assert inputs.events.things[0].property_tax == 0.0
    assert any("is not stated: nothing is deducted" in message for message in told)


def test_what_is_let_has_its_tax_as_a_cost_of_the_rent() -> None:
    flat = home(kind="real_estate", property_tax=Decimal(4_000))
    inputs, told = mapped(properties=(flat,), rented_out=frozenset({"home"}))
    assert inputs.events.things[0].property_tax == 0.0
    assert any("is let" in message for message in told)
    assert mapped(properties=(flat,))[0].events.things[0].property_tax == 4_000.0


def test_gifts_and_medical_costs_leave_in_their_years() -> None:
    care = payment(key="m", kind="medical", name="Care", first_year=2040, last_year=2045, in_costs=True)
    inputs, told = mapped(payments=(payment(), care, payment(key="old", last_year=DAY.year - 1)))
    church, medical = inputs.events.payments
    assert (church.kind, church.annual_amount, church.in_costs) == (PaymentKind.GIFT, 9_000.0, False)
    assert (medical.kind, medical.first_year, medical.last_year) == (PaymentKind.MEDICAL, 2040, 2045)
    assert any("Church" in message and "that the law allows" in message for message in told)
    assert any("Care" in message and "the law's part of income" in message for message in told)


def test_gifts_within_the_living_costs_are_deducted_without_leaving_twice() -> None:
    spending = SpendingFact(Decimal(6_000), Decimal(5_000), 0, DAY, "stated", Decimal(250))
    inputs, told = mapped(spending=spending)
    (usual,) = inputs.events.payments
    assert (usual.annual_amount, usual.in_costs) == (3_000.0, True)
    assert any("spends on giving" in message for message in told)


def test_a_plan_in_a_state_says_that_its_own_deductions_are_the_standard_ones() -> None:
    assert any("State deductions: standard" in message for message in mapped(state="CA")[1])
