import datetime as dt

import pytest

from apps.clients.selectors.people import people_of
from apps.clients.services.households import assign_household
from apps.clients.services.people import update_person
from tests.factories.clients import household

HIDDEN_FROM_SUPPORT = {"tax_id", "annual_income"}


@pytest.mark.parametrize("role", ["paul", "ada", "connie", "sue"])
def test_each_role_sees_the_fields_that_are_its_own(role, request, ada):
    rivera = household(ada)
    head = rivera.people.get(relationship="head")
    update_person(person=head, fields={"tax_id": "536-90-4399"}, by=ada.as_actor())
    reader = request.getfixturevalue(role)
    if role == "sue":
        assign_household(household=rivera, user=reader, by=ada.as_actor())
    facts = people_of(rivera, reader.as_actor(), on=dt.date(2026, 6, 1))[0]
    hidden = {name for name in HIDDEN_FROM_SUPPORT if getattr(facts, name) is None}
    assert hidden == (HIDDEN_FROM_SUPPORT if role == "sue" else set())
    assert (facts.email, facts.age) == ("ana.rivera@example.com", 46)
    if role != "sue":
        assert facts.tax_id == "•••• 4399"


def test_people_come_head_first(ada):
    assert [fact.relationship for fact in people_of(household(ada), ada.as_actor())] == [
        "Head", "Partner", "Child", "Child",
    ]  # fmt: skip
