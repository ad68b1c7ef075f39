"""The overview of a household: who sees which part of it."""

from __future__ import annotations

import re

import pytest
from guardian.shortcuts import assign_perm

from apps.clients.models import HouseholdUserGrant
from tests.factories import clients, money, portfolios


def address(household):
    return f"/households/{household.public_id}/"


def seen(browser, household):
    answer = browser.get(address(household))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_signs_in_first(household, sign_in):
    assert "login" in sign_in().get(address(household))["Location"]


def test_another_advisor_and_a_client_do_not_find_it(household, mallory, clay, sign_in):
    assert sign_in(mallory).get(address(household)).status_code == 404
    assert sign_in(clay).get(address(household)).status_code == 403


@pytest.mark.parametrize("who", ["paul", "ada", "connie"])
def test_who_may_see_balances_sees_figures_with_passports(request, household, ada, sign_in, who):
    money.bank_account(household, ada)
    page = seen(sign_in(request.getfixturevalue(who)), household)
    assert "Net worth" in page
    addresses = set(re.findall(r'href="([^"]+/passport/[^"]+)"', page))
    assert len(addresses) == 2
    for passport in addresses:
        assert sign_in(ada).get(passport.replace("&amp;", "&")).status_code == 200


def test_support_sees_people_and_steps_and_no_amount(household, ada, sue, sign_in):
    money.bank_account(household, ada)
    assign_perm("view_household", sue, household)
    assert HouseholdUserGrant.objects.filter(user=sue).exists()
    page = seen(sign_in(sue), household)
    assert "Ana Rivera" in page
    assert "Onboarding" in page
    assert "data-figure" not in page
    assert "4,200" not in page


def test_what_happened_is_told_across_apps(household, ada, sign_in):
    clients.document(household, by=ada.as_actor())
    page = seen(sign_in(ada), household)
    assert "File document" in page
    assert "Onboard household" in page


def test_the_page_listens_to_its_household(household, ada, sign_in):
    assert f'data-live-topic="household:{household.public_id}"' in seen(sign_in(ada), household)


def test_the_number_of_queries_does_not_grow(ada, sign_in, django_assert_max_num_queries):
    household, account, _ = portfolios.funded(ada)
    browser = sign_in(ada)
    browser.get(address(household))
    before = queries(browser, household, django_assert_max_num_queries)
    for number in range(3):
        clients.document(household, by=ada.as_actor(), title=f"Paper {number}")
        portfolios.entry(account, ada, "deposit", cash="10")
    assert queries(browser, household, django_assert_max_num_queries) <= before


def queries(browser, household, within):
    with within(90) as counted:
        assert browser.get(address(household)).status_code == 200
    return len(counted)
