"""What clients see of their facts, and who sees what they suggested."""

from __future__ import annotations

import uuid

import pytest

from apps.kernel.errors import NotFoundError
from apps.money.models import FactSuggestion
from apps.money.selectors.suggestions import (
    ChangedLine,
    fact_of,
    is_stale,
    own_facts,
    suggestion_for,
    suggestions_of,
    waiting_suggestions,
)
from tests.factories import clients, money


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def debt(household, ada):
    return money.fact("debt", household, ada)


@pytest.fixture
def suggestion(household, debt):
    head = household.people.get(relationship="head")
    return FactSuggestion.objects.create(
        household=household, person=head, kind="debt", action="change", fact_id=debt.public_id, name="Debt",
        before={"balance": "310000"}, after={"balance": "300000"},
    )  # fmt: skip


def test_each_kind_is_listed_and_what_waits_is_marked(household, debt, suggestion):
    kinds = dict(own_facts(household))
    assert [(entry.amount.amount, entry.waits) for entry in kinds["debt"]] == [(310_000, True)]
    assert kinds["income"] == []
    FactSuggestion.objects.update(state="withdrawn")
    assert not dict(own_facts(household))["debt"][0].waits


def test_an_entry_says_whose_it_is_without_a_query_for_each(household, ada, django_assert_num_queries):
    people = list(household.people.adults())
    for person in (*people, *people):
        money.fact("income", household, ada, person=person)
    money.fact("debt", household, ada)
    with django_assert_num_queries(13):  # twelve kinds, and what waits
        kinds = dict(own_facts(household))
    assert [entry.whose for entry in kinds["income"]] == [str(person) for person in (*people, *people)]
    assert [entry.whose for entry in kinds["debt"]] == [""]


def test_what_is_not_known_has_no_amount_and_the_age_that_ends_a_phase_makes_it_nobodys(household, ada):
    head = household.people.get(relationship="head")
    money.fact("roth_basis", household, ada, person=head, contributions=None)
    money.fact("phase", household, ada, person=head, until_age=80)
    kinds = dict(own_facts(household))
    assert (kinds["roth_basis"][0].amount, kinds["roth_basis"][0].whose) == (None, str(head))
    assert kinds["phase"][0].whose == ""


def test_who_sees_a_suggestion(household, suggestion, ada, sue, paul):
    client = clients.portal_user(household.people.get(relationship="head")).as_actor()
    stranger = clients.portal_user(clients.household(paul, name="Else").people.get(relationship="head")).as_actor()
    for actor in (ada.as_actor(), client):
        assert suggestion_for(actor, suggestion.public_id) == suggestion
        assert suggestions_of(household, actor) == [suggestion]
        assert waiting_suggestions(household, actor) == [suggestion]
    for actor in (stranger, sue.as_actor()):
        with pytest.raises(NotFoundError):
            suggestion_for(actor, suggestion.public_id)
        assert suggestions_of(household, actor) == []
    with pytest.raises(NotFoundError):
        suggestion_for(client, uuid.uuid4())


def test_a_fact_that_changed_since_is_stale(suggestion, debt):
    assert fact_of(suggestion) == debt
    assert not is_stale(suggestion, {"balance": "310000"})
    assert is_stale(suggestion, {"balance": "305000"})
    line = ChangedLine("Balance", "310000", "305000", "300000")
    assert (line.is_changed, line.is_stale) == (True, True)
    debt.delete()
    assert fact_of(suggestion) is None
    suggestion.action = "add"
    assert not is_stale(suggestion, {})
