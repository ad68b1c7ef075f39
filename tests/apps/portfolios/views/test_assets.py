"""Pages of what people value by hand: who may open them, what they do, and what the client sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.clients.models import Household
from apps.desk.selectors.today import today
from apps.portfolios.models import AssetFlow, CashReserve, ManualAsset
from apps.portfolios.selectors.manual_assets import household_assets
from apps.portfolios.selectors.old_values import old_values
from apps.portfolios.selectors.portfolios import household_portfolio
from tests.factories import assets, clients, portfolios

SignIn = Callable[..., Client]
NOBODY = "6f2c1d34-0000-4000-8000-000000000000"
DAY = dt.timedelta(days=1)


def url(name: str, row: Any) -> str:
    return reverse(f"portfolios:{name}", args=[row.public_id])


@pytest.fixture
def home(ada: User) -> Household:
    return clients.household(ada)


@pytest.fixture
def fund(home: Household, ada: User) -> ManualAsset:
    made = assets.fund(home, ada)
    assets.flow(made, ada, "call", "160000")
    assets.flow(made, ada, "gain", "20000", dt.date(2024, 3, 1))
    assets.valued(made, ada, "171234.50", dt.date(2024, 6, 30))
    return made


def test_a_house_comes_into_the_books_and_is_valued(home: Household, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    assert b"Nothing valued by hand" in browser.get(url("household-assets", home)).content
    head = home.people.get(relationship="head")
    told = {
        "name": "Lake house", "kind": "property", "value": "400000", "currency": "usd", "day": "2023-06-01",
        "source": "purchase", "valued_by": "Deed", "asset_class": "real_estate", "registration": "individual",
        "owner": head.pk, "cost": "400000",
    }  # fmt: skip
    assert browser.post(url("asset-new", home), told | {"day": "2123-06-01"}).status_code == 422
    assert browser.post(url("asset-new", home), told).status_code == 302
    asset = ManualAsset.objects.get()
    stated = {"day": "2024-06-01", "value": "431000", "source": "appraiser", "valued_by": "Miller & Co"}
    assert browser.post(url("appraisal-new", asset), stated).status_code == 302
    again = browser.post(url("appraisal-new", asset), stated | {"value": "1"})
    assert again.status_code == 422
    assert b"take that one back first" in again.content
    assert (
        browser.post(url("flow-new", asset), {"kind": "income", "day": "2024-07-01", "amount": "900"}).status_code
        == 302
    )
    page = browser.get(url("asset-detail", asset)).content.decode()
    assert "Miller &amp; Co" in page
    assert "left out of billing" in page
    wrong = asset.appraisals.first()
    assert browser.post(url("appraisal-take-back", wrong), {"reason": "Another house."}).status_code == 302
    billed = {"is_billed": "on", "billing_note": ""}
    assert browser.post(url("asset-terms", asset), billed).status_code == 422
    assert browser.post(url("asset-terms", asset), billed | {"billing_note": "Clause 7"}).status_code == 302
    assert b"Clause 7" in browser.get(url("asset-detail", asset)).content
    assert browser.post(url("asset-end", asset), {"day": "2024-09-01", "proceeds": "450000"}).status_code == 302
    assert browser.post(url("asset-end-take-back", asset), {"reason": "Fell through."}).status_code == 302
    asset.refresh_from_db()
    assert asset.ended_on is None


def test_a_call_is_announced_and_paid(fund: ManualAsset, home: Household, ada: User, sign_in: SignIn) -> None:
    browser = sign_in(ada)
    due = firm_today() + 5 * DAY
    told = {"kind": "call", "day": due.isoformat(), "amount": "900000"}
    refused = browser.post(url("call-new", fund), told)
    assert refused.status_code in {409, 422}
    assert browser.post(url("call-new", fund), told | {"amount": "40000"}).status_code == 302
    assert CashReserve.objects.get(household=home).amount == Decimal(40000)
    call = AssetFlow.objects.announced().get()
    assert "Capital call of Harbor Buyout IV" in [item.title for item in today(ada.as_actor(), firm_today()).items]
    assert b"Capital calls due" in browser.get(url("household-assets", home)).content
    assert browser.post(url("call-pay", call), {"day": firm_today().isoformat()}).status_code == 302
    assert browser.post(url("flow-take-back", call), {"reason": "Another fund's."}).status_code == 302
    assert not AssetFlow.objects.announced().exists()
    assert browser.post(url("fund-new", home), {"name": "Rhein", "commitment": "5"}).status_code == 422


def test_the_figures_of_a_fund_open_their_passports(
    fund: ManualAsset, ada: User, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    browser = sign_in(ada)
    with django_assert_max_num_queries(32):
        page = browser.get(url("asset-detail", fund)).content.decode()
    for figure in ("value", "commitment", "paid_in", "unfunded", "distributed", "tvpi", "dpi", "rvpi", "irr"):
        address = reverse("portfolios:asset-passport", args=[fund.public_id, figure])
        assert address in page
        assert browser.get(address).status_code == 200
    for wrong in ("luck", f"flow-{NOBODY}", "flow-"):
        assert browser.get(reverse("portfolios:asset-passport", args=[fund.public_id, wrong])).status_code == 404


def test_a_value_that_is_old_is_marked_wherever_it_counts(
    fund: ManualAsset, home: Household, ada: User, sign_in: SignIn
) -> None:
    fresh = dt.date(2024, 6, 30) + 120 * DAY
    assert household_portfolio(home, fresh).old_value == 0
    assets.flow(fund, ada, "call", "1000", fresh)  # a flow makes no value newer
    sheet = household_portfolio(home, fresh + DAY)
    assert (sheet.old_value, sheet.old_values) == (sheet.total, ("Harbor Buyout IV",))
    page = household_assets(home, fresh + DAY)
    assert (page.lines[0].is_old, page.lines[0].valued_on) == (True, dt.date(2024, 6, 30))
    assert [each.number for each in old_values(ada.as_actor(), fresh + DAY)] == [1]
    assert old_values(ada.as_actor(), fresh) == []
    browser = sign_in(ada)
    address = url("household-portfolio", home)
    assert b"Part of the total rests on old values" in browser.get(address).content
    assert (
        reverse("portfolios:household-passport", args=[home.public_id, "old"]) in browser.get(address).content.decode()
    )
    assert any(item.title.startswith("Values of") for item in today(ada.as_actor(), firm_today()).items)


def test_listed_prices_and_those_of_files_grow_old_by_their_own_limits(home: Household, ada: User) -> None:
    _household, _account, _security = portfolios.funded(ada)
    last = portfolios.DAY + 7 * DAY
    assert not household_portfolio(_household, last + 5 * DAY).old_holdings
    assert household_portfolio(_household, last + 6 * DAY).old_value == 5500


def test_only_who_may_sees_and_changes_them(
    fund: ManualAsset, home: Household, ada: User, mallory: User, connie: User, sign_in: SignIn
) -> None:
    pages = [
        url("asset-detail", fund),
        url("household-assets", home),
        url("appraisal-new", fund),
        url("fund-new", home),
    ]
    assert [sign_in().get(page).status_code for page in pages] == [302] * 4
    assert [sign_in(mallory).get(page).status_code for page in pages] == [404] * 4
    assert [sign_in(connie).get(page).status_code for page in pages] == [200, 200, 403, 403]
    flow = fund.flows.first()
    assert sign_in(mallory).get(url("flow-take-back", flow)).status_code == 404
    assert sign_in(mallory).get(url("appraisal-take-back", fund.appraisals.first())).status_code == 404
    assert sign_in(ada).get(reverse("portfolios:asset-detail", args=[NOBODY])).status_code == 404


def test_the_client_sees_what_it_is_worth_and_what_may_be_called(
    fund: ManualAsset, home: Household, ada: User, sign_in: SignIn
) -> None:
    assets.notice(fund, ada, "25000", firm_today() + 9 * DAY)
    client = clients.portal_user(home.people.get(relationship="head"))
    browser = sign_in(client)
    page = browser.get(reverse("portal:portfolio")).content.decode()
    assert "Harbor Buyout IV" in page
    assert "May still be called" in page
    for figure in ("value", "unfunded", f"flow-{fund.flows.get(state='announced').public_id}"):
        address = reverse("portal:passport", args=[f"asset-{fund.public_id}-{figure}"])
        assert address in page
        assert browser.get(address).status_code == 200
    assert browser.get(reverse("portal:passport", args=[f"asset-{NOBODY}-value"])).status_code == 404
