"""The pages of required distributions: who may open them, what they show, what they keep."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.clients.models import Person
from apps.portfolios.models import Account, DistributionTerms
from tests.apps.portfolios.services.test_distributions import BEQUEST, ira
from tests.factories import clients, portfolios
from tests.factories.integrations import partner_of

SignIn = Callable[..., Client]
NAMES = ("account-distributions", "distribution-terms")


@pytest.fixture
def account(ada: User) -> Account:
    household = clients.household(ada)
    Person.objects.filter(household=household, relationship="head").update(date_of_birth=dt.date(1951, 5, 17))
    Person.objects.filter(household=household, relationship="partner").update(date_of_birth=dt.date(1966, 5, 17))
    return ira(household, ada)


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


def address(name: str, account: Account) -> str:
    return reverse(f"portfolios:{name}", kwargs={"account_id": account.public_id})


@pytest.mark.parametrize("name", NAMES)
def test_each_page_opens_for_its_advisor_and_for_nobody_else(
    name: str, account: Account, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = address(name, account)
    assert sign_in(ada).get(url).status_code == 200
    assert sign_in().get(url).status_code == 302
    assert [sign_in(other).get(url).status_code for other in without_permission] == [403, 403]
    assert sign_in(mallory).get(url).status_code == 404


def test_the_spouse_is_written_down_and_the_year_shows_the_joint_table(
    account: Account, ada: User, sign_in: SignIn
) -> None:
    browser, url = sign_in(ada), address("account-distributions", account)
    assert url in browser.get(reverse("portfolios:account-detail", args=[account.public_id])).text
    page = f"{url}?day=2026-11-02"
    assert "Uniform Lifetime Table" in browser.get(page).text
    partner = account.household.people.get(relationship="partner")
    assert browser.post(address("distribution-terms", account), {"spouse": partner.pk}).status_code == 302
    html = browser.get(page).text
    assert "Joint and Last Survivor Table" in html
    assert 'data-value="10000.00"' in html
    assert reverse("portfolios:rebalance-new", args=[account.household.public_id]) + "?mode=raise_cash" in html
    for passport in set(re.findall(r'href="([^"]*-2026/[^"]*)"', html)):
        assert browser.get(passport.replace("&amp;", "&")).status_code == 200
    assert str(partner) in html


def test_a_missed_year_stands_with_its_excise_tax(account: Account, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    portfolios.entry(account, ada, "deposit", dt.date(2024, 12, 2), cash="255000")
    html = browser.get(address("account-distributions", account) + "?day=2026-11-02").text
    assert "Excise tax" in html
    figures = set(re.findall(r'href="([^"]*(?:missed|made_up|excise|reduced)-2025/[^"]*)"', html))
    assert len(figures) == 4
    for passport in figures:
        assert browser.get(passport.replace("&amp;", "&")).status_code == 200


def test_an_inherited_account_asks_from_whom(account: Account, ada: User, sign_in: SignIn) -> None:
    inherited, browser = ira(account.household, ada, "inherited_ira"), sign_in(ada)
    unknown = browser.get(address("account-distributions", inherited)).text
    assert "from whom" in unknown
    assert "Not known yet" in unknown
    assert "Nothing to take" not in unknown
    assert unknown.count(address("distribution-terms", inherited)) == 2
    told = {**BEQUEST, "left_by_deceased": "0"}
    form = address("distribution-terms", inherited)
    assert browser.post(form, {**told, "is_ten_year": "on"}).status_code == 422
    assert browser.post(form, told).status_code == 302
    html = browser.get(address("account-distributions", inherited) + "?day=2026-11-02").text
    assert "Single Life Table" in html
    assert "Another person" in html


def test_the_api_reads_and_writes_the_same(account: Account, ada: User, paul: User) -> None:
    partner = partner_of(paul, "portfolios:read", "portfolios:write")
    path = f"/api/financial-services/accounts/{account.public_id}/distributions"
    before = partner.get(f"{path}?as_of=2026-11-02")
    assert before.json()["years"][0] | {"taken": ""} == {
        "year": 2026,
        "due_on": "2026-12-31",
        "age": 75,
        "table": "uniform",
        "divisor": "24.6",
        "balance": "283000.00",
        "required": "11504.07",
        "taken": "",
        "still_to_take": "11504.07",
    }
    spouse = account.household.people.get(relationship="partner").public_id
    body = json.dumps({"spouse_id": str(spouse)})
    headers = {"If-Match": before["ETag"]}
    put = partner.put(f"{path}?as_of=2026-11-02", body, content_type="application/json", headers=headers)
    assert put.status_code == 200, put.content
    assert (put.json()["years"][0]["table"], put.json()["terms"]["spouse_id"]) == ("joint", str(spouse))
    stale = partner.put(f"{path}?as_of=2026-11-02", body, content_type="application/json", headers=headers)
    assert stale.status_code == 412
    wrong = json.dumps({"spouse_id": str(account.public_id)})
    assert partner.put(path, wrong, content_type="application/json").status_code == 422
    assert DistributionTerms.objects.get().spouse is not None


def test_a_plan_is_told_of_its_employer_and_the_form_remembers(account: Account, ada: User, sign_in: SignIn) -> None:
    plan, browser = ira(account.household, ada, "plan_401k"), sign_in(ada)
    page = address("account-distributions", plan) + "?day=2026-11-02"
    assert "still works for this employer" in browser.get(page).text
    form = address("distribution-terms", plan)
    assert browser.post(form, {"employment": "working"}).status_code == 422
    assert browser.post(form, {"employment": "working", "is_five_percent_owner": "no"}).status_code == 302
    assert "Nothing to take" in browser.get(page).text
    html = browser.get(form).text
    assert 'value="working" selected' in html
    assert 'value="no" selected' in html
