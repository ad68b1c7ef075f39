"""The tax calculator's page: filled with facts, errors at the field, and whose it is."""

import pytest

from apps.clients.services.households import assign_household
from tests.factories import clients, plans


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


def address(household):
    return f"/households/{household.public_id}/plan/taxes/"


ASKED = {"year": 2025, "filing_status": "single", "age_1": 40, "wages_1": "100000"}


def test_the_page_answers_with_the_facts_and_with_what_is_typed(ada, household, sign_in):
    client = sign_in(ada)
    page = client.get(address(household)).content.decode()
    assert "How the tax comes about" in page
    calculators = f"/households/{household.public_id}/plan/calculators/"
    assert address(household) in client.get(calculators).content.decode()
    page = client.get(address(household), ASKED).content.decode()
    assert "$21,099" in page
    assert "29.7%" in page
    assert "Federal law of 2025" in page


def test_a_wrong_field_is_named_with_its_mending_and_no_number_is_shown(ada, household, sign_in):
    client = sign_in(ada)
    page = client.get(address(household), {**ASKED, "pre_tax": "100001"}).content.decode()
    told = page[page.index('id="id_pre_tax_told"') :][:600]
    assert "Give at most the wages of the year." in told
    assert "How the tax comes about" not in page
    for name, value in (("wages_1", "-5"), ("wages_1", "much"), ("age_1", "0"), ("year", "1999"), ("state", "ZZ")):
        page = client.get(address(household), {**ASKED, name: value}).content.decode()
        assert "form-errors" in page[page.index(f'id="id_{name}_told"') :][:400], (name, value)
    page = client.get(address(household), {**ASKED, "filing_status": "joint"}).content.decode()
    assert "Give the age of the second one." in page


def test_only_who_reads_this_households_plans_computes(ada, household, sign_in, sue, clay, paul):
    assert sign_in().get(address(household)).status_code == 302
    assert sign_in(clay).get(address(household)).status_code == 403
    assign_household(household=household, user=sue, by=ada.as_actor())
    assert sign_in(sue).get(address(household)).status_code == 403
    other = clients.household(paul, name="Elsewhere")
    assert sign_in(ada).get(address(other)).status_code == 404
    assert sign_in(ada).post(address(other), ASKED).status_code == 404


def test_what_is_typed_is_posted_and_stands_sealed_in_the_address(ada, household, sign_in):
    client = sign_in(ada)
    answer = client.post(address(household), ASKED)
    assert answer.url.startswith(f"{address(household)}?typed=")
    assert "$21,099" in client.get(answer.url).content.decode()
