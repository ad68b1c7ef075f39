"""Accounts, holdings and transactions over the API."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts.models import User
from apps.portfolios.services.benchmarks import assign_benchmark
from tests.cast import SiteClient
from tests.factories import benchmarks, market
from tests.factories import portfolios as made
from tests.factories.integrations import partner_of

ACCOUNTS = "/api/financial-services/accounts"
WEEK = made.DAY + dt.timedelta(days=7)


@pytest.fixture
def partner(paul: User) -> SiteClient:
    return partner_of(paul, "portfolios:read")


@pytest.fixture
def scene(ada: User) -> Any:
    return made.funded(ada)


def paths(scene: Any) -> list[str]:
    household, account, _ = scene
    one = f"{ACCOUNTS}/{account.public_id}"
    portfolio = f"/api/financial-services/households/{household.public_id}/portfolio"
    return [ACCOUNTS, one, f"{one}/holdings", f"{one}/transactions", portfolio, "/api/marketdata/equity"]


def test_without_a_token_or_the_scope_nothing_is_told(scene: Any, paul: User) -> None:
    anonymous = SiteClient(headers={"host": "alpha.localhost"})
    other = partner_of(paul, "clients:read")
    for path in paths(scene):
        assert anonymous.get(path).status_code == 401, path
        assert other.get(path).status_code == 403, path


def test_reading_is_all_there_is(scene: Any, partner: SiteClient) -> None:
    for path in paths(scene):
        assert partner.post(path, {}, content_type="application/json").status_code in {403, 405}, path


def test_what_is_not_there_is_not_found(partner: SiteClient, scene: Any) -> None:
    nobody = uuid.uuid4()
    for path in (
        f"{ACCOUNTS}/{nobody}",
        f"{ACCOUNTS}/{nobody}/holdings",
        f"{ACCOUNTS}/{nobody}/transactions",
        f"/api/financial-services/households/{nobody}/portfolio",
        "/api/marketdata/equity/NOPE",
    ):
        answer = partner.get(path)
        assert answer.status_code == 404, path
        assert answer["content-type"] == "application/problem+json"


def test_an_account_shows_no_number_but_its_last_four(partner: SiteClient, scene: Any) -> None:
    household, account, _ = scene
    (row,) = partner.get(f"{ACCOUNTS}?household={household.public_id}").json()["results"]
    assert row == partner.get(f"{ACCOUNTS}/{account.public_id}/").json()
    assert (row["number"], row["tax_treatment"], row["household_id"]) == (
        "•••• 5678",
        "taxable",
        str(household.public_id),
    )
    assert [Decimal(owner["share"]) for owner in row["owners"]] == [1]
    assert partner.get(f"{ACCOUNTS}?status=closed").json()["results"] == []
    tag = partner.get(f"{ACCOUNTS}/{account.public_id}?fields=id,number")["ETag"]
    assert partner.get(f"{ACCOUNTS}/{account.public_id}", headers={"If-None-Match": tag}).status_code == 304


def test_holdings_of_any_day(partner: SiteClient, scene: Any) -> None:
    path = f"{ACCOUNTS}/{scene[1].public_id}/holdings"
    week = partner.get(f"{path}?as_of={WEEK}").json()
    assert (Decimal(week["total"]), Decimal(week["cash"]), week["unpriced"]) == (10_500, 5_000, [])
    assert [(row["symbol"], Decimal(row["quantity"]), row["price_as_of"]) for row in week["holdings"]] == [
        ("AAA", 100, WEEK.isoformat())
    ]
    assert partner.get(f"{path}?as_of={made.DAY}").json()["holdings"] == []


@pytest.mark.parametrize("day", ["2999-01-01", "yesterday"])
def test_a_day_that_is_none_is_refused_at_its_field(partner: SiteClient, scene: Any, day: str) -> None:
    answer = partner.get(f"{ACCOUNTS}/{scene[1].public_id}/holdings?as_of={day}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "as_of"


def test_transactions_are_filtered_and_paged(partner: SiteClient, scene: Any) -> None:
    path = f"{ACCOUNTS}/{scene[1].public_id}/transactions"
    page = partner.get(f"{path}?limit=1").json()
    assert len(page["results"]) == 1
    assert page["next"]
    assert set(partner.get(f"{path}?fields=id,kind").json()["results"][0]) == {"id", "kind"}
    (buy,) = partner.get(f"{path}?kind=buy&since={made.DAY}").json()["results"]
    assert (buy["symbol"], Decimal(buy["quantity"]), Decimal(buy["amount"])) == ("AAA", 100, -5000)
    (deposit,) = partner.get(f"{path}?kind=deposit").json()["results"]
    assert (deposit["symbol"], deposit["reversal_of"]) == (None, None)


def test_a_households_portfolio(partner: SiteClient, scene: Any) -> None:
    path = f"/api/financial-services/households/{scene[0].public_id}/portfolio?as_of={WEEK}"
    sheet = partner.get(path).json()
    assert (Decimal(sheet["total"]), Decimal(sheet["managed"]), sheet["simulated_from"]) == (10_500, 10_500, None)
    assert {row["asset_class"] for row in sheet["allocation"]} == {"us_equity", "cash"}


def test_market_data_says_its_day_its_source_and_whether_it_is_simulated(partner: SiteClient, scene: Any) -> None:
    fund = market.security("SIM", simulated_from=made.DAY, source="a table")
    today = dt.datetime.now(dt.UTC).date()
    market.daily(fund, today - dt.timedelta(days=4), ["10", "11", "10", "11"])
    answer = partner.get("/api/marketdata/equity/sim").json()
    (quote,) = answer["quotes"]
    assert (Decimal(quote["price"]), quote["source"], quote["is_simulated"]) == (11, "a table", True)
    assert quote["volatility"] > 1
    assert answer["as_of"] == (today - dt.timedelta(days=1)).isoformat()
    assert "SIM" in {row["symbol"] for row in partner.get("/api/marketdata/fund").json()["quotes"]}
    assert partner.get("/api/marketdata/tulips").status_code == 422


def test_performance_of_a_household_and_of_an_account(partner: SiteClient, scene: Any) -> None:
    household, account, _ = scene
    base = "/api/financial-services/portfolios"
    asked = f"?as_of={WEEK.isoformat()}"
    one = partner.get(f"{base}/{account.public_id}/performance{asked}")
    body = one.json()
    assert (body["inception"], body["currency"], body["known_at"]) == (made.DAY.isoformat(), "USD", None)
    whole = next(period for period in body["periods"] if period["period"] == "inception")
    parts = [Decimal(whole[name]) for name in ("opening", "money_in", "gain", "closing")]
    assert parts[0] + parts[1] + parts[2] - Decimal(whole["money_out"]) == parts[3]
    assert whole["annual_net"] is None
    assert partner.get(f"{base}/{household.public_id}/performance{asked}").json()["periods"] == body["periods"]
    young = next(period for period in body["periods"] if period["period"] == "five_years")
    assert young["net"] is None
    assert "younger" in young["reason"]
    assert partner.get(f"{base}/{account.public_id}/performance{asked}&fields=currency").json() == {"currency": "USD"}
    again = partner.get(f"{base}/{account.public_id}/performance{asked}", headers={"If-None-Match": one["ETag"]})
    assert again.status_code == 304
    before = partner.get(f"{base}/{account.public_id}/performance{asked}&known_at=2020-01-01T00:00:00Z").json()
    assert before["periods"] == []
    for wrong in ("&known_at=yesterday", "&as_of=2999-01-01"):
        assert partner.get(f"{base}/{account.public_id}/performance?{wrong[1:]}").status_code == 422
    assert partner.get(f"{base}/{uuid.uuid4()}/performance").status_code == 404


def test_returns_by_sleeve_sum_to_the_performance(partner: SiteClient, scene: Any) -> None:
    household, account, _ = scene
    base, asked = f"/api/financial-services/portfolios/{account.public_id}", f"?as_of={WEEK.isoformat()}"
    body = partner.get(f"{base}/sleeves{asked}").json()
    whole = next(p for p in partner.get(f"{base}/performance{asked}").json()["periods"] if p["period"] == "inception")
    assert [row["key"] for row in body["sleeves"]] == ["us_equity", "cash", "fees", "rest"]
    assert sum(row["contribution"] for row in body["sleeves"]) == pytest.approx(whole["net"], abs=1e-12)
    for name in ("opening", "gain", "closing"):
        assert (
            sum(Decimal(row[name]) for row in body["sleeves"]) == Decimal(whole[name]) == Decimal(body["total"][name])
        )
    assert (body["period"], body["models"], body["reason"]) == ("inception", [], "")
    young = partner.get(f"{base}/sleeves{asked}&period=five_years").json()
    assert (young["sleeves"], young["total"]) == ([], None)
    assert "younger" in young["reason"]
    assert partner.get(f"{base}/sleeves{asked}&period=fortnight").status_code == 422
    one = partner.get(f"/api/financial-services/portfolios/{household.public_id}/sleeves{asked}&fields=currency")
    assert one.json() == {"currency": "USD"}
    assert partner.get(f"/api/financial-services/portfolios/{uuid.uuid4()}/sleeves").status_code == 404


def test_effects_sum_to_the_performance(partner: SiteClient, scene: Any) -> None:
    base, asked = f"/api/financial-services/portfolios/{scene[1].public_id}", f"?as_of={WEEK.isoformat()}"
    body = partner.get(f"{base}/effects{asked}").json()
    whole = next(p for p in partner.get(f"{base}/performance{asked}").json()["periods"] if p["period"] == "inception")
    assert sum(Decimal(row["total"]["amount"]) for row in body["classes"]) == Decimal(whole["gain"]) == 500
    assert body["total"]["total"]["rate"] == pytest.approx(whole["net"], abs=1e-12)
    stocks = body["classes"][0]
    assert stocks["holdings"][0]["name"] == "AAA"
    assert (Decimal(stocks["capital"]["amount"]), stocks["income"], stocks["currency"]) == (500, None, None)
    assert "younger" in partner.get(f"{base}/effects{asked}&period=five_years").json()["reason"]
    assert partner.get(f"{base}/effects{asked}&period=fortnight").status_code == 422


def test_performance_stands_beside_the_benchmark_and_tells_the_risk(partner: SiteClient, scene: Any, ada: User) -> None:
    household, account, _ = scene
    benchmarks.series("rate_of_cash", {made.DAY - dt.timedelta(days=9): "0.05"})
    blend = benchmarks.benchmark(ada, ("rate_of_cash", "1"))
    assign_benchmark(household=household, benchmark=blend, starts_on=made.DAY, by=ada.as_actor())
    base = f"/api/financial-services/portfolios/{account.public_id}/performance?as_of={WEEK.isoformat()}"
    body = partner.get(base).json()
    assert body["benchmark"] == "Blend"
    (choice,) = body["benchmark_choices"]
    assert (choice["name"], choice["reason"], choice["model_id"]) == ("Blend", "household", None)
    assert (choice["first_day"], choice["last_day"]) == (made.DAY.isoformat(), WEEK.isoformat())
    whole = next(period for period in body["periods"] if period["period"] == "inception")
    assert whole["benchmark"] == pytest.approx(1.05 ** (8 / 365) - 1)
    assert whole["difference"] == pytest.approx(whole["net"] - whole["benchmark"])
    (risk,) = body["risk"]
    assert (risk["period"], risk["observations"]) == ("inception", 0)
    assert risk["figures"]["volatility"] is None
    assert "too few" in risk["reasons"]["volatility"]
    assert partner.get(f"{base}&counted=daily").json()["risk_counted_in"] == "daily"
    assert partner.get(f"{base}&counted=hourly").status_code == 422


def test_benchmarks_are_listed_with_their_dated_parts(partner: SiteClient, scene: Any, ada: User, paul: User) -> None:
    blend = benchmarks.benchmark(ada, ("AAA", "1"))
    url = "/api/financial-services/benchmarks"
    (row,) = partner.get(url).json()["results"]
    assert row["versions"][0]["parts"] == [{"symbol": "AAA", "name": "AAA fund", "weight": "1.00000000"}]
    one = partner.get(f"{url}/{blend.public_id}")
    assert one.json()["name"] == "Blend"
    assert partner.get(f"{url}/{blend.public_id}", headers={"If-None-Match": one["ETag"]}).status_code == 304
    assert partner.get(f"{url}/{uuid.uuid4()}").status_code == 404
    assert partner_of(paul, "clients:read", name="Other").get(url).status_code == 403
    assert partner.post(url, {}, content_type="application/json").status_code in {403, 405}
