import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Invitation, User
from apps.accounts.services.invitations import InvitationClosedError, accept_invitation
from apps.clients.models import Household
from apps.clients.services.people import update_person
from apps.clients.services.portal_access import invite_person_to_portal
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from tests.factories.clients import household, portal_user


@pytest.fixture
def rivera(ada):
    return household(ada)


def key_in_the_mail():
    return re.search(r"/([A-Za-z0-9_-]{30,})/?", Mail.objects.latest("id").text).group(1)


def test_an_invited_person_arrives_with_an_account_that_is_theirs(rivera, ada):
    ana = rivera.people.get(relationship="head")
    invite_person_to_portal(person=ana, by=ada.as_actor())
    user = accept_invitation(
        key=key_in_the_mail(), full_name="Ana Rivera", password="a long pass phrase 7", by=Actor.system("tests")
    )
    ana.refresh_from_db()
    assert ana.user == user
    assert user.role == "client"
    assert list(Household.objects.visible_to(user.as_actor())) == [rivera]
    assert AuditEvent.objects.filter(action="clients.link_portal_account").count() == 1


def accept(key):
    return accept_invitation(key=key, full_name="Ana", password="a long pass phrase 7", by=Actor.system("tests"))


def test_a_link_sent_to_a_mistyped_address_opens_nothing_once_the_address_is_corrected(rivera, ada):
    ana = rivera.people.get(relationship="head")
    update_person(person=ana, fields={"email": "anna@elsewhere.example"}, by=ada.as_actor())
    ana.refresh_from_db()
    invite_person_to_portal(person=ana, by=ada.as_actor())
    stray = key_in_the_mail()
    update_person(person=ana, fields={"email": "ana@right.example"}, by=ada.as_actor())
    with pytest.raises(InvitationClosedError):
        accept(stray)
    ana.refresh_from_db()
    invite_person_to_portal(person=ana, by=ada.as_actor())
    assert accept(key_in_the_mail()).email == "ana@right.example"


def test_a_link_never_takes_the_place_of_the_account_that_the_person_has(rivera, ada):
    ana = rivera.people.get(relationship="head")
    invite_person_to_portal(person=ana, by=ada.as_actor())
    own = portal_user(ana, email="own@right.example")
    with pytest.raises(InvalidInputError, match="has an account"):
        accept(key_in_the_mail())
    ana.refresh_from_db()
    assert ana.user == own
    assert User.objects.filter(role="client").count() == 1


def test_a_link_whose_time_has_run_out_makes_room_for_another(rivera, ada):
    ana = rivera.people.get(relationship="head")
    invite_person_to_portal(person=ana, by=ada.as_actor())
    Invitation.objects.update(expires_at=timezone.now())
    invite_person_to_portal(person=ana, by=ada.as_actor())
    assert list(Invitation.objects.order_by("id").values_list("state", flat=True)) == ["revoked", "open"]


def test_who_has_no_e_mail_has_an_account_or_is_a_child_is_not_invited(rivera, ada):
    child, luis = rivera.people.filter(relationship="child")[0], rivera.people.get(relationship="partner")
    with pytest.raises(InvalidInputError, match="head and the partner"):
        invite_person_to_portal(person=child, by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="no e-mail of Luis"):
        invite_person_to_portal(person=luis, by=ada.as_actor())
    ana = rivera.people.get(relationship="head")
    portal_user(ana)
    with pytest.raises(InvalidInputError, match="has an account"):
        invite_person_to_portal(person=ana, by=ada.as_actor())
    assert not Invitation.objects.exists()


def test_the_button_invites_and_a_second_press_says_so(rivera, ada, sign_in):
    ana = rivera.people.get(relationship="head")
    browser = sign_in(ada)
    address = reverse("clients:person-invite", args=[rivera.public_id, ana.public_id])
    browser.post(address)
    again = browser.post(address, headers={"referer": "http://alpha.localhost/households/"}, follow=True)
    assert Invitation.objects.count() == 1
    assert "invited already" in again.content.decode()
