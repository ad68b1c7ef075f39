import pytest

from apps.clients.models import Agreement, AgreementState, HouseholdStatus, Person, Relationship
from apps.clients.policies import can_be_sent, can_change_status, is_of_age


def test_a_household_in_service_is_not_closed_before_it_leaves():
    closing = [status for status in HouseholdStatus.values if can_change_status(status, HouseholdStatus.CLOSED)]
    assert HouseholdStatus.ACTIVE not in closing
    assert HouseholdStatus.LEAVING in closing


@pytest.mark.parametrize("status", HouseholdStatus.values)
def test_staying_is_always_possible(status):
    assert can_change_status(status, status)


def test_head_and_partner_decide_and_nobody_else():
    deciding = {kind for kind in Relationship.values if is_of_age(Person(relationship=kind))}
    assert deciding == {Relationship.HEAD, Relationship.PARTNER}


def test_only_a_draft_is_sent():
    assert [s for s in AgreementState.values if can_be_sent(Agreement(state=s))] == [AgreementState.DRAFT]
