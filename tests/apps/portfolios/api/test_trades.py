"""Proposing trades over the API: the same door as the page, once per key, and never past a checkpoint."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest

from apps.accounts.models import User
from apps.portfolios.models import BlockOrder, Restriction, TradeProposal, TradeState
from tests.cast import SiteClient
from tests.factories import portfolios as made
from tests.factories.integrations import partner_of
from tests.factories.trades import ordered, ready

BASE = "/api/financial-services"


@pytest.fixture
def partner(paul: User) -> SiteClient:
    return partner_of(paul, "portfolios:read", "portfolios:write")


def body(account: Any, **more: Any) -> dict[str, Any]:
    line = {"account_id": str(account.public_id), "side": "sell", "symbol": "AAA", "quantity": "10", **more}
    return {"purpose": "Raise cash", "lines": [line]}


def post(client: SiteClient, portfolio: Any, told: dict[str, Any], **headers: str) -> Any:
    path = f"{BASE}/portfolios/{portfolio}/trades"
    return client.post(path, json.dumps(told), content_type="application/json", headers=headers)


def test_trades_are_proposed_and_read_back(ada: User, partner: SiteClient) -> None:
    household, account, _ = made.funded(ada)
    answer = post(partner, household.public_id, body(account, limit_price="54"))
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["lines"][0]["estimated_amount"]) == ("draft", "550.00")
    assert answer["Location"] == f"{BASE}/trades/{told['id']}"
    one = partner.get(answer["Location"])
    assert one.json()["lines"][0]["limit_price"] == "54.000000"
    assert partner.get(answer["Location"], headers={"if-none-match": one["ETag"]}).status_code == 304
    assert post(partner, account.public_id, body(account)).status_code == 201
    listed = partner.get(f"{BASE}/portfolios/{household.public_id}/trades").json()["results"]
    assert len(listed) == 2
    assert len(partner.get(f"{BASE}/trades?fields=id,state").json()["results"][0]) == 2


def test_lots_are_named_with_their_gain_and_tax(ada: User, partner: SiteClient) -> None:
    household, account, fund = made.funded(ada)
    made.tax_rate(ada, household)
    day = made.DAY + dt.timedelta(days=8)
    made.entry(account, ada, "buy", day, instrument=fund, units="10", cash="-600", price="60")
    lots = partner.get(f"{BASE}/accounts/{account.public_id}/lots").json()
    listed = lots.get("results", lots.get("lots", lots))
    last = max(listed, key=lambda each: each["acquired_on"])
    named = [{"lot_id": last["lot_id"], "quantity": "4"}]
    told = body(account, lots=named)
    del told["lines"][0]["quantity"]
    (line,) = post(partner, household.public_id, told).json()["lines"]
    assert (line["quantity"], line["estimated_gain"], line["estimated_tax"]) == ("4.00000000", "-20.00", "-4.00")
    assert line["lots"] == [{"lot_id": last["lot_id"], "acquired_on": day.isoformat(), "quantity": "4.00000000"}]
    wrong = post(partner, household.public_id, body(account, lots=[{"lot_id": "nobody's", "quantity": "10"}]))
    assert wrong.json()["code"] == "trade_refused"
    # without lots: by the standing order
    (line,) = post(partner, household.public_id, body(account)).json()["lines"]
    assert (line["estimated_gain"], line["lots"]) == ("50.00", [])


def test_a_body_with_too_many_lines_is_refused(ada: User, partner: SiteClient) -> None:
    household, account, _ = made.funded(ada)
    told = body(account)
    told["lines"] *= 201
    assert post(partner, household.public_id, told).status_code in {400, 422}
    assert not TradeProposal.objects.exists()


def test_the_same_key_proposes_once(ada: User, partner: SiteClient) -> None:
    household, account, _ = made.funded(ada)
    key = {"idempotency-key": "key-of-trades-1"}
    first = post(partner, household.public_id, body(account), **key)
    assert post(partner, household.public_id, body(account), **key).json() == first.json()
    assert TradeProposal.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"quantity": "1000"}, "trade_oversold"),
        ({"symbol": "NOPE"}, "invalid_input"),
        ({"quantity": "-1"}, "trade_refused"),
        ({"limit_price": "5400"}, "trade_refused"),
        ({"side": "buy", "quantity": "1000"}, "trade_cash_short"),
    ],
)
def test_a_refusal_says_what_is_wrong(ada: User, partner: SiteClient, more: dict[str, str], code: str) -> None:
    household, account, _ = made.funded(ada)
    answer = post(partner, household.public_id, body(account, **more))
    assert answer.status_code in {409, 422}
    assert answer.json()["code"] == code
    assert not TradeProposal.objects.exists()


def test_a_restriction_holds_here_as_well(ada: User, partner: SiteClient) -> None:
    household, account, fund = made.funded(ada)
    Restriction.objects.create(household=household, kind="hold", instrument=fund, reason="x", from_day=made.DAY)
    assert post(partner, household.public_id, body(account)).json()["code"] == "trade_restricted"


def test_submitted_trades_wait_for_people_and_nothing_is_ordered(ada: User, partner: SiteClient, connie: User) -> None:
    household, account, _ = ready(ada)
    answer = post(partner, household.public_id, {**body(account), "submit": True})
    assert answer.json()["state"] == TradeState.CHECKING
    assert not BlockOrder.objects.exists()
    # a partner's application is no advisor: one of the firm stands for the recommendation
    from apps.accounts.models import ApprovalRequest

    kinds = set(ApprovalRequest.objects.values_list("kind", flat=True))
    assert kinds == {"portfolios.trade_advisor", "portfolios.trade_compliance"}


def test_orders_are_read(ada: User, connie: User, partner: SiteClient) -> None:
    household, account, fund = ready(ada)
    from tests.factories.trades import line

    (block,) = ordered(ada, connie, line(account, fund), household=household)
    (told,) = partner.get(f"{BASE}/orders").json()["results"]
    assert (told["reference"], told["state"], told["filled"]) == (block.reference, "sent", "0.00000000")
    assert partner.get(f"{BASE}/orders/{block.public_id}").json()["symbol"] == "AAA"
    assert partner.post(f"{BASE}/orders", {}, content_type="application/json").status_code == 405


def test_scopes_and_strangers(ada: User, paul: User, partner: SiteClient) -> None:
    household, account, _ = made.funded(ada)
    reader = partner_of(paul, "portfolios:read", name="Reader")
    assert post(reader, household.public_id, body(account)).status_code == 403
    anonymous = SiteClient(headers={"host": "alpha.localhost"})
    assert post(anonymous, household.public_id, body(account)).status_code == 401
    assert post(partner, uuid.uuid4(), body(account)).status_code == 404
    assert partner.get(f"{BASE}/trades/{uuid.uuid4()}").status_code == 404
