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
from apps.portfolios.models import DriftReading, Opportunity
from apps.portfolios.services.drift_watch import watch_firm
from tests.apps.portfolios.selectors.test_drift import Book
from tests.factories import models as made

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
