"""Rates of exchange on their pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.test import Client
from django.urls import reverse
from django_tenants.utils import schema_context

from apps.accounts.models import User
from apps.market.services.illustrative_rates import SimulatedRates
from apps.market.services.rates import take_rates
from tests.days import today
from tests.factories import market

SignIn = Callable[..., Client]
LIST = reverse("portfolios:exchange-rate-list")
PAGE = reverse("portfolios:exchange-rate", args=["eur-usd"])


def passport(figure: str) -> str:
    return reverse("portfolios:exchange-rate-passport", args=["eur-usd", figure])


def test_what_is_known_of_rates_is_shown_with_its_source_and_its_change(ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    assert "No rate is known yet" in browser.get(LIST).content.decode()
    market.rates(("EUR", "USD"), {today() - dt.timedelta(days=368): "1.0", today(): "1.25"})
    with schema_context("public"):
        take_rates(provider=SimulatedRates([today()]), by=market.JOB)
    body = browser.get(LIST).content.decode()
    assert all(text in body for text in ("EUR/USD", "USD/JPY", "1.25", "25.00%", "simulated", "load_currency_rates"))
    body = browser.get(PAGE).content.decode()
    assert all(text in body for text in ("EUR/USD", "1.25", "25.00%"))
    assert "The last rates are simulated." not in body
    drawn = browser.get(reverse("portfolios:exchange-rate", args=["usd-jpy"])).content.decode()
    assert "The last rates are simulated." in drawn
    assert "1.25" in browser.get(passport("rate")).content.decode()
    assert "25.00%" in browser.get(passport("total-one_year")).content.decode()
    for figure in ("total-ten_years", "nonsense"):
        assert browser.get(passport(figure)).status_code == 404
    for pair in ("eur-xxx", "eur", "usd-eur"):
        assert browser.get(reverse("portfolios:exchange-rate", args=[pair])).status_code == 404


def test_who_may_not_see_portfolios_is_refused(ada: User, sue: User, clay: User, sign_in: SignIn) -> None:
    market.rates(("EUR", "USD"), {today(): "1.25"})
    for address in (LIST, PAGE, passport("rate")):
        assert sign_in().get(address).status_code == 302
        for user in (sue, clay):
            assert sign_in(user).get(address).status_code == 403


def test_many_pairs_take_as_many_queries_as_one(
    ada: User, sign_in: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for other in ("EUR", "GBP", "AUD", "NZD"):
        market.rates((other, "USD"), {today(): str(Decimal("1.5"))})
    browser = sign_in(ada)
    browser.get(LIST)
    with django_assert_max_num_queries(10):  # type: ignore[attr-defined]
        assert browser.get(LIST).status_code == 200
