"""Ways in: the first principal, an invitation, the second factor that nothing goes around."""

import json
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django_tenants.utils import tenant_context

from apps.accounts.models import FirmProfile, User
from apps.accounts.policies import Role
from apps.accounts.services.invitations import Guest, invite_staff
from apps.accounts.services.team import add_principal, deactivate_member
from apps.core.models import AuditEvent
from apps.core.secrets import decrypted
from apps.notices.models import Mail
from config.asgi import application
from tests.cast import SiteClient, person

PASSWORD = "a long and plain sentence"


def link_in_mail():
    return re.findall(r"http://[^/\s]+(/\S+)", Mail.objects.order_by("-id").first().text)[-1]


def visitor(host="alpha.localhost"):
    return SiteClient(headers={"host": host})


def trail(action):
    return AuditEvent.objects.filter(action=action)


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def enrol(client):
    """Enrol an authenticator app as the page asks for it."""
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, page["Location"]
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    assert "Keep your recovery codes" in client.get(answer["Location"]).content.decode()
    return secret


def test_the_first_principal_confirms_sets_a_password_enrols_and_works(
    in_alpha, system, django_capture_on_commit_callbacks
):
    add_principal(email="pia@harbor.example", full_name="Pia", by=system)
    link, browser = link_in_mail(), visitor()
    assert "pia@harbor.example" in browser.get(link).content.decode()
    assert not EmailAddress.objects.get().verified
    chosen = browser.post(link, follow=True)
    assert chosen.status_code == 200
    address = chosen.redirect_chain[-1][0]
    done = browser.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    assert done.status_code == 302, done.context["form"].errors
    user = User.objects.get(email="pia@harbor.example")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get().verified
    assert browser.get("/settings/")["Location"] == "/accounts/2fa/enrol/?next=%2Fsettings%2F"
    with django_capture_on_commit_callbacks(execute=True):
        enrol(browser)
    assert browser.get("/settings/").status_code == 200
    assert list(trail("accounts.confirm_email").values_list("after", flat=True)) == [{"email": "pia@harbor.example"}]
    for action in ("accounts.change_password", "accounts.sign_in"):
        assert trail(action).count() == 1, action
    assert trail("accounts.add_second_factor").filter(after={"factor": "totp"}).count() == 1


def test_a_confirmation_link_works_once(in_alpha, system):
    add_principal(email="pia@harbor.example", full_name="Pia", by=system)
    link = link_in_mail()
    visitor().post(link)
    assert "no longer works" in visitor().get(link).content.decode()
    again = visitor().post(link)
    assert again.status_code == 404 or "/password/reset/key/" not in again.headers.get("Location", "")


def test_a_confirmation_link_of_one_firm_confirms_nothing_in_another(firm_a, firm_b, system):
    """Both rows have the same id: a signed id would open the other firm's."""
    with tenant_context(firm_a):
        ours = add_principal(email="pia@harbor.example", full_name="Pia", by=system)
        number = EmailAddress.objects.get(user=ours).pk
        link = link_in_mail()
    with tenant_context(firm_b):
        theirs = person(Role.PRINCIPAL, "Bea", host="beta.test")
        EmailAddress.objects.create(pk=number, user=theirs, email=theirs.email, verified=False, primary=True)
        assert visitor("beta.localhost").post(link).status_code == 404
    with tenant_context(firm_b):
        assert not EmailAddress.objects.get().verified


def test_an_invitation_is_accepted_on_its_page_and_leads_to_the_second_factor(paul):
    invite_staff(guest=Guest("nora@alpha.test", "Nora"), role=Role.ADVISOR, by=paul.as_actor())
    link, browser = link_in_mail(), visitor()
    page = browser.get(link)
    assert "Paul invited nora@alpha.test" in page.content.decode()
    wrong = browser.post(link, {"full_name": "Nora", "password": PASSWORD, "again": "other"})
    assert (wrong.status_code, wrong.context["form"].errors.keys()) == (422, {"again"})
    weak = browser.post(link, {"full_name": "Nora", "password": "short", "again": "short"})
    assert (weak.status_code, weak.context["form"].errors.keys()) == (422, {"password"})
    done = browser.post(link, {"full_name": "Nora", "password": PASSWORD, "again": PASSWORD}, follow=True)
    assert done.redirect_chain[-1][0] == "/accounts/2fa/enrol/?next=%2F"
    enrol(browser)
    assert browser.get("/settings/").status_code == 200
    used = visitor().get(link)
    assert used.status_code == 410
    assert "used already" in used.content.decode()


def test_a_link_of_another_firm_or_of_nobody_is_a_404(paul, firm_b):
    invite_staff(guest=Guest("nora@alpha.test", "Nora"), role=Role.ADVISOR, by=paul.as_actor())
    link = link_in_mail()
    assert visitor("beta.localhost").get(link).status_code == 404
    assert visitor().get("/invitations/nonsense/").status_code == 404


def test_accepting_signs_out_whoever_sat_there_before(paul, ada, sign_in):
    invite_staff(guest=Guest("nora@alpha.test", "Nora"), role=Role.ADVISOR, by=paul.as_actor())
    browser = sign_in(ada)
    browser.post(link_in_mail(), {"full_name": "Nora", "password": PASSWORD, "again": PASSWORD})
    assert User.objects.get(pk=browser.session["_auth_user_id"]).email == "nora@alpha.test"
    assert browser.get("/settings/")["Location"].startswith("/accounts/2fa/enrol/")


@pytest.fixture
def half_in(ada):
    """A session with a password and no second factor."""
    client = visitor()
    client.force_login(ada, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    "path",
    ["/", "/settings/", "/account/", "/accounts/email/", "/accounts/password/change/", "/accounts/sessions/",
     "/admin/", "/api/schema", "/api/clients", "/approvals/", "/static-not/", "/accounts/2faked/"],
)  # fmt: skip
def test_no_page_opens_before_the_second_factor_is_enrolled(half_in, path):
    response = half_in.get(path)
    assert response.status_code == 302, path
    assert response["Location"].startswith("/accounts/2fa/enrol/?next=")


def test_nothing_is_written_before_the_second_factor_is_enrolled(half_in, ada):
    half_in.post("/account/", {"full_name": "Somebody", "locale": "", "time_zone": ""})
    ada.refresh_from_db()
    assert ada.full_name == "Ada"


def test_a_part_of_a_page_sends_the_whole_page_to_the_enrolment(half_in):
    response = half_in.get("/settings/", headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"][:20]) == (204, "/accounts/2fa/enrol/")


def test_who_came_in_by_the_password_alone_is_out_once_the_owner_has_enrolled(ada, django_capture_on_commit_callbacks):
    """Whoever had stolen the password before would otherwise go on without ever showing the second factor."""
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    thief, owner = visitor(), visitor()
    for browser in (thief, owner):
        browser.post("/accounts/login/", {"login": ada.email, "password": "correct horse battery"})
        assert "/2fa/enrol/" in browser.get("/households/")["Location"]
    with django_capture_on_commit_callbacks(execute=True):
        enrol(owner)
    assert owner.get("/households/").status_code == 200
    assert "/accounts/login/" in thief.get("/households/")["Location"]


def socket_of(client):
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}".encode()
    headers = [(b"host", b"alpha.localhost"), (b"origin", b"http://alpha.localhost"), (b"cookie", cookie)]
    scope = {
        "type": "websocket",
        "path": "/ws/live/",
        "raw_path": b"/ws/live/",
        "query_string": b"",
        "headers": headers,
    }
    return ApplicationCommunicator(application, {**scope, "subprotocols": [], "client": ["203.0.113.7", 1]})


def test_no_websocket_opens_before_the_second_factor_is_enrolled(half_in):
    async def knock():
        socket = socket_of(half_in)
        await socket.send_input({"type": "websocket.connect"})
        await socket.receive_output(5)
        return await socket.receive_output(5)

    assert async_to_sync(knock)() == {"type": "websocket.close", "code": 4403}


def test_clients_enrol_when_the_firm_asks_for_it_and_from_the_next_page_on(clay):
    browser = visitor()
    browser.force_login(clay, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/account/").status_code == 200
    FirmProfile.objects.update(mfa_roles=["client"])
    assert browser.get("/account/")["Location"].startswith("/accounts/2fa/enrol/")


def signed_up(user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_the_sign_in_asks_for_the_second_factor_and_both_ends_are_on_the_trail(ada):
    signed_up(ada)
    browser = visitor()
    browser.post("/accounts/login/", {"login": ada.email, "password": "correct horse battery"})
    secret = enrol(browser)
    stored = Authenticator.objects.get(user=ada, type="totp").data["secret"]
    assert stored != secret
    assert decrypted(stored) == secret
    browser.post("/accounts/logout/")
    Authenticator.objects.get(user=ada, type="totp")
    again = visitor()
    asked = again.post("/accounts/login/", {"login": ada.email, "password": "correct horse battery"})
    assert asked["Location"] == "/accounts/2fa/authenticate/"
    assert again.get("/account/")["Location"].startswith("/accounts/login/")
    again.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert trail("accounts.fail_second_factor").count() == 1
    assert trail("accounts.sign_in").count() == 1
    assert trail("accounts.sign_out").count() == 1


def test_a_wrong_password_is_on_the_trail_of_the_person_or_of_the_firm(ada):
    signed_up(ada)
    for login in (ada.email, "nobody@alpha.test"):
        assert visitor().post("/accounts/login/", {"login": login, "password": "wrong"}).status_code == 200
    events = list(trail("accounts.fail_sign_in"))
    assert [event.after["typed"] for event in events] == [ada.email, "nobody@alpha.test"]
    assert [event.target_type for event in events] == ["accounts.User", "accounts.FirmProfile"]
    assert not any("wrong" in json.dumps(event.after) for event in events)


def test_the_last_second_factor_of_staff_cannot_be_removed(ada):
    signed_up(ada)
    browser = visitor()
    browser.post("/accounts/login/", {"login": ada.email, "password": "correct horse battery"})
    enrol(browser)
    browser.post("/accounts/2fa/totp/deactivate/")
    assert Authenticator.objects.filter(user=ada, type="totp").exists()


def test_a_forgotten_password_is_reset_by_a_link_in_the_firms_own_mail(ada):
    signed_up(ada)
    browser = visitor()
    browser.post("/accounts/password/reset/", {"email": ada.email})
    mail = Mail.objects.get(kind="account/password_reset_key")
    assert (mail.to, mail.subject) == (ada.email, "Reset your password")
    page = browser.get(link_in_mail(), follow=True)
    browser.post(page.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert Mail.objects.get(kind="accounts/security_notice").to == ada.email


def test_a_reset_for_an_unknown_address_sends_nothing_and_says_the_same(ada):
    signed_up(ada)
    known = visitor().post("/accounts/password/reset/", {"email": ada.email})
    unknown = visitor().post("/accounts/password/reset/", {"email": "nobody@alpha.test"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Mail.objects.count() == 1


def test_nobody_signs_up_by_themselves(in_alpha):
    response = visitor().post("/accounts/signup/", {"email": "m@x.test", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.filter(email="m@x.test").exists()
    assert response.status_code == 200


def test_the_admin_has_no_sign_in_of_its_own(ada, paul, sign_in):
    assert visitor().get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")
    answer = visitor().post("/admin/login/", {"username": paul.email, "password": "correct horse battery"})
    assert answer["Location"].startswith("/accounts/login/")
    assert sign_in(ada).get("/admin/", follow=True).status_code == 403
    assert sign_in(paul).get("/admin/password_change/")["Location"] == "/accounts/password/change/"


def test_a_deactivated_person_cannot_sign_in(ada, paul):
    signed_up(ada)
    deactivate_member(user=ada, by=paul.as_actor())
    browser = visitor()
    browser.post("/accounts/login/", {"login": ada.email, "password": "correct horse battery"})
    assert "_auth_user_id" not in browser.session
