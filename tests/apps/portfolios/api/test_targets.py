"""Accounts opened and moved along, models, targets, drift and lots over the API."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.selectors.firm_days import firm_today
from apps.core.models import AuditEvent
from apps.portfolios.models import Account
from tests.apps.portfolios.selectors.test_drift import Book
from tests.apps.portfolios.services.test_accounts import ready_household
from tests.cast import SiteClient
from tests.factories import clients as people
from tests.factories import models as made
from tests.factories.integrations import partner_of

ROOT = "/api/financial-services"


@pytest.fixture
def partner(paul: User) -> SiteClient:
    return partner_of(paul, "portfolios:read", "portfolios:write")


@pytest.fixture
def book(ada: User, paul: User) -> Book:
    found = Book(ada, paul)
    made.mandate(found.household, found.model, ada)
    return found


def told(household: Any, **changed: object) -> dict[str, Any]:
    head = household.people.get(relationship="head")
    body = {"household_id": str(household.public_id), "name": "Roth IRA", "registration": "roth_ira"}
    return {**body, "owners": [{"person_id": str(head.public_id)}], "number": "55-1234", "custodian": "X", **changed}


def sent(client: SiteClient, verb: str, path: str, body: dict[str, Any], **headers: str) -> Any:
    send = getattr(client, verb)
    return send(f"{ROOT}/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_an_account_is_opened_once_for_one_key(partner: SiteClient, ada: User) -> None:
    household = people.household(ada)
    key = str(uuid.uuid4())
    first = sent(partner, "post", "portfolios", told(household), **{"Idempotency-Key": key})
    again = sent(partner, "post", "portfolios", told(household), **{"Idempotency-Key": key})
    assert (first.status_code, again.status_code) == (201, 201), first.content
    assert first.json() == again.json()
    account = Account.objects.get()
    assert first.json()["status"] == "proposed"
    assert first.json()["number"] == "•••• 1234"
    assert first["Location"].endswith(str(account.public_id))
    assert AuditEvent.objects.filter(action="portfolios.open_account").count() == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"registration": "piggy bank"}, 422),
        ({"owners": []}, 422),
        ({"owners": [{"person_id": str(uuid.uuid4())}]}, 422),
        ({"household_id": str(uuid.uuid4())}, 404),
        ({"currency": "dollars"}, 422),
        ({"name": ""}, 422),
    ],
)
def test_a_wrong_account_is_refused(partner: SiteClient, ada: User, changed: dict[str, Any], status: int) -> None:
    answer = sent(partner, "post", "portfolios", told(people.household(ada), **changed))
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not Account.objects.exists()


def test_an_account_moves_on_when_its_step_has_all_it_needs(partner: SiteClient, ada: User) -> None:
    bare = sent(partner, "post", "portfolios", told(people.household(ada, name="Okafor"))).json()["id"]
    refused = sent(partner, "put", f"portfolios/{bare}/status", {"status": "approved"})
    assert (refused.status_code, refused.json()["code"]) == (409, "account_step")
    assert "agreement is signed" in refused.json()["title"]
    opened = sent(partner, "post", "portfolios", told(ready_household(ada), number="77-9"))
    path = f"portfolios/{opened.json()['id']}"
    tag = partner.get(f"{ROOT}/{path}")["ETag"]
    assert tag == opened["ETag"]
    stale = sent(partner, "put", f"{path}/status", {"status": "approved"}, **{"If-Match": '"old"'})
    assert stale.status_code == 412
    moved = sent(partner, "put", f"{path}/status", {"status": "approved"}, **{"If-Match": tag})
    assert (moved.status_code, moved.json()["status"]) == (200, "approved")
    assert moved["ETag"] != tag
    wrong = sent(partner, "put", f"{path}/status", {"status": "closing"})
    assert wrong.status_code == 409
    assert sent(partner, "put", f"{path}/status", {"status": "rich"}).status_code == 422


def test_drift_and_targets_are_those_of_the_page(partner: SiteClient, book: Book) -> None:
    made.restricted(book.household, book.ada)
    made.reserved(book.household, book.ada)
    one = f"{ROOT}/portfolios/{book.household.public_id}"
    answer = partner.get(f"{one}/drift")
    (sheet,) = answer.json()["sheets"]
    assert (sheet["investable"], sheet["reserve"], sheet["is_out"]) == ("17500.0000", "2500.0000", True)
    assert [line["name"] for line in sheet["classes"]] == ["Stocks", "Bonds", "Cash"]
    assert sheet["securities"][0]["held_as"] == ["STK2"]
    assert partner.get(f"{one}/drift", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    targets = partner.get(f"{one}/targets").json()
    assert targets["targets"][0]["model"] == "Balanced"
    assert targets["targets"][0]["sleeves"][0]["holdings"][0]["substitutes"] == ["STK2"]
    assert targets["restrictions"][0]["asset_class"] == "commodities"
    assert targets["reserves"][0]["amount"] == "2500.00"
    alone = partner.get(f"{ROOT}/portfolios/{book.two.public_id}/drift").json()
    assert alone["sheets"][0]["account_id"] == str(book.two.public_id)
    early = partner.get(f"{one}/drift", {"as_of": "2026-01-05"}).json()
    assert early["sheets"] == []


def test_models_are_read_with_what_is_in_force(partner: SiteClient, book: Book) -> None:
    made.draft(book.ada, made.known(), name="Draft alone")
    listed = partner.get(f"{ROOT}/models").json()["results"]
    by_name = {each["name"]: each for each in listed}
    assert by_name["Balanced"]["version"] == 1
    assert by_name["Balanced"]["effective_from"] == firm_today().isoformat()
    assert by_name["Draft alone"]["version"] is None
    assert by_name["Draft alone"]["sleeves"] == []
    one = partner.get(f"{ROOT}/models/{book.model.public_id}")
    assert one.json()["sleeves"][0]["weight"] == "0.600000"
    assert (one.json()["benchmark"], one.json()["benchmark_id"]) == (None, None)
    assert one["ETag"]


def test_lots_are_those_of_the_account(partner: SiteClient, book: Book) -> None:
    lots = partner.get(f"{ROOT}/accounts/{book.one.public_id}/lots").json()
    assert [(lot["symbol"], lot["quantity"]) for lot in lots["lots"]] == [
        ("STK", "60.00000000"),
        ("STK2", "40.00000000"),
    ]
    assert lots["lots"][0]["is_long_term"] is True


def test_who_may_only_read_cannot_write_and_nobody_reads_without_the_scope(book: Book, paul: User) -> None:
    reader, other = partner_of(paul, "portfolios:read"), partner_of(paul, "clients:read", name="Other")
    assert sent(reader, "post", "portfolios", told(book.household)).status_code == 403
    assert sent(reader, "put", f"portfolios/{book.one.public_id}/status", {"status": "closing"}).status_code == 403
    for path in (f"portfolios/{book.one.public_id}/drift", f"accounts/{book.one.public_id}/lots", "models"):
        assert other.get(f"{ROOT}/{path}").status_code == 403
        assert SiteClient(headers={"host": "alpha.localhost"}).get(f"{ROOT}/{path}").status_code == 401
