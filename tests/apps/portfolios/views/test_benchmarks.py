"""Pages of benchmarks and of risk: who may open them, what they do, what they cost."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.portfolios.models import Benchmark, BenchmarkAssignment
from apps.portfolios.ports import PaidFee, fees_paid_elsewhere
from apps.portfolios.services.benchmarks import assign_benchmark
from tests.factories import benchmarks as made
from tests.factories import portfolios as books

SignIn = Callable[..., Client]


class Scene:
    """A funded household held against a benchmark of the fund that it holds."""

    def __init__(self, ada: User) -> None:
        self.household, self.account, _security = books.funded(ada)
        self.benchmark = made.benchmark(ada, ("AAA", "1"), starts_on=books.DAY)
        told: dict[str, Any] = {"benchmark": self.benchmark, "starts_on": books.DAY + dt.timedelta(days=1)}
        self.assignment = assign_benchmark(household=self.household, by=ada.as_actor(), **told)

    def pages(self) -> dict[str, str]:
        """Return every page by name."""
        household, account = [self.household.public_id], [self.account.public_id]
        return {
            "list": reverse("portfolios:benchmark-list"),
            "new": reverse("portfolios:benchmark-new"),
            "detail": reverse("portfolios:benchmark-detail", args=[self.benchmark.public_id]),
            "revise": reverse("portfolios:benchmark-revise", args=[self.benchmark.public_id]),
            "weights": reverse("portfolios:benchmark-passport", args=[self.benchmark.public_id, "weights-1"]),
            "risk": reverse("portfolios:household-risk", args=household),
            "account_risk": reverse("portfolios:account-risk", args=account),
            "attribution": reverse("portfolios:household-attribution", args=household),
            "account_attribution": reverse("portfolios:account-attribution", args=account),
            "sources": reverse("portfolios:household-sources", args=household),
            "account_sources": reverse("portfolios:account-sources", args=account),
            "sleeves": reverse("portfolios:household-sleeves", args=household),
            "account_sleeves": reverse("portfolios:account-sleeves", args=account),
            "concentration": reverse("portfolios:household-concentration", args=household),
            "account_concentration": reverse("portfolios:account-concentration", args=account),
            "choice": reverse("portfolios:household-benchmark", args=household),
            "account_choice": reverse("portfolios:account-benchmark", args=account),
        }


@pytest.fixture
def scene(ada: User) -> Scene:
    return Scene(ada)


OF_FIRM = ["list", "new", "detail", "revise", "weights"]
OF_HOUSEHOLD = ["attribution", "account_attribution", "sources", "account_sources", "risk", "account_risk"]
OF_HOUSEHOLD += ["sleeves", "account_sleeves", "concentration", "account_concentration", "choice", "account_choice"]


@pytest.fixture
def without_permission(sue: User, clay: User) -> list[User]:
    return [sue, clay]


@pytest.mark.parametrize("name", OF_FIRM + OF_HOUSEHOLD)
def test_each_page_opens_for_its_advisor_and_for_nobody_else(
    name: str, scene: Scene, ada: User, mallory: User, without_permission: list[User], sign_in: SignIn
) -> None:
    url = scene.pages()[name]
    assert sign_in(ada).get(url).status_code == 200
    assert sign_in().get(url).status_code == 302
    for other in without_permission:
        assert sign_in(other).get(url).status_code == 403
    assert sign_in(mallory).get(url).status_code == (404 if name in OF_HOUSEHOLD else 200)


def test_a_benchmark_is_defined_changed_and_given_to_a_household(scene: Scene, ada: User, sign_in: SignIn) -> None:
    browser, pages = sign_in(ada), scene.pages()
    typed = {"name": "Balanced", "currency": "usd", "starts_on": "2024-01-01", "rebalanced": "monthly"}
    parts = {"part_1": "aaa", "weight_1": "60", "part_2": "rate", "weight_2": "40"}
    refused = browser.post(pages["new"], typed | parts)
    assert refused.status_code == 422
    assert "rate" in refused.content.decode()
    made.series("rate", {books.DAY: "0.03"})
    assert browser.post(pages["new"], typed | parts | {"weight_2": "30"}).status_code == 422
    assert browser.post(pages["new"], typed | parts).status_code == 302
    balanced = Benchmark.objects.get(name="Balanced")
    assert balanced.currency == "USD"
    revised = {"starts_on": "2025-01-01", "rebalanced": "daily", "part_1": "AAA", "weight_1": "100"}
    url = reverse("portfolios:benchmark-revise", args=[balanced.public_id])
    assert browser.post(url, revised).status_code == 302
    assert balanced.versions.count() == 2
    chosen = {"benchmark": balanced.pk, "starts_on": "2025-06-01"}
    assert browser.post(pages["choice"], chosen).status_code == 302
    assert BenchmarkAssignment.objects.get(household=scene.household, ends_on=None).benchmark == balanced
    row = BenchmarkAssignment.objects.get(ends_on=None)
    url = reverse("portfolios:benchmark-end", args=[row.public_id])
    assert "as a date" in browser.post(url, {"ends_on": "31.13.2025"}, follow=True).text
    row.refresh_from_db()
    assert row.ends_on is None
    assert browser.post(url, {"ends_on": "2025-07-01"}).status_code == 302
    row.refresh_from_db()
    assert row.ends_on == dt.date(2025, 7, 1)
    url = reverse("portfolios:benchmark-offer", args=[balanced.public_id])
    assert browser.post(url).status_code == 302
    balanced.refresh_from_db()
    assert not balanced.is_active


def test_a_reader_who_may_not_edit_sees_the_choice_and_cannot_make_one(
    scene: Scene, connie: User, sign_in: SignIn
) -> None:
    browser, url = sign_in(connie), scene.pages()["choice"]
    assert browser.get(url).status_code == 200
    assert browser.post(url, {"benchmark": scene.benchmark.pk, "starts_on": "2025-06-01"}).status_code == 403


def test_the_returns_stand_beside_the_benchmark(scene: Scene, ada: User, sign_in: SignIn) -> None:
    day = (books.DAY + dt.timedelta(days=9)).isoformat()
    url = reverse("portfolios:household-performance", args=[scene.household.public_id])
    html = sign_in(ada).get(f"{url}?day={day}").content.decode()
    assert "Beside the benchmark" in html
    assert "month-benchmark" not in html  # the benchmark is younger than the month
    assert "No benchmark from" in html


def test_the_pages_ask_the_database_a_fixed_number_of_times(
    scene: Scene, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser, pages = sign_in(ada), scene.pages()
    limits = {
        "list": 14,
        "detail": 16,
        "risk": 34,
        "attribution": 34,
        "sources": 30,
        "sleeves": 38,
        "concentration": 24,
        "choice": 20,
    }
    for name, most in limits.items():
        browser.get(pages[name])
        with django_assert_max_num_queries(most):
            assert browser.get(pages[name]).status_code == 200


def test_the_page_of_attribution_sums_and_its_figures_open(scene: Scene, ada: User, sign_in: SignIn) -> None:
    blend = made.benchmark(ada, (made.series("rate", {dt.date(2024, 1, 1): "0.04"}).key, "1"), name="Cash")
    told: dict[str, Any] = {"benchmark": blend, "starts_on": books.DAY}
    assign_benchmark(household=scene.household, account=scene.account, by=ada.as_actor(), **told)
    browser, day = sign_in(ada), (books.DAY + dt.timedelta(days=9)).isoformat()
    for linked in ("carino", "menchero"):
        asked = f"?day={day}&span=inception&counted=daily&linked={linked}"
        html = browser.get(f"{scene.pages()['account_attribution']}{asked}").content.decode()
        assert "US stocks" in html
        assert "Fees, charges and trading" in html
        addresses = {link.replace("&amp;", "&") for link in re.findall(r'data-figure[^>]*href="([^"]+)"', html)}
        assert len(addresses) > 10
        for address in list(addresses)[:6]:
            assert browser.get(address, headers={"hx-request": "true"}).status_code == 200, address
    html = browser.get(f"{scene.pages()['account_sources']}?day={day}").content.decode()
    assert "inception-source-price" in html
    addresses = {link.replace("&amp;", "&") for link in re.findall(r'data-figure[^>]*href="([^"]+)"', html)}
    effects = [address for address in sorted(addresses) if "-effect-" in address]
    assert len(effects) > 8
    for address in effects:
        assert browser.get(address, headers={"hx-request": "true"}).status_code == 200, address


def test_the_page_of_sleeves_says_what_each_earned_and_its_figures_open(
    scene: Scene, ada: User, sign_in: SignIn
) -> None:
    browser, day = sign_in(ada), (books.DAY + dt.timedelta(days=9)).isoformat()
    html = browser.get(f"{scene.pages()['sleeves']}?day={day}").content.decode()
    assert "No model is followed" in html
    assert "inception-sleeve-us_equity-returned" in html  # a portfolio younger than the year shows all there is
    addresses = {link.replace("&amp;", "&") for link in re.findall(r'data-figure[^>]*href="([^"]+)"', html)}
    assert len(addresses) > 20
    for address in sorted(addresses):
        assert browser.get(address, headers={"hx-request": "true"}).status_code == 200, address
    html = browser.get(f"{scene.pages()['sleeves']}?day={day}&span=five_years").content.decode()
    assert "younger than the period" in html


def test_a_fee_from_elsewhere_is_said_to_be_where_its_amount_is_missing(
    ada: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Scene(ada).account
    paid = [PaidFee(account.pk, books.DAY + dt.timedelta(days=3), Decimal(10), "USD", "INV-1")]
    for each, is_said in ((paid, True), ([], False)):
        monkeypatch.setattr(fees_paid_elsewhere, "paid", lambda *_asked, told=each: told)
        for page in ("account-sources", "account-sleeves"):
            address = reverse(f"portfolios:{page}", args=[account.public_id])
            body = sign_in(ada).get(address, {"span": "inception"}).content.decode()
            assert ("paid from outside the accounts" in body) is is_said
