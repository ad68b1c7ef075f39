"""Every page of accounts: strangers go to the sign-in, wrong roles are refused, queries do not grow."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import ApprovalRule, Delegation
from apps.accounts.policies import Role
from apps.accounts.services.approvals import request_approval
from apps.accounts.services.invitations import Guest, invite_staff
from tests.cast import person
from tests.factories.clients import household

PRINCIPAL_ONLY = [
    "accounts:firm-profile",
    "accounts:brand",
    "accounts:security",
    "accounts:team",
    "accounts:invite",
    "accounts:approval-rule-new",
]
LICENSED = ["accounts:approval-rules", "accounts:delegate"]
STAFF = ["accounts:settings", "accounts:approval-queue"]
EVERYBODY = ["accounts:account", "accounts:email", "accounts:password", "accounts:enrol"]


@pytest.mark.parametrize("name", PRINCIPAL_ONLY + LICENSED + STAFF + EVERYBODY)
def test_a_stranger_is_sent_to_the_sign_in(in_alpha, sign_in, name):
    response = sign_in().get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


@pytest.fixture
def everyone(paul, ada, connie, sue, clay):
    """One person of each role."""
    return {user.role: user for user in (paul, ada, connie, sue, clay)}


def opens(everyone, sign_in, name):
    """Return the roles that the page is served to; all others must be refused."""
    answers = {role: sign_in(user).get(reverse(name)).status_code for role, user in everyone.items()}
    assert set(answers.values()) <= {200, 403}
    return {role for role, status in answers.items() if status == 200}


@pytest.mark.parametrize("name", PRINCIPAL_ONLY)
def test_only_a_principal_opens_the_firms_settings(everyone, sign_in, name):
    assert opens(everyone, sign_in, name) == {"principal"}


@pytest.mark.parametrize("name", LICENSED)
def test_licensed_people_open_the_rules(everyone, sign_in, name):
    assert opens(everyone, sign_in, name) == {"principal", "advisor", "compliance"}


@pytest.mark.parametrize("name", STAFF)
def test_staff_pages_are_closed_to_clients(everyone, sign_in, name):
    assert opens(everyone, sign_in, name) == {"principal", "advisor", "compliance", "support"}


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_has_an_account_page(paul, clay, sign_in, name):
    for who in (paul, clay):
        assert sign_in(who).get(reverse(name)).status_code == 200


def test_the_pages_carry_no_inline_style_or_script(paul, sign_in):
    household_ = household(paul)
    request = request_approval(kind="tests.run", target=household_, title="Run 7", by=paul.as_actor())
    client = sign_in(paul)
    pages = [reverse(name) for name in PRINCIPAL_ONLY + LICENSED + STAFF + EVERYBODY]
    for page in [*pages, reverse("accounts:approval", args=[request.public_id])]:
        html = client.get(page).content.decode()
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", html), page


def _queries(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_team_page_asks_the_same_of_the_database_however_many_work_here(paul, sign_in):
    client = sign_in(paul)
    before = _queries(client, reverse("accounts:team"))
    for n in range(6):
        person(Role.ADVISOR, f"More{n}")
        invite_staff(guest=Guest(f"invited{n}@alpha.test", f"Invited {n}"), role=Role.SUPPORT, by=paul.as_actor())
    assert _queries(client, reverse("accounts:team")) == before


def test_the_rules_page_asks_the_same_of_the_database_however_many_rules_there_are(paul, ada, connie, sign_in):
    client = sign_in(paul)

    def more(n):
        rule = ApprovalRule.objects.create(kind=f"tests.{n}", escalate_to=ada)
        rule.approvers.set([connie, ada])
        Delegation.objects.create(delegator=ada, delegate=connie, starts_on="2026-01-01", ends_on="2199-01-01")

    more(0)
    before = _queries(client, reverse("accounts:approval-rules"))
    for n in range(1, 6):
        more(n)
    assert _queries(client, reverse("accounts:approval-rules")) == before
