"""Pages of composites: who may open them, and what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.portfolios.models import Composite, CompositeMember
from tests.factories import portfolios as books

SignIn = Callable[..., Client]


def test_a_principal_defines_a_composite_and_moves_accounts_in_and_out(
    paul: User, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    account = books.funded(ada)[1]
    browser = sign_in(paul)
    assert b"No composite yet" in browser.get(reverse("portfolios:composite-list")).content
    told = {"name": "Balanced", "definition": "All balanced", "currency": "usd", "inception": "2025-04-02"}
    new = reverse("portfolios:composite-new")
    assert browser.post(new, told).status_code == 422
    assert browser.post(new, told | {"inception": "2025-04-01"}).status_code == 302
    composite = Composite.objects.get()
    url = reverse("portfolios:composite-member-new", args=[composite.public_id])
    chosen = {"account": account.pk, "starts_on": "2025-04-01", "discretion": "Clause 2"}
    assert browser.post(url, chosen).status_code == 302
    page = reverse("portfolios:composite-detail", args=[composite.public_id])
    with django_assert_max_num_queries(40):
        html = browser.get(page).content.decode()
    assert "Clause 2" in html
    assert "data-figure" in html
    html = browser.get(f"{page}?year=2025").content.decode()
    assert "Record by month, 2025" in html
    assert "202504-net" in html
    assert "Record by month" in browser.get(f"{page}?year=nineteen").content.decode()
    passport = reverse("portfolios:composite-passport", args=[composite.public_id, "202504-net"])
    assert "Brokerage" in browser.get(passport, headers={"hx-request": "true"}).content.decode()
    member = CompositeMember.objects.get()
    url = reverse("portfolios:composite-member-end", args=[member.public_id])
    assert browser.post(url, {"ends_on": "2025-05-31", "reason": "Another mandate"}).status_code == 302
    member.refresh_from_db()
    assert member.ends_on == dt.date(2025, 5, 31)


def test_only_those_who_see_the_whole_firm_open_them_and_only_principals_change(
    paul: User, ada: User, connie: User, sign_in: SignIn
) -> None:
    pages = [reverse("portfolios:composite-list"), reverse("portfolios:composite-new")]
    assert [sign_in().get(page).status_code for page in pages] == [302, 302]
    assert [sign_in(ada).get(page).status_code for page in pages] == [403, 403]
    assert [sign_in(connie).get(page).status_code for page in pages] == [200, 403]
    assert [sign_in(paul).get(page).status_code for page in pages] == [200, 200]
    nobody = reverse("portfolios:composite-detail", args=["6f2c1d34-0000-4000-8000-000000000000"])
    assert sign_in(paul).get(nobody).status_code == 404
