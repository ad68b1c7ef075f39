"""Search: within what a person may see, as a page and for the palette."""

from __future__ import annotations

import pytest

from tests.factories import portfolios

PALETTE = {"HX-Request": "true"}


def found(browser, text, **headers):
    answer = browser.get("/search/", {"q": text}, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_stranger_and_a_client_search_nothing(firm_a, clay, sign_in):
    assert "login" in sign_in().get("/search/?q=ri")["Location"]
    assert sign_in(clay).get("/search/?q=ri").status_code == 403


def test_the_palette_gets_households_people_and_accounts(ada, household, sign_in):
    account = portfolios.account(household, ada)
    browser = sign_in(ada)
    assert f'href="/households/{household.public_id}/"' in found(browser, "rive", **PALETTE)
    assert "Ana Rivera" in found(browser, "ana riv", **PALETTE)
    page = found(browser, "5678", **PALETTE)
    assert f"/portfolios/accounts/{account.public_id}/" in page
    assert "<html" not in page


def test_an_account_is_found_by_its_whole_number_as_people_write_it(ada, household, sign_in):
    account = portfolios.account(household, ada)
    assert str(account.public_id) in found(sign_in(ada), "1234-5678")


@pytest.mark.parametrize("text", ["rivera", "ana", "5678", "ana.rivera@example.com"])
def test_another_advisor_finds_none_of_it(ada, mallory, household, sign_in, text):
    portfolios.account(household, ada)
    page = found(sign_in(mallory), text, **PALETTE)
    assert "Rivera" not in page
    assert "/portfolios/accounts/" not in page


def test_support_finds_no_account(sue, ada, household, sign_in):
    from guardian.shortcuts import assign_perm

    assign_perm("view_household", sue, household)
    portfolios.account(household, ada)
    page = found(sign_in(sue), "5678", **PALETTE)
    assert "/portfolios/accounts/" not in page


def test_commands_are_those_of_the_role(ada, connie, sign_in):
    assert "Take a household on" in found(sign_in(ada), "take", **PALETTE)
    assert "Take a household on" not in found(sign_in(connie), "take", **PALETTE)


def test_nothing_found_says_what_to_try(ada, sign_in):
    assert "Nothing found" in found(sign_in(ada), "zzzz")
    assert "Nothing found" in found(sign_in(ada), "zzzz", **PALETTE)


@pytest.mark.parametrize("text", ["'; DROP TABLE x; --", "%", "é" * 500])
def test_strange_texts_find_nothing_and_break_nothing(ada, household, sign_in, text):
    assert sign_in(ada).get("/search/", {"q": text}).status_code == 200


def test_a_text_that_no_database_can_hold_is_refused(ada, household, sign_in):
    assert sign_in(ada).get("/search/", {"q": "a\x00b"}).status_code == 400


def test_a_search_takes_a_constant_number_of_queries(ada, household, sign_in, django_assert_max_num_queries):
    browser = sign_in(ada)
    found(browser, "rivera", **PALETTE)
    with django_assert_max_num_queries(13):
        found(browser, "rivera", **PALETTE)
