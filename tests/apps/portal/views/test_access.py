"""Who may open the pages of the portal."""

from __future__ import annotations

import pytest

from apps.clients.services.documents import release_document
from tests.factories import clients

PAGES = [
    "/portal/",
    "/portal/plan/",
    "/portal/portfolio/",
    "/portal/documents/",
    "/portal/billing/",
    "/portal/account/",
    "/portal/figures/net_worth/",
]


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_signs_in_first(firm_a, sign_in, page):
    answer = sign_in().get(page)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


@pytest.mark.parametrize("who", ["paul", "ada", "connie", "sue"])
@pytest.mark.parametrize("page", PAGES)
def test_people_of_the_firm_have_no_portal(request, sign_in, who, page):
    assert sign_in(request.getfixturevalue(who)).get(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_a_client_reads_their_pages(portal, page):
    answer = portal.get(page)
    assert answer.status_code == 200
    assert "Okafor" not in answer.content.decode()


def test_a_client_who_opens_the_site_lands_in_the_portal(portal):
    assert portal.get("/")["Location"] == "/portal/"


def test_an_account_without_a_person_is_told_whom_to_ask(clay, sign_in):
    answer = sign_in(clay).get("/portal/")
    assert answer.status_code == 404
    assert "Ask your advisor" in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_the_number_of_queries_does_not_grow_with_papers(ada, household, portal, page, django_assert_max_num_queries):
    released(household, ada, "Paper 0")
    portal.get(page)
    before = queries(portal, page, django_assert_max_num_queries)
    for number in range(1, 5):
        released(household, ada, f"Paper {number}")
    assert queries(portal, page, django_assert_max_num_queries) <= before


def released(household, advisor, title):
    document = clients.document(household, by=advisor.as_actor(), title=title)
    release_document(document=document, by=advisor.as_actor())


def queries(browser, page, within):
    with within(60) as seen:
        assert browser.get(page).status_code == 200
    return len(seen)
