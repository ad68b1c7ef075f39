"""Rebalancing over the API."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from apps.accounts.models import User
from apps.portfolios.models import RebalanceRun
from tests.cast import SiteClient
from tests.factories.integrations import partner_of
from tests.factories.rebalancing import OffTarget

ASKED = {"mode": "full", "short_rate": "0.4", "long_rate": "0.2", "minimum_amount": "250"}


@pytest.fixture
def scene(ada: User, paul: User) -> OffTarget:
    return OffTarget(ada, paul)


@pytest.fixture
def partner(paul: User) -> SiteClient:
    return partner_of(paul, "portfolios:read", "portfolios:write")


def path(portfolio_id: object) -> str:
    return f"/api/financial-services/portfolios/{portfolio_id}/rebalancing"


def post(client: SiteClient, portfolio_id: object, body: dict[str, object] | None = None, **more: Any) -> Any:
    return client.post(path(portfolio_id), ASKED if body is None else body, content_type="application/json", **more)


def test_a_household_or_an_account_is_rebalanced_and_the_run_can_be_read_again(
    scene: OffTarget, partner: SiteClient
) -> None:
    answer = post(partner, scene.household.public_id)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert {trade["symbol"] for trade in told["trades"]} == {"STK", "BND"}
    assert float(told["totals"]["tracking_after"]) < float(told["totals"]["tracking_before"])
    assert float(told["totals"]["gap"]) < 0.01
    assert partner.get(answer.headers["Location"]).json() == told
    alone = post(partner, scene.two.public_id).json()
    assert {trade["account_id"] for trade in alone["trades"]} == {str(scene.two.public_id)}


def test_a_key_is_answered_from_memory(scene: OffTarget, partner: SiteClient) -> None:
    told = {"headers": {"Idempotency-Key": str(uuid.uuid4())}}
    first, second = (post(partner, scene.household.public_id, **told) for _ in range(2))
    assert (first.status_code, first.json()) == (201, second.json())
    assert RebalanceRun.objects.count() == 1


def test_cash_is_raised_where_it_is_asked(scene: OffTarget, partner: SiteClient) -> None:
    body = {**ASKED, "mode": "raise_cash", "raise_amount": "4000", "raise_in": str(scene.one.public_id)}
    (trade,) = post(partner, scene.household.public_id, body).json()["trades"]
    assert (trade["symbol"], trade["side"], float(trade["quantity"])) == ("STK", "sell", 20)
    assert (float(trade["gain"]), len(trade["lots"])) == (1000, 1)


@pytest.mark.parametrize(
    ("more", "status"),
    [({"mode": "whim"}, 400), ({"short_rate": "1.5"}, 400), ({"mode": "raise_cash"}, 422), ({"long_rate": "0.5"}, 422)],
)
def test_what_cannot_be_is_refused(scene: OffTarget, partner: SiteClient, more: dict[str, str], status: int) -> None:
    answer = post(partner, scene.household.public_id, {**ASKED, **more})
    assert answer.status_code in {status, 422}, answer.text
    assert RebalanceRun.objects.count() == 0


def test_scope_and_sight_are_needed(scene: OffTarget, paul: User) -> None:
    anonymous = SiteClient(headers={"host": "alpha.localhost"})
    assert post(anonymous, scene.household.public_id).status_code == 401
    assert post(partner_of(paul, "portfolios:read", name="Reader"), scene.household.public_id).status_code == 403
    both = partner_of(paul, "portfolios:read", "portfolios:write")
    assert post(both, uuid.uuid4()).status_code == 404
    assert both.get(path(scene.household.public_id)).status_code == 405
    assert both.get(f"/api/financial-services/rebalances/{uuid.uuid4()}").status_code == 404


def test_variants_are_compared_in_one_request(scene: OffTarget, partner: SiteClient) -> None:
    url = f"{path(scene.household.public_id)}/comparison"
    variants = [ASKED, {**ASKED, "mode": "to_band", "band_width": "0.5"}, {**ASKED, "gain_budget": "0"}]
    answer = partner.post(url, {"variants": variants}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    told = answer.json()["variants"]
    assert [each["mode"] for each in told] == ["full", "to_band", "full"]
    assert RebalanceRun.objects.count() == 3
    for wrong in ([ASKED], [ASKED, ASKED], [ASKED, {**ASKED, "band_width": "9"}]):
        assert partner.post(url, {"variants": wrong}, content_type="application/json").status_code == 422
    assert RebalanceRun.objects.count() == 3
