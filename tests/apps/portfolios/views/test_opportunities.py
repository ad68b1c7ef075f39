"""The list of opportunities, the drift of the book, and what is due today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.core.actors import Actor
from apps.desk.selectors.today import today
from apps.portfolios.models import DriftReading, Opportunity, RebalanceRun
from apps.portfolios.selectors.watch_rules import watch_rules
from apps.portfolios.services.drift_watch import watch_firm
from tests.apps.portfolios.selectors.test_drift import Book
from tests.factories import models as made
from tests.factories import portfolios

SignIn = Callable[..., Client]
LIST = "portfolios:opportunity-list"


@pytest.fixture
def book(ada: User, paul: User) -> Book:
    found = Book(ada, paul)
    made.mandate(found.household, found.model, ada)
    watch_firm(by=Actor.system("tests"))
    return found


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


def test_the_list_says_what_there_is_to_do(
    book: Book, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = reverse(LIST)
    body = sign_in(ada).get(url).content.decode()
    assert "Stocks, Bonds, Cash: out of their bands; $4,000 would have to change hands." in body
    assert reverse("portfolios:household-targets", args=[book.household.public_id]) in body
    assert sign_in().get(url).status_code == 302
    for other in without_permission:
        assert sign_in(other).get(url).status_code == 403
    assert "Rivera" not in sign_in(mallory).get(url).content.decode()


def test_the_list_is_filtered_and_sorted(book: Book, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    body = browser.get(reverse(LIST), {"kind": "invest"}).content.decode()
    assert "in cash beyond reserve" in body
    assert "out of their bands" not in body
    assert "Nothing found" in browser.get(reverse(LIST), {"q": "nobody"}).content.decode()
    for sort in ("household", "-amount", "opened", "kind", "nonsense"):
        assert browser.get(reverse(LIST), {"sort": sort}).status_code == 200


def test_passports_open_for_those_who_may_see_the_household(
    book: Book, ada: User, mallory: User, sign_in: SignIn
) -> None:
    addresses = [
        reverse("portfolios:opportunity-passport", args=[Opportunity.objects.get(kind="invest").public_id]),
        reverse("portfolios:reading-passport", args=[DriftReading.objects.get().public_id]),
    ]
    for address in addresses:
        assert sign_in(ada).get(address).status_code == 200
        assert sign_in(mallory).get(address).status_code == 404


def test_the_book_shows_the_drift_and_lists_what_is_out(
    book: Book, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser, url = sign_in(ada), reverse("portfolios:account-list")
    body = browser.get(url, {"sort": "-drift"}).content.decode()
    assert body.count("20.0%") == 2, "both accounts are part of the household's target"
    assert "Brokerage" in browser.get(url, {"out": "1"}).content.decode()
    DriftReading.objects.update(n_out=0)
    assert "Brokerage" not in browser.get(url, {"out": "1"}).content.decode()


def test_today_names_the_household(book: Book, ada: User, mallory: User) -> None:
    titles = [item.title for item in today(ada.as_actor(), firm_today()).items]
    assert "Portfolio of Rivera" in titles
    assert "Portfolio of Rivera" not in [item.title for item in today(mallory.as_actor(), firm_today()).items]


def test_one_click_asks_what_to_trade(
    book: Book, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    drift = Opportunity.objects.get(kind="drift")
    url, browser = reverse("portfolios:opportunity-act", args=[drift.public_id]), sign_in(ada)
    assert sign_in().post(url).status_code == 302
    assert sign_in(mallory).post(url).status_code == 404
    for other in without_permission:
        assert sign_in(other).post(url).status_code == 403
    # without rates the form waits with its purpose chosen
    asked = browser.post(url).url
    assert browser.get(asked).context["form"]["mode"].value() == "to_band"
    portfolios.tax_rate(ada, book.household)
    answer = browser.post(url).url
    run = RebalanceRun.objects.get()
    assert answer == run.get_absolute_url()
    trades = browser.post(reverse("portfolios:rebalance-trades", args=[run.public_id])).url
    page = browser.get(reverse(LIST), {"state": "closed"}).content.decode()
    assert "Trades proposed" in page
    assert trades in page
    assert "out of their bands" not in browser.get(reverse(LIST)).content.decode()


def test_the_rules_of_the_look_are_the_principals(
    book: Book, ada: User, paul: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = reverse("portfolios:watch-rules")
    for other in (ada, *without_permission):
        assert sign_in(other).get(url).status_code == 403
    browser = sign_in(paul)
    assert browser.get(url).context["form"]["needs_within_days"].value() == 90
    told = {"harvest_amount": "750", "harvest_share": "8", "needs_within_days": "400"}
    assert browser.post(url, told).status_code == 422
    assert browser.post(url, {**told, "needs_within_days": "45"}).status_code == 302
    rules = watch_rules()
    assert (str(rules.harvest_share), rules.needs_within_days) == ("0.080000", 45)
