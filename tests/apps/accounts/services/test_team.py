import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from apps.accounts.policies import Role
from apps.accounts.services.team import (
    LastPrincipalError,
    add_principal,
    change_role,
    deactivate_member,
    reactivate_member,
    reset_second_factor,
    send_confirmation,
)
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from tests.cast import person


def test_the_last_principal_stays_one(paul, ada):
    for refused in (
        lambda: change_role(user=paul, role=Role.ADVISOR, by=ada.as_actor()),
        lambda: deactivate_member(user=paul, by=ada.as_actor()),
    ):
        with pytest.raises(LastPrincipalError, match="Paul is the last principal"):
            refused()
    second = person(Role.PRINCIPAL, "Pat")
    assert change_role(user=paul, role=Role.ADVISOR, by=second.as_actor()).role == Role.ADVISOR
    with pytest.raises(LastPrincipalError):
        change_role(user=second, role=Role.SUPPORT, by=paul.as_actor())


def test_a_deactivated_principal_does_not_count(paul):
    gone = person(Role.PRINCIPAL, "Gone")
    gone.is_active = False
    gone.save()
    with pytest.raises(LastPrincipalError):
        change_role(user=paul, role=Role.ADVISOR, by=gone.as_actor())


def test_a_deactivated_person_is_signed_out_and_stays_out(paul, ada, sign_in):
    client = sign_in(ada)
    assert client.get("/account/").status_code == 200
    assert UserSession.objects.filter(user=ada).count() == 1
    deactivate_member(user=ada, reason="Left the firm", by=paul.as_actor())
    assert client.get("/account/").status_code == 302
    assert not UserSession.objects.filter(user=ada).exists()
    event = AuditEvent.objects.get(action="accounts.deactivate_member")
    assert (event.reason, event.after) == ("Left the firm", {"is_active": False, "sessions_ended": 1})
    reactivate_member(user=ada, by=paul.as_actor())
    assert sign_in(ada).get("/account/").status_code == 200


def test_deactivating_twice_is_one_event(paul, ada):
    for _ in range(2):
        deactivate_member(user=ada, by=paul.as_actor())
    assert AuditEvent.objects.filter(action="accounts.deactivate_member").count() == 1


def test_nobody_deactivates_themselves(paul):
    with pytest.raises(InvalidInputError, match="yourself"):
        deactivate_member(user=paul, by=paul.as_actor())


@pytest.mark.parametrize("role", [Role.CLIENT, "owner"])
def test_a_role_is_one_of_the_firm(paul, ada, role):
    with pytest.raises(InvalidInputError):
        change_role(user=ada, role=role, by=paul.as_actor())


def test_a_client_gets_no_role_in_the_firm(paul, clay):
    with pytest.raises(InvalidInputError, match="client"):
        change_role(user=clay, role=Role.PRINCIPAL, by=paul.as_actor())


def test_a_lost_second_factor_is_reset_with_a_reason(paul, ada):
    Authenticator.objects.create(user=ada, type=Authenticator.Type.TOTP, data={})
    with pytest.raises(InvalidInputError, match="made sure"):
        reset_second_factor(user=ada, reason=" ", by=paul.as_actor())
    reset_second_factor(user=ada, reason="Called her number", by=paul.as_actor())
    assert not Authenticator.objects.filter(user=ada).exists()
    assert AuditEvent.objects.get(action="accounts.reset_second_factor").before == {"factors": ["totp"]}
    with pytest.raises(InvalidInputError, match="your own"):
        reset_second_factor(user=paul, reason="Lost", by=paul.as_actor())


def test_a_firms_first_principal_is_made_once(in_alpha, system):
    for _ in range(2):
        user = add_principal(email="Pia@Harbor.example", full_name="Pia", by=system)
    assert user.email == "pia@harbor.example"
    assert Mail.objects.count() == EmailAddress.objects.count() == 1


def test_a_new_confirmation_replaces_the_old_link(in_alpha, system):
    user = add_principal(email="pia@harbor.example", full_name="Pia", by=system)
    old = EmailConfirmation.objects.get().key
    send_confirmation(user=user, by=system)
    assert EmailConfirmation.objects.get().key != old
    EmailAddress.objects.update(verified=True)
    with pytest.raises(InvalidInputError, match="confirmed already"):
        send_confirmation(user=user, by=system)
