"""A household's targets: who opens the page, what it shows, giving and ending terms."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.portfolios.models import CashReserve, Mandate, Restriction
from tests.apps.portfolios.selectors.test_drift import Book
from tests.factories import models as made

SignIn = Callable[..., Client]


class Scene(Book):
    """The household of the drift tests follows its model, with a restriction and a reserve."""

    def __init__(self, ada: User, paul: User) -> None:
        super().__init__(ada, paul)
        self.mandate = made.mandate(self.household, self.model, ada)
        self.restriction = made.restricted(self.household, ada)
        self.reserve = made.reserved(self.household, ada)

    def pages(self) -> dict[str, str]:
        """Return every page by name."""
        one = [self.household.public_id]
        return {
            "targets": reverse("portfolios:household-targets", args=one),
            "sheet": reverse("portfolios:target-passport", args=[*one, "sheet"]),
            "terms": reverse("portfolios:target-passport", args=[*one, "terms"]),
            "mandate": reverse("portfolios:mandate-new", args=one),
            "restriction": reverse("portfolios:restriction-new", args=one),
            "reserve": reverse("portfolios:reserve-new", args=one),
            "end mandate": reverse("portfolios:mandate-end", args=[self.mandate.public_id]),
            "end restriction": reverse("portfolios:restriction-end", args=[self.restriction.public_id]),
            "end reserve": reverse("portfolios:reserve-end", args=[self.reserve.public_id]),
        }


@pytest.fixture
def scene(ada: User, paul: User) -> Scene:
    return Scene(ada, paul)


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


NAMES = ["targets", "sheet", "terms", "mandate", "restriction", "reserve"]
NAMES += ["end mandate", "end restriction", "end reserve"]


@pytest.mark.parametrize("name", NAMES)
def test_each_page_opens_for_its_advisor_and_for_nobody_else(
    name: str, scene: Scene, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = scene.pages()[name]
    assert sign_in(ada).get(url).status_code == 200
    assert sign_in().get(url).status_code == 302
    for other in without_permission:
        assert sign_in(other).get(url).status_code == 403
    assert sign_in(mallory).get(url).status_code == 404


def test_an_account_that_is_no_id_is_not_found(scene: Scene, ada: User, sign_in: SignIn) -> None:
    assert sign_in(ada).get(f"{scene.pages()['sheet']}?account=abc").status_code == 404


def test_the_page_shows_how_far_off_the_household_is(scene: Scene, ada: User, sign_in: SignIn) -> None:
    body = sign_in(ada).get(scene.pages()["targets"]).content.decode()
    assert "Balanced" in body
    assert "out of band" in body
    assert "held as STK2" in body
    assert "$17,500" in body  # invested, the reserve kept out
    assert "New roof" in body
    assert "Never buy: Commodities" in body
    tab = sign_in(ada).get(reverse("portfolios:household-portfolio", args=[scene.household.public_id]))
    assert scene.pages()["targets"] in tab.content.decode()


def test_terms_are_given_on_pages(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser, today = sign_in(ada), firm_today()
    told = {"model": scene.model.pk, "account": scene.two.pk, "from_day": today.isoformat(), "note": "Hers."}
    assert browser.post(scene.pages()["mandate"], told).status_code == 302
    assert Mandate.objects.filter(account=scene.two).exists()
    told = {"kind": "never_sell", "symbol": "stk", "from_day": today.isoformat(), "reason": "From her father."}
    assert browser.post(scene.pages()["restriction"], told).status_code == 302
    assert Restriction.objects.filter(instrument=scene.stk).exists()
    told = {"purpose": "Taxes", "share": "2.5", "from_day": today.isoformat()}
    assert browser.post(scene.pages()["reserve"], told).status_code == 302
    assert str(CashReserve.objects.get(purpose="Taxes").share) == "0.025000"
    body = browser.get(scene.pages()["targets"]).content.decode()
    assert "From her father." in body
    assert f"drift-{scene.two.public_id}" in body, "the account has a sheet of its own"


@pytest.mark.parametrize(
    ("page", "told", "words"),
    [
        ("mandate", {"model": "", "from_day": "2026-01-01"}, "required"),
        ("mandate", {"from_day": "2020-01-01"}, "no approved version"),
        ("restriction", {"kind": "never_buy", "from_day": "2026-01-01", "reason": "x"}, "either a security or an"),
        (
            "restriction",
            {"kind": "never_buy", "symbol": "NOPE", "from_day": "2026-01-01", "reason": "x"},
            "No security",
        ),
        ("reserve", {"purpose": "Roof", "from_day": "2026-01-01"}, "either an amount or a share"),
        ("reserve", {"purpose": "Roof", "amount": "-5", "from_day": "2026-01-01"}, "greater than"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_kept(
    page: str, told: dict[str, Any], words: str, scene: Scene, ada: User, sign_in: SignIn
) -> None:
    told = {"model": scene.model.pk, **told} if page == "mandate" else told
    before = Mandate.objects.count(), Restriction.objects.count(), CashReserve.objects.count()
    answer = sign_in(ada).post(scene.pages()[page], told)
    assert answer.status_code in {409, 422}
    assert words in answer.content.decode()
    assert (Mandate.objects.count(), Restriction.objects.count(), CashReserve.objects.count()) == before


def test_terms_end(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser, today = sign_in(ada), firm_today()
    for name in ("end mandate", "end restriction", "end reserve"):
        early = {"until": (today - dt.timedelta(days=9)).isoformat(), "reason": "Over."}
        assert browser.post(scene.pages()[name], early).status_code == 422
        assert browser.post(scene.pages()[name], {"until": today.isoformat(), "reason": "Over."}).status_code == 302
    for row in (scene.mandate, scene.restriction, scene.reserve):
        row.refresh_from_db()
        assert row.until == today


def test_every_figure_has_a_passport_that_opens(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    made.mandate(scene.household, scene.model, ada, account=scene.two)
    body = browser.get(scene.pages()["targets"]).content.decode()
    addresses = set(re.findall(r'hx-get="([^"]*/passport/[^"]*)"', body))
    assert len(addresses) == 3, "the household's sheet, the account's, and the terms"
    for address in addresses:
        assert browser.get(address.replace("&amp;", "&")).status_code == 200


def test_the_page_costs_the_same_whatever_is_held(
    scene: Scene, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(ada)
    browser.get(scene.pages()["targets"])
    with django_assert_max_num_queries(60) as first:
        browser.get(scene.pages()["targets"])
    made.reserved(scene.household, ada, purpose="Another")
    scene.buy(scene.two, scene.stk, 3)
    with django_assert_max_num_queries(len(first)):
        browser.get(scene.pages()["targets"])
