"""A form sent twice, over the product's own pages: one after the other, changed, refused, at the same moment."""

import http.client
import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from apps.clients.models import Household
from apps.core.models import IdempotentAnswer
from tests.factories.clients import household


def said(page, ada, **more):
    """Return what a browser sends of the page's form, a household filled in."""
    content = page.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)"[^>]*? value="([^"]*)"', content))
    assert "submission" in hidden
    fields = {"name": "Rivera", "advisor": ada.pk, "state": "MA", "filing_status": "single", "currency": "USD"}
    person = {
        "head-first_name": "Ana",
        "head-last_name": "Rivera",
        "head_first_name": "Ana",
        "head_last_name": "Rivera",
    }
    return hidden | fields | person | more


@pytest.fixture
def browser(ada, sign_in):
    return sign_in(ada)


PAGE = "/households/new/"


def test_the_same_form_twice_makes_one_household_and_goes_to_it(browser, ada):
    form = said(browser.get(PAGE), ada)
    first, second = browser.post(PAGE, form), browser.post(PAGE, form, follow=True)
    assert first.status_code == 302, first.content.decode()
    assert second.redirect_chain == [(first["Location"], 302)]
    assert "sent twice and done once" in second.content.decode()
    assert Household.objects.count() == 1


def test_a_fresh_form_that_says_the_same_is_another_wish(browser, ada):
    for _ in range(2):
        assert browser.post(PAGE, said(browser.get(PAGE), ada)).status_code == 302
    assert Household.objects.count() == 2


def test_an_old_page_that_says_something_else_keeps_what_was_typed_and_says_so(browser, ada):
    form = said(browser.get(PAGE), ada)
    first = browser.post(PAGE, form)
    again = browser.post(PAGE, form | {"name": "Okafor"})
    assert again.status_code == 409
    content = again.content.decode()
    assert "sent already" in content
    assert f'href="{first["Location"]}"' in content
    assert 'value="Okafor"' in content
    assert Household.objects.count() == 1
    fresh = said(again, ada, name="Okafor")
    assert fresh["submission"] != form["submission"]
    assert browser.post(PAGE, fresh).status_code == 302
    assert set(Household.objects.values_list("name", flat=True)) == {"Rivera", "Okafor"}


def test_a_refused_form_is_mended_and_sent_with_the_same_token(browser, ada):
    form = said(browser.get(PAGE), ada)
    assert browser.post(PAGE, form | {"name": ""}).status_code == 422
    assert not IdempotentAnswer.objects.exists()
    assert browser.post(PAGE, form).status_code == 302


def test_a_token_is_the_persons_own(browser, ada, paul, sign_in):
    form = said(browser.get(PAGE), ada)
    browser.post(PAGE, form)
    assert sign_in(paul).post(PAGE, form).status_code == 302
    assert Household.objects.count() == 2


def test_a_button_pressed_twice_works_once_and_says_so(browser, ada):
    rivera = household(ada)
    head = rivera.people.get(relationship="head")
    address, token = reverse("clients:person-invite", args=[rivera.public_id, head.public_id]), str(uuid.uuid4())
    first = browser.post(address, {"submission": token})
    second = browser.post(address, {"submission": token}, follow=True)
    assert second.redirect_chain[0][0] == first["Location"]
    assert "sent twice and done once" in second.content.decode()
    assert "is invited already" not in second.content.decode()


def test_a_refused_button_may_be_pressed_again(browser, ada):
    rivera = household(ada)
    child = rivera.people.filter(relationship="child").first()
    address = reverse("clients:person-invite", args=[rivera.public_id, child.public_id])
    for _ in range(2):
        answer = browser.post(address, {"submission": str(uuid.uuid4())}, follow=True)
        assert "Only the head and the partner" in answer.content.decode()
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("token", ["", "nonsense", "x" * 5000])
def test_what_is_no_token_guards_nothing_and_breaks_nothing(token, browser, ada):
    form = said(browser.get(PAGE), ada) | {"submission": token}
    assert browser.post(PAGE, form).status_code == 302
    assert not IdempotentAnswer.objects.exists()


_PRINCIPAL = """
from django.contrib.sessions.backends.db import SessionStore
from django_tenants.utils import tenant_context
from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.firms.models import Firm
with tenant_context(Firm.objects.get(schema_name="alpha")):
    user = User.objects.create_user(email="principal@alpha.test", full_name="Paul", role=Role.PRINCIPAL)
    session = SessionStore()
    session.update({"_auth_user_id": str(user.pk), "second_factor_known": True,
                    "_auth_user_backend": "allauth.account.auth_backends.AuthenticationBackend",
                    "_auth_user_hash": user.get_session_auth_hash()})
    session.create()
    print("session", session.session_key, user.pk)
"""


@pytest.mark.timeout(300)
def test_a_form_that_comes_four_times_at_the_same_moment_makes_one_household(live_site):
    told = live_site.manage("shell", "--no-imports", "-c", _PRINCIPAL)
    _, session, pk = next(line for line in told.splitlines() if line.startswith("session ")).split()
    secret, host = "x" * 32, f"alpha.localhost:{live_site.port}"
    fields = {"csrfmiddlewaretoken": secret, "submission": str(uuid.uuid4()), "name": "Rivera", "advisor": pk}
    body = urlencode(fields | {"head-first_name": "Ana", "head-last_name": "Rivera"})
    headers = {
        "Host": host,
        "Cookie": f"sessionid={session}; csrftoken={secret}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    together = Barrier(4)

    def post(_number):
        wire = http.client.HTTPConnection("127.0.0.1", live_site.port, timeout=60)
        together.wait()
        wire.request("POST", PAGE, body, headers)
        answer = wire.getresponse()
        return answer.status, answer.getheader("Location")

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(post, range(4)))
    assert len(answers) == 1, answers
    assert answers.pop()[0] == 302
    assert live_site.query("SELECT name FROM clients_household", schema="alpha") == [("Rivera",)]
