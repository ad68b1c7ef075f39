"""Who stands behind a portal account: one person of one household, or nobody."""

import pytest

from apps.clients.selectors.portal_people import portal_person
from apps.kernel.errors import NotFoundError
from tests.factories import clients


def test_a_client_is_the_person_of_their_household_in_one_query(ada, django_assert_num_queries):
    household = clients.household(ada)
    actor = clients.portal_user(household.people.get(relationship="head")).as_actor()
    with django_assert_num_queries(1):
        person = portal_person(actor)
        assert person.household == household
        assert person.household.advisor == ada


def test_who_belongs_to_no_household_is_told_how_to_mend_it(ada):
    with pytest.raises(NotFoundError) as told:
        portal_person(ada.as_actor())
    assert "advisor" in str(told.value.mend)
