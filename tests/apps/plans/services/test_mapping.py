import datetime as dt
import uuid
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.kernel.money import in_cents
from apps.money.selectors.facts import AccountFact, HouseholdFacts, IncomeFact, PersonFact, SpendingFact
from apps.plans.engine.inputs import Boundary, IncomeKind, TaxTreatment
from apps.plans.models import OverrideKind, Plan
from apps.plans.services._mapping import CUBE_STEP_MONTHS, Situation, exact, mapped
from apps.plans.services._state_tax import state_table_of
from apps.plans.services._tables import tax_table_on
from tests.apps.plans.engine.households import published_assumptions

DAY = dt.date(2026, 11, 1)
ANA, EVA = uuid.UUID(int=1), uuid.UUID(int=2)


def account(**changed: object) -> AccountFact:
    told = {
        "key": "acc",
        "name": "Brokerage",
        "treatment": "taxable",
        "owner_id": ANA,
        "balance": Decimal("100000.005"),
        "cost_basis": None,
        "allocation": (("us_equity", Decimal("0.6")), ("cash", Decimal("0.4"))),
        "is_held_away": False,
        "as_of": DAY,
    }
    return AccountFact(**{**told, **changed})


def income(**changed: object) -> IncomeFact:
    told = {
        "key": "inc",
        "person_id": ANA,
        "kind": "salary",
        "name": "Job",
        "annual_amount": Decimal(120_000),
        "annual_growth": Decimal("0.01"),
        "is_inflation_linked": True,
        "starts_on": None,
        "ends_on": None,
        "as_of": DAY,
        "source": "stated",
    }
    return IncomeFact(**{**told, **changed})


def facts(**changed: object) -> HouseholdFacts:
    told = {
        "household_id": uuid.UUID(int=9),
        "as_of": DAY,
        "currency": "USD",
        "filing_status": "single",
        "state": "MA",
        "people": (
            PersonFact(ANA, "Ana", "head", dt.date(1980, 2, 29), 65),
            PersonFact(EVA, "Eva", "child", dt.date(2012, 9, 1), None, 19),
        ),
        "incomes": (income(),),
        "spending": SpendingFact(Decimal(4000), None, 0, DAY, "stated"),
        "debts": (),
        "accounts": (account(),),
        "properties": (),
        "insurance": (),
        "savings": (),
        "missing": (),
        "left_out": (),
        "simulation": None,
    }
    return HouseholdFacts(**{**told, **changed})


def question_situation(given_facts: HouseholdFacts) -> Situation:
    return Situation(
        plan=Plan(), facts=given_facts, goals=[], overrides=[], assumptions=published_assumptions(),
        tax_table=tax_table_on(DAY), limit=None, starts_on=DAY, state_table=state_table_of(given_facts.state),
    )  # fmt: skip


def question(given_facts: HouseholdFacts):
    return mapped(question_situation(given_facts))


def test_amounts_are_rounded_to_the_cent_and_somebody_born_on_a_leap_day_retires_in_march():
    inputs = question(facts()).question.inputs
    assert inputs.accounts[0].balance == 100000.01
    assert inputs.adults[0].retirement_date == dt.date(2045, 3, 1)
    assert inputs.incomes[0].monthly_amount == 10_000.0
    assert inputs.incomes[0].end is Boundary.RETIREMENT
    assert inputs.simulation.n_months % CUBE_STEP_MONTHS == 0


def test_a_childs_account_belongs_to_the_household_and_its_income_is_left_out():
    told = facts(accounts=(account(owner_id=EVA),), incomes=(income(), income(key="paper", person_id=EVA)))
    inputs = question(told).question.inputs
    assert inputs.accounts[0].owner == ""
    assert [each.key for each in inputs.incomes] == ["inc"]


def test_pensions_and_benefits_run_to_the_end_of_the_plan():
    told = facts(
        incomes=(income(kind="social_security", starts_on=dt.date(2047, 2, 1)), income(key="p", kind="pension"))
    )
    first, second = question(told).question.inputs.incomes
    assert (first.kind, first.start, first.end) == (IncomeKind.SOCIAL_SECURITY, dt.date(2047, 2, 1), Boundary.HORIZON)
    assert (second.kind, second.end) == (IncomeKind.PENSION, Boundary.HORIZON)


def test_what_has_no_history_has_a_stand_in_that_the_plan_names():
    abroad = account(allocation=(("international_equity", Decimal("0.5")), ("us_equity", Decimal("0.5"))))
    found = question(facts(accounts=(abroad,), left_out=("Old bond",)))
    assert found.question.inputs.accounts[0].allocation == (("us_equity", 1.0),)
    params = [caveat["params"] for caveat in found.caveats]
    assert {"asset": "international_equity", "stand_in": "us_equity"} in params
    assert {"name": "Old bond"} in params
    assert {"name": "Brokerage"} in params  # its cost is not known


def test_a_risk_limit_that_is_missing_asks_for_no_allocation():
    assert question(facts()).question.policy.risk_limit is None


def test_somebody_past_the_age_of_the_plan_is_refused_by_name_of_the_field():
    old = (PersonFact(ANA, "Ana", "head", dt.date(1920, 1, 1), 65),)
    with pytest.raises(InvalidInputError) as refused:
        question(facts(people=old))
    assert refused.value.field == f"adults[{ANA}].horizon_age"


@given(st.lists(st.decimals(min_value=1, max_value=10**6, places=2), min_size=1, max_size=6))
def test_shares_add_up_to_the_whole(values):
    classes = ["us_equity", "us_small_equity", "corporate_bonds", "high_grade_bonds", "cash", "real_estate"]
    total = sum(values)
    shares = tuple((name, value / total) for name, value in zip(classes, values, strict=False))
    allocation = question(facts(accounts=(account(allocation=shares),))).question.inputs.accounts[0].allocation
    assert abs(sum(weight for _, weight in allocation) - 1.0) < 1e-9


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_an_amount_goes_in_to_the_cent_and_comes_back(amount):
    assert abs(exact(in_cents(amount)) - amount) <= Decimal("0.005")


def test_cash_pays_no_fee_of_investing():
    cash = account(key="bank", treatment="cash", allocation=(("cash", Decimal(1)),))
    accounts = question(facts(accounts=(account(), cash))).question.inputs.accounts
    assert [(each.treatment, each.annual_fee) for each in accounts] == [
        (TaxTreatment.TAXABLE, 0.01),
        (TaxTreatment.CASH, 0.0),
    ]


def test_the_names_behind_the_keys_come_along():
    assert question(replace(facts())).names["acc"] == "Brokerage"


def test_the_state_of_residence_gives_its_table_and_the_plan_says_so():
    found = question(facts(state="CT"))
    assert found.question.inputs.state_table is not None
    assert found.question.inputs.state_table.name == "Connecticut"
    assert {"state": "Connecticut", "year": "2025"} in [caveat["params"] for caveat in found.caveats]
    assert question(facts(state="")).question.inputs.state_table is None


def test_children_reach_the_question_with_what_was_taken_of_them():
    found = question(facts())
    assert [(child.key, child.supported_until) for child in found.question.inputs.children] == [(str(EVA), 19)]
    (told,) = [caveat["message"] for caveat in found.caveats if caveat["params"] == {"name": "Eva"}]
    assert "counts as a dependant until support ends" in told


def test_an_income_of_the_plan_falls_by_the_part_of_the_business_that_is_sold():
    sold = dt.date(2030, 7, 1)
    own, kept = income(kind="self_employment", ends_on=sold), income(key="inc-kept", kind="self_employment")
    spans = (own, replace(kept, annual_amount=Decimal(72_000), starts_on=sold))
    other = income(key="second")
    asked = question_situation(facts(incomes=(*spans, other)))
    person = SimpleNamespace(public_id=ANA)
    changed = SimpleNamespace(kind=OverrideKind.ANNUAL_INCOME, person=person, value=Decimal(150_000))
    incomes = mapped(replace(asked, overrides=[changed])).question.inputs.incomes
    # 60 % are kept: of 12,500 a month 7,500 go on; the other earned income is part of what the plan says
    assert [(each.key, each.monthly_amount) for each in incomes] == [("inc", 12_500.0), ("inc-kept", 7_500.0)]


def test_an_age_at_retirement_that_has_passed_ends_work_now_and_is_told():
    own = SimpleNamespace(
        kind=OverrideKind.RETIREMENT_AGE, person=SimpleNamespace(public_id=ANA), value=Decimal(40), plan=None
    )
    found = mapped(replace(question_situation(facts()), overrides=[own]))
    assert found.question.inputs.adults[0].retirement_date < DAY
    assert {"name": "Ana", "age": "40"} in [caveat["params"] for caveat in found.caveats]
