import datetime as dt

import pytest
from django.utils import timezone

from apps.clients.models import Household, Person
from apps.clients.services.households import assign_household, onboard_household, unassign_household
from apps.clients.services.people import update_person
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests.factories.clients import household


def test_an_advisor_sees_the_household_taken_on_and_another_does_not(ada, mallory, paul, connie, sue):
    rivera = household(ada)
    for person, sees in ((ada, True), (mallory, False), (paul, True), (connie, True), (sue, False)):
        assert Household.objects.visible_to(person.as_actor()).filter(pk=rivera.pk).exists() is sees, person
        assert Person.objects.visible_to(person.as_actor()).filter(household=rivera).exists() is sees, person


def test_a_grant_opens_the_household_to_support_and_its_end_closes_it(ada, sue):
    rivera = household(ada)
    assign_household(household=rivera, user=sue, by=ada.as_actor())
    assert rivera in Household.objects.visible_to(sue.as_actor())
    unassign_household(household=rivera, user=sue, by=ada.as_actor())
    assert rivera not in Household.objects.visible_to(sue.as_actor())


def test_a_client_sees_only_their_own_household(ada, clay):
    own, other = household(ada, name="Stone"), household(ada, name="Rivera")
    Person.objects.filter(household=own, relationship="head").update(user=clay)
    assert list(Household.objects.visible_to(clay.as_actor())) == [own]
    assert other not in Household.objects.visible_to(clay.as_actor())


def test_the_advisor_of_a_household_cannot_be_unassigned(ada):
    rivera = household(ada)
    with pytest.raises(InvalidInputError, match="Name another advisor"):
        unassign_household(household=rivera, user=ada, by=ada.as_actor())


def test_a_household_without_head_leaves_nothing_behind(ada):
    with pytest.raises(InvalidInputError, match="no head"):
        onboard_household(name="Nobody", advisor=ada, people=[{"relationship": "child"}], by=ada.as_actor())
    assert not Household.objects.filter(name="Nobody").exists()


def test_a_wrong_person_rolls_the_whole_household_back(ada):
    people = [{"relationship": "head", "first_name": "A", "last_name": "B", "email": "not an address"}]
    with pytest.raises(InvalidInputError) as refused:
        onboard_household(name="Half", advisor=ada, people=people, by=ada.as_actor())
    assert refused.value.field == "email"
    assert not Household.objects.filter(name="Half").exists()
    assert not AuditEvent.objects.filter(target_label="Half").exists()


def test_each_step_is_on_the_trail_with_the_household_as_subject(ada):
    rivera = household(ada)
    actions = list(AuditEvent.objects.filter(subject_id=str(rivera.public_id)).values_list("action", flat=True))
    assert actions.count("clients.add_person") == 4
    assert actions[0] == "clients.onboard_household"
    assert actions[-1] == "clients.assign_household"
    assert rivera.history.get().history_user_id == ada.as_actor().key


def test_nobody_is_born_tomorrow(ada):
    child = household(ada).people.filter(relationship="child").first()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(InvalidInputError, match="still to come") as refused:
        update_person(person=child, fields={"date_of_birth": tomorrow}, by=ada.as_actor())
    assert refused.value.field == "date_of_birth"


def test_a_child_is_supported_to_the_age_that_is_stated_or_that_of_the_law(ada):
    rivera = household(ada)
    child = rivera.people.filter(relationship="child").first()
    assert child.supported_until_age() == 19
    child.employment_status = "student"
    assert child.supported_until_age() == 24
    changed = update_person(person=child, fields={"supported_until": 22}, by=ada.as_actor())
    assert changed.supported_until_age() == 22
    event = AuditEvent.objects.filter(action="clients.update_person").latest("id")
    assert event.after == {"supported_until": 22}
    assert Person(relationship="dependant").supported_until_age() is None


@pytest.mark.parametrize(("relationship", "age"), [("head", 30), ("child", 0), ("child", 121)])
def test_support_of_nobody_or_to_an_age_that_nobody_reaches_is_refused(ada, relationship, age):
    person = household(ada).people.filter(relationship=relationship).first()
    with pytest.raises(InvalidInputError) as refused:
        update_person(person=person, fields={"supported_until": age}, by=ada.as_actor())
    assert refused.value.field == "supported_until"
