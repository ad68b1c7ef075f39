"""Interest, loan, refinancing, rent or buy: answers, errors at the field, and whose they are."""

from __future__ import annotations

import pytest

from apps.clients.services.households import assign_household
from tests.factories import clients, plans

SAID = {
    "interest": {"start": 1000, "monthly": 100, "annual_rate": 12, "years": 1},
    "loan": {"principal": 200000, "annual_rate": 6, "years": 30, "extra": 200},
    "refinancing": {
        "owed": 200000, "old_rate": 7, "old_years": 25, "new_rate": 5, "new_years": 25, "costs": 4000,
    },
    "rent-or-buy": {
        "price": 400000, "down_payment": 80000, "mortgage_rate": 6.5, "mortgage_years": 30, "rent": 2200, "years": 10,
        "value_growth": 3, "rent_growth": 3, "investment_return": 5, "buying_costs": 3, "selling_costs": 6,
        "yearly_costs": 2.5,
    },
}  # fmt: skip
SHOWN = {"interest": "$2,395", "loan": "$1,199.10", "refinancing": "$1,413.56", "rent-or-buy": "leaves more at the end"}


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def address(household, kind):
    return f"/households/{household.public_id}/money/calculators/{kind}/"


@pytest.mark.parametrize("kind", SAID)
def test_a_page_answers_what_it_begins_with_and_what_is_typed(kind, ada, household, sign_in):
    client = sign_in(ada)
    assert "The answer" in client.get(address(household, kind)).content.decode()
    assert SHOWN[kind] in client.get(address(household, kind), SAID[kind]).content.decode()
    ground = client.get(address(household, kind), {**SAID[kind], "how": 1}).content.decode()
    assert "data-passport-method" in ground
    assert "<form" not in ground
    assert (
        address(household, kind) in client.get(f"/households/{household.public_id}/plan/calculators/").content.decode()
    )


def test_a_loan_begins_with_the_largest_debt(ada, household, sign_in):
    page = sign_in(ada).get(address(household, "loan")).content.decode()
    assert 'name="principal" value="15000.00"' in page
    assert 'name="annual_rate" value="7.9"' in page
    assert 'name="years" value="4"' in page


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("interest", "years", 0), ("interest", "annual_rate", "much"), ("loan", "principal", 0), ("loan", "extra", -1),
        ("refinancing", "owed", 0), ("rent-or-buy", "down_payment", 500000), ("rent-or-buy", "rent", 0),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field(kind, name, value, ada, household, sign_in):
    page = sign_in(ada).get(address(household, kind), {**SAID[kind], name: value}).content.decode()
    assert "form-errors" in page[page.index(f'id="id_{name}_told"') :][:400]
    assert "The answer" not in page


def test_only_who_sees_this_households_money_computes(ada, household, sign_in, sue, clay, paul):
    assign_household(household=household, user=sue, by=ada.as_actor())
    other = clients.household(paul, name="Elsewhere")
    for kind, said in SAID.items():
        assert sign_in().get(address(household, kind)).status_code == 302
        assert sign_in(clay).get(address(household, kind)).status_code == 403
        assert sign_in(sue).get(address(household, kind)).status_code == 403
        assert sign_in(ada).get(address(other, kind)).status_code == 404
        assert sign_in(ada).post(address(other, kind), said).status_code == 404


@pytest.mark.parametrize("kind", SAID)
def test_what_is_typed_is_posted_and_stands_sealed_in_the_address(kind, ada, household, sign_in):
    client = sign_in(ada)
    answer = client.post(address(household, kind), SAID[kind])
    assert answer.url.startswith(f"{address(household, kind)}?typed=")
    assert SHOWN[kind] in client.get(answer.url).content.decode()
