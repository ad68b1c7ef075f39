import re

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Invitation, User
from apps.accounts.services.invitations import InvitationClosedError, accept_invitation
from apps.clients.models import Household
from apps.clients.services.documents import release_document
from apps.clients.services.people import update_person
from apps.clients.services.portal_access import invite_person_to_portal, withdraw_portal_access
from apps.clients.services.signatures import request_signature
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from tests.factories.clients import document, household, portal_user


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


def test_withdrawn_access_ends_and_a_fresh_invitation_opens_it_again(rivera, ada, sign_in):
    ana = rivera.people.get(relationship="head")
    user = portal_user(ana)
    browser = sign_in(user)
    assert browser.get(reverse("portal:home")).status_code == 200
    withdraw_portal_access(person=ana, reason="Lost mailbox", by=ada.as_actor())
    assert browser.get(reverse("portal:home")).status_code == 302
    assert not Household.objects.visible_to(user.as_actor()).exists()
    ana.refresh_from_db()
    assert ana.user is None
    update_person(person=ana, fields={"email": "ana@new.example"}, by=ada.as_actor())
    ana.refresh_from_db()
    invite_person_to_portal(person=ana, by=ada.as_actor())
    again = accept(key_in_the_mail())
    ana.refresh_from_db()
    assert (ana.user, again.is_active) == (again, True)


def test_the_same_address_may_be_invited_again(rivera, ada):
    ana = rivera.people.get(relationship="head")
    portal_user(ana, email=ana.email)
    withdraw_portal_access(person=ana, reason="A mistake", by=ada.as_actor())
    ana.refresh_from_db()
    invite_person_to_portal(person=ana, by=ada.as_actor())
    assert accept(key_in_the_mail()).email == ana.email


def test_what_was_signed_stays_and_an_open_signature_waits_for_the_new_account(rivera, ada):
    ana = rivera.people.get(relationship="head")
    portal_user(ana)
    paper = release_document(document=document(rivera, by=ada.as_actor()), by=ada.as_actor())
    ana.refresh_from_db()
    asked = request_signature(document=paper, signers=[ana], purpose="agreement", by=ada.as_actor())
    withdraw_portal_access(person=ana, reason="A mistake", by=ada.as_actor())
    assert asked.signatures.get().person == ana
    ana.refresh_from_db()
    newcomer = portal_user(ana, email="ana@new.example")
    assert asked.signatures.model.objects.visible_to(newcomer.as_actor()).get().person == ana


def test_a_withdrawal_needs_an_account_and_a_reason_and_is_on_the_trail_once(rivera, ada):
    ana = rivera.people.get(relationship="head")
    with pytest.raises(InvalidInputError):
        withdraw_portal_access(person=ana, reason="None", by=ada.as_actor())
    portal_user(ana)
    with pytest.raises(InvalidInputError):
        withdraw_portal_access(person=ana, reason="  ", by=ada.as_actor())
    withdraw_portal_access(person=ana, reason="Divorce", by=ada.as_actor())
    event = AuditEvent.objects.get(action="clients.withdraw_portal_access")
    assert event.reason == "Divorce"


def test_who_signs_in_stays_head_or_partner_until_the_access_is_withdrawn(rivera, ada):
    luis = rivera.people.get(relationship="partner")
    portal_user(luis)
    with pytest.raises(InvalidInputError, match="only the head and the partner"):
        update_person(person=luis, fields={"relationship": "other"}, by=ada.as_actor())
    luis.refresh_from_db()
    withdraw_portal_access(person=luis, reason="Divorce", by=ada.as_actor())
    luis.refresh_from_db()
    assert update_person(person=luis, fields={"relationship": "other"}, by=ada.as_actor()).user is None


def test_the_page_withdraws_for_the_advisor_and_for_nobody_else(rivera, ada, mallory, connie, sign_in):
    ana = rivera.people.get(relationship="head")
    client = portal_user(ana)
    page = reverse("clients:person-withdraw", args=[rivera.public_id, ana.public_id])
    for stranger, status in ((mallory, 404), (connie, 403), (client, 403)):
        assert sign_in(stranger).post(page, {"reason": "x"}).status_code == status
    browser = sign_in(ada)
    assert client.email in browser.get(page).content.decode()
    assert browser.post(page, {"reason": ""}).status_code == 422
    answer = browser.post(page, {"reason": "Divorce"}, follow=True)
    assert "no access to the portal any more" in answer.content.decode()
    assert page not in answer.content.decode()
    assert "no account of the portal" in browser.get(page).content.decode()
