import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from django_tenants.utils import tenant_context

from apps.accounts import ports
from apps.accounts.models import Invitation, InvitationState, User
from apps.accounts.policies import Role
from apps.accounts.selectors.guests import guest
from apps.accounts.services.invitations import (
    Guest,
    InvitationClosedError,
    Subject,
    accept_invitation,
    invitation_for,
    invite_staff,
    invite_to_portal,
    resend_invitation,
    revoke_invitation,
)
from apps.core.actors import Origin
from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError, NotFoundError
from apps.notices.models import Mail

STRANGER = guest(Origin(ip="203.0.113.9"))
PASSWORD = "a long and plain sentence"


def invited(by, *, email="nora@alpha.test", role=Role.ADVISOR):
    return invite_staff(guest=Guest(email, "Nora New"), role=role, by=by.as_actor())


def key_in_mail():
    return re.search(r"/invitations/([\w-]+)/", Mail.objects.order_by("-id").first().text).group(1)


def accept(key, *, name="Nora New", password=PASSWORD):
    return accept_invitation(key=key, full_name=name, password=password, by=STRANGER)


def test_an_invitation_is_mailed_and_its_key_is_kept_as_a_digest_only(paul):
    invitation = invited(paul)
    key = key_in_mail()
    assert key not in str(Invitation.objects.values())
    assert invitation_for(key) == invitation
    event = AuditEvent.objects.get(action="accounts.invite")
    assert event.after["key_digest"] == "set"
    assert Job.objects.filter(name="notices.send_mail").count() == 1


def test_accepting_makes_a_person_with_a_confirmed_address(paul):
    invited(paul)
    user = accept(key_in_mail(), name=" Nora  New ")
    assert (user.email, user.role, user.check_password(PASSWORD)) == ("nora@alpha.test", Role.ADVISOR, True)
    address = EmailAddress.objects.get(user=user)
    assert address.verified
    assert address.primary
    event = AuditEvent.objects.get(action="accounts.accept_invitation")
    assert (event.actor_key, event.ip) == (user.as_actor().key, "203.0.113.9")


def test_a_link_opens_once(paul):
    invited(paul)
    key = key_in_mail()
    accept(key)
    with pytest.raises(InvitationClosedError, match="used already"):
        accept(key)
    assert User.objects.filter(email="nora@alpha.test").count() == 1


def test_an_expired_link_says_whom_to_ask(paul):
    invited(paul)
    key = key_in_mail()
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(InvitationClosedError, match="Ask Paul to send it again"):
        accept(key)
    assert not User.objects.filter(email="nora@alpha.test").exists()


def test_a_link_of_another_firm_does_not_exist(paul, firm_b):
    invited(paul)
    key = key_in_mail()
    with tenant_context(firm_b), pytest.raises(NotFoundError):
        accept(key)


def test_sending_again_replaces_the_link(paul):
    invitation = invited(paul)
    old = key_in_mail()
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    resend_invitation(invitation=invitation, by=paul.as_actor())
    with pytest.raises(NotFoundError):
        invitation_for(old)
    assert accept(key_in_mail()).full_name == "Nora New"
    with pytest.raises(InvitationClosedError):
        resend_invitation(invitation=invitation, by=paul.as_actor())


def test_a_revoked_invitation_opens_nothing(paul):
    invitation = invited(paul)
    revoke_invitation(invitation=invitation, by=paul.as_actor())
    with pytest.raises(InvitationClosedError, match="taken back"):
        accept(key_in_mail())
    assert invited(paul).state == InvitationState.OPEN


@pytest.mark.parametrize(
    ("email", "role", "field", "message"),
    [
        ("NORA@alpha.test", Role.ADVISOR, "email", "invited already"),
        ("Paul@alpha.test", Role.ADVISOR, "email", "has an account"),
        ("nobody", Role.ADVISOR, "email", "valid"),
        ("other@alpha.test", Role.CLIENT, "role", "Choose a role"),
        ("other@alpha.test", "owner", "role", "Choose a role"),
    ],
)
def test_an_invitation_that_cannot_be_is_told_at_its_field_and_leaves_nothing(paul, email, role, field, message):
    invited(paul)
    before = (Invitation.objects.count(), Mail.objects.count(), AuditEvent.objects.count())
    with pytest.raises(InvalidInputError, match=message) as refused:
        invited(paul, email=email, role=role)
    assert refused.value.field == field
    assert (Invitation.objects.count(), Mail.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize(("name", "password", "field"), [("", PASSWORD, "full_name"), ("Nora", "short", "password")])
def test_an_account_needs_a_name_and_a_strong_password(paul, name, password, field):
    invited(paul)
    key = key_in_mail()
    with pytest.raises(InvalidInputError) as refused:
        accept(key, name=name, password=password)
    assert refused.value.field == field
    assert accept(key).pk


def test_the_app_of_a_client_hears_when_they_arrive_or_nothing_happens(ada):
    heard = []
    ports.connect_arrival("tests.person", lambda **what: heard.append(what))
    subject = Subject("tests.person", "42")
    invite_to_portal(guest=Guest("clay@example.com", "Clay"), subject=subject, by=ada.as_actor())
    assert Mail.objects.get().kind == "accounts/portal_invitation"
    user = accept(key_in_mail(), name="Clay")
    assert user.role == Role.CLIENT
    assert heard == [{"subject_id": "42", "user": user, "by": user.as_actor(origin=STRANGER.origin)}]


def test_an_arrival_that_is_refused_leaves_no_account(ada):
    def refuses(**_what):
        raise InvalidInputError("The person has an account.")

    ports.connect_arrival("tests.refused", refuses)
    subject = Subject("tests.refused", "42")
    invite_to_portal(guest=Guest("clay@example.com", "Clay"), subject=subject, by=ada.as_actor())
    with pytest.raises(InvalidInputError):
        accept(key_in_mail(), name="Clay")
    assert not User.objects.filter(email="clay@example.com").exists()
    assert Invitation.objects.get().state == InvitationState.OPEN
