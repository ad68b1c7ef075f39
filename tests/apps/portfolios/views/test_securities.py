"""The list of securities and the page of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.portfolios.models import Instrument
from tests.days import today
from tests.factories import clients, market, portfolios

SignIn = Callable[..., Client]
LIST = reverse("portfolios:security-list")


@pytest.fixture
def own(ada: User) -> Instrument:
    """A fund that only Ada's client's file names."""
    row = Instrument.objects.create(symbol="", name="Quillfeather Partners II", kind="private_fund")
    account = portfolios.account(clients.household(ada), ada)
    portfolios.entry(account, ada, "transfer_in", instrument=row, units="1", cost="1000")
    return row


def page(row: object) -> str:
    return reverse("portfolios:security-detail", args=[row.public_id])  # type: ignore[attr-defined]


def test_a_security_is_found_and_its_page_says_what_it_is(ada: User, own: Instrument, sign_in: SignIn) -> None:
    master = market.security("QAA", {today(): "12.5"}, name="Quiet fund", isin="US0378331005")
    browser = sign_in(ada)
    body = browser.get(LIST, {"q": "quiet"}).content.decode()
    assert page(master) in body
    assert "$12.50" in body
    body = browser.get(page(master)).content.decode()
    assert "US0378331005" in body
    assert "Not supplied by any source that is connected." in body
    assert "No account that you see held it" in body
    assert "Nothing found" in browser.get(LIST, {"q": "nobody"}).content.decode()
    for asked in ({"sort": "nonsense"}, {"known": "nonsense"}, {"kind": "nonsense"}, {"q": "%"}, {"page": "last"}):
        assert browser.get(LIST, asked).status_code == 200
    for asked in ({"look": "7"}, {"look": "x"}, {"day": "2026-02-31"}, {"day": "1900-01-01"}, {"page": "9"}):
        assert browser.get(page(master), asked).status_code == 200


def test_what_only_files_know_is_hidden_from_who_sees_no_account_that_met_it(
    ada: User, mallory: User, own: Instrument, sign_in: SignIn
) -> None:
    assert "Quillfeather Partners II" in sign_in(ada).get(LIST, {"known": "own"}).content.decode()
    assert "Quillfeather" in sign_in(ada).get(page(own)).content.decode()
    assert "Quillfeather" not in sign_in(mallory).get(LIST, {"known": "own", "q": "Quill"}).content.decode()
    assert sign_in(mallory).get(page(own)).status_code == 404


def test_who_may_not_see_portfolios_is_refused(
    ada: User, sue: User, clay: User, own: Instrument, sign_in: SignIn
) -> None:
    passport = reverse("portfolios:security-passport", args=[own.public_id, "close"])
    for address in (LIST, page(own), passport):
        assert sign_in().get(address).status_code == 302
        for user in (sue, clay):
            assert sign_in(user).get(address).status_code == 403


def test_a_list_of_many_takes_as_many_queries_as_one_of_few(
    ada: User, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for n in range(30):
        market.security(f"QM{n}", {today() - dt.timedelta(days=1): "10", today(): "11"})
    browser = sign_in(ada)
    browser.get(LIST)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        assert browser.get(LIST, {"q": "QM"}).content.decode().count("$11.00") == 30


def test_the_search_finds_securities(ada: User, sue: User, sign_in: SignIn) -> None:
    market.security("QAA", name="Quiet fund")
    assert "Quiet fund" in sign_in(ada).get(reverse("desk:search"), {"q": "quiet"}).content.decode()
