"""The page where a mail's last line leads."""

from __future__ import annotations

import pytest
from django_tenants.utils import tenant_context

from apps.core.models import AuditEvent
from apps.notices.models import DigestChoice
from apps.notices.services.digests import ending_key

ADDRESS = "/account/digest/"


def test_an_advisor_chooses_how_often_it_comes(ada, sign_in):
    client = sign_in(ada)
    assert client.get(ADDRESS).context["form"].initial == {"rhythm": "daily"}
    assert client.post(ADDRESS, {"rhythm": "never"}).status_code == 302
    assert DigestChoice.objects.get(user=ada).rhythm == "never"
    refused = client.post(ADDRESS, {"rhythm": "hourly"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["rhythm"]
    assert ADDRESS in client.get("/account/").content.decode()


def test_only_who_advises_has_a_digest(sign_in, connie, clay, sue):
    for person in (connie, clay, sue):
        client = sign_in(person)
        assert client.get(ADDRESS).status_code == 403, person
        assert client.post(ADDRESS, {"rhythm": "never"}).status_code == 403
        assert ADDRESS not in client.get("/account/").content.decode()
    assert not DigestChoice.objects.exists()


@pytest.fixture
def browser(sign_in):
    return sign_in()


@pytest.fixture
def end_url(ada):
    return f"/digest/end/{ending_key(ada)}/"


def test_the_link_of_a_mail_asks_and_then_ends_the_digest_without_a_sign_in(ada, browser, end_url):
    page = browser.get(end_url)
    assert page.status_code == 200
    assert ada.email in page.content.decode()
    assert not DigestChoice.objects.exists()  # a scanner that follows links ends nothing
    for _ in range(2):
        assert browser.post(end_url).context["is_over"]
    assert DigestChoice.objects.get(user=ada).rhythm == "never"
    event = AuditEvent.objects.get(action="notices.choose_digest")
    assert event.actor_label == f"Link in a mail to {ada.email}"
    assert browser.get(end_url).context["is_over"]


def test_once_it_was_chosen_again_an_old_link_ends_nothing_and_says_how_to_end_it(ada, browser, end_url, sign_in):
    assert browser.post(end_url).status_code == 200
    assert sign_in(ada).post(ADDRESS, {"rhythm": "weekly"}).status_code == 302
    program = sign_in(enforce_csrf_checks=True)
    for answer in (browser.get(end_url), browser.post(end_url), program.post(end_url)):
        assert answer.status_code == 410
        page = answer.content.decode()
        assert "This link is from an earlier mail" in page
        assert ADDRESS in page
        assert ada.email not in page
    assert DigestChoice.objects.get(user=ada).rhythm == "weekly"
    assert AuditEvent.objects.filter(action="notices.choose_digest").count() == 2
    newest = f"/digest/end/{ending_key(ada)}/"
    assert browser.get(newest).status_code == 200
    assert browser.post(newest).context["is_over"]
    assert browser.get(end_url).context["is_over"]  # nothing comes: an old link may say so


def test_a_mail_program_ends_it_by_itself(ada, end_url, sign_in):
    """RFC 8058: a POST without a cookie, a referrer or a token of a form."""
    program = sign_in(enforce_csrf_checks=True)
    answer = program.post(end_url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert DigestChoice.objects.get(user=ada).rhythm == "never"


def test_a_link_that_was_changed_or_is_of_another_firm_ends_nothing(ada, browser, end_url, firm_b):
    key = end_url.split("/")[-2]
    with tenant_context(firm_b):
        elsewhere = ending_key(ada)
    for wrong in (key[:-1] + ("a" if key[-1] != "a" else "b"), key.split(":")[0], "none", elsewhere):
        answer = browser.post(f"/digest/end/{wrong}/")
        assert answer.status_code == 404, wrong
        assert "This link is not complete." in answer.content.decode()
    assert not DigestChoice.objects.exists()


def test_who_has_left_is_not_named_by_an_old_mail(ada, browser, end_url):
    ada.is_active = False
    ada.save()
    answer = browser.get(end_url)
    assert answer.status_code == 404
    assert ada.email not in answer.content.decode()
