"""The client's portfolio: what was agreed beside what is held."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from tests.apps.portfolios.selectors.test_drift import Book
from tests.factories import clients as people
from tests.factories import models as made

SignIn = Callable[..., Client]


@pytest.fixture
def book(ada: User, paul: User) -> Book:
    return Book(ada, paul)


def test_the_client_reads_the_target_beside_the_holdings_in_plain_words(book: Book, ada: User, sign_in: SignIn) -> None:
    client = people.portal_user(book.household.people.get(relationship="head"))
    browser = sign_in(client)
    page = reverse("portal:portfolio")
    assert "What we agreed to hold" not in browser.get(page).content.decode()
    made.mandate(book.household, book.model, ada)
    made.mandate(book.household, book.model, ada, account=book.two)
    made.reserved(book.household, ada, amount=100)
    made.restricted(book.household, ada)
    body = browser.get(page).content.decode()
    assert "The model is Balanced." in body
    assert "What we agreed to hold in IRA" in body
    assert "Further from the target than agreed; your advisor sees it too." in body
    assert "New roof" in body
    assert "Never buy: Commodities" in body
    for figure in ("target", f"target-{book.two.public_id}"):
        assert browser.get(reverse("portal:passport", args=[figure])).status_code == 200
    assert browser.get(reverse("portal:passport", args=["target-nobodys"])).status_code == 404


def test_another_client_reads_nothing_of_it(book: Book, ada: User, mallory: User, sign_in: SignIn) -> None:
    made.mandate(book.household, book.model, ada)
    made.mandate(book.household, book.model, ada, account=book.two)
    other = people.portal_user(people.household(mallory, name="Okafor").people.get(relationship="head"))
    assert "Balanced" not in sign_in(other).get(reverse("portal:portfolio")).content.decode()
    address = reverse("portal:passport", args=[f"target-{book.two.public_id}"])
    assert sign_in(other).get(address).status_code == 404
