"""Grants and yearly payments over the API: the services of the pages, whose they are, and errors at their field."""

from __future__ import annotations

import uuid

import pytest

from apps.core.models import AuditEvent
from apps.money.models import EquityGrant, YearlyPayment
from tests.cast import SiteClient
from tests.factories import clients
from tests.factories.integrations import partner_of

BASE = "/api/financial-services"
NEW = {
    "company": "Acme", "grant_type": "rsu", "granted_on": "2025-03-01", "quantity": "400", "price": "52.50",
    "as_of": "2026-10-01", "vesting_months": 48, "cliff_months": 12,
}  # fmt: skip


@pytest.fixture
def partner(paul):
    return partner_of(paul, "clients:read", "clients:write")


@pytest.fixture
def head(ada):
    return clients.household(ada).people.get(relationship="head")


def send(client, verb, path, body, **headers):
    return getattr(client, verb)(path, body, content_type="application/json", headers=headers)


def grants_of(person):
    return f"{BASE}/clients/{person.public_id}/equity-grants"


def test_a_grant_is_added_read_changed_and_removed_each_on_the_trail(partner, head):
    answer = send(partner, "post", grants_of(head), NEW)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    grant = EquityGrant.objects.get(public_id=body["id"])
    assert (grant.person, grant.name, grant.quantity, grant.every_months) == (head, "Acme", 400, 3)
    one = f"{BASE}/equity-grants/{body['id']}"
    assert answer["Location"] == one
    assert partner.get(grants_of(head)).json()["results"][0]["company"] == "Acme"
    read = partner.get(one)
    assert read["ETag"] == answer["ETag"]
    changed = {**NEW, "quantity": "500", "cliff_months": 0}
    assert send(partner, "put", one, changed, **{"If-Match": '"old"'}).status_code == 412
    assert send(partner, "put", one, changed, **{"If-Match": read["ETag"]}).json()["quantity"] == "500.0000"
    assert partner.delete(one, headers={"If-Match": read["ETag"]}).status_code == 412
    assert partner.delete(one).status_code == 204
    assert partner.get(one).status_code == 404
    for verb in ("add", "change", "remove"):
        assert AuditEvent.objects.filter(action=f"money.{verb}_grant").count() == 1


def test_shares_of_earlier_exercises_and_the_tax_they_left_go_in_and_come_out(partner, head):
    exercised = {
        **NEW, "grant_type": "iso", "strike": "9", "held_shares": "100", "exercised_on": "2026-04-01",
        "exercise_worth": "41.50", "minimum_tax_credit": "1200",
    }  # fmt: skip
    told = send(partner, "post", grants_of(head), exercised).json()
    assert told["held_shares"] == "100.0000"
    assert (told["exercise_worth"], told["minimum_tax_credit"]) == ("41.5000", "1200.00")
    refused = send(partner, "post", grants_of(head), {**exercised, "exercised_on": "2025-01-01"})
    assert 400 <= refused.status_code < 500
    assert "exercised_on" in refused.content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"strike": "10"}, "strike"), ({"grant_type": "gift"}, "grant_type"), ({"quantity": "0"}, "quantity"),
        ({"cliff_months": 60}, "cliff_months"), ({"company": ""}, "company"), ({"discount": "0.1"}, "discount"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(wrong, field, partner, head):
    answer = send(partner, "post", grants_of(head), {**NEW, **wrong})
    assert 400 <= answer.status_code < 500
    assert field in answer.content.decode()
    assert not EquityGrant.objects.exists()


def test_the_same_post_adds_one(partner, head):
    for _again in range(2):
        assert (
            send(partner, "post", grants_of(head), NEW, **{"Idempotency-Key": str(uuid.UUID(int=7))}).status_code == 201
        )
    assert EquityGrant.objects.count() == 1


def test_scopes_and_strangers(paul, partner, head):
    assert SiteClient(headers={"host": "alpha.localhost"}).get(grants_of(head)).status_code == 401
    reader = partner_of(paul, "clients:read", name="Reader")
    assert reader.get(grants_of(head)).status_code == 200
    assert send(reader, "post", grants_of(head), NEW).status_code == 403
    assert partner_of(paul, "plans:read", name="Other").get(grants_of(head)).status_code == 403
    assert partner.get(f"{BASE}/clients/{uuid.uuid4()}/equity-grants").status_code == 404
    assert partner.get(f"{BASE}/equity-grants/{uuid.uuid4()}").status_code == 404


PAID = {
    "name": "Food bank", "payment_type": "gift", "annual_amount": "3000", "as_of": "2026-10-01", "last_year": 2040
}  # fmt: skip


def payments_of(person):
    return f"{BASE}/clients/{person.public_id}/yearly-payments"


def test_a_payment_is_added_read_changed_and_removed_each_on_the_trail(partner, head):
    answer = send(partner, "post", payments_of(head), PAID)
    assert answer.status_code == 201, answer.content
    paid = YearlyPayment.objects.get(public_id=answer.json()["id"])
    assert (paid.household, paid.kind, paid.annual_amount, paid.last_year) == (head.household, "gift", 3_000, 2040)
    one = f"{BASE}/yearly-payments/{paid.public_id}"
    assert answer["Location"] == one
    assert partner.get(payments_of(head)).json()["results"][0]["name"] == "Food bank"
    partnered = head.household.people.exclude(pk=head.pk).first()
    assert partnered is None or partner.get(payments_of(partnered)).json()["results"][0]["name"] == "Food bank"
    read = partner.get(one)
    changed = {name: value for name, value in PAID.items() if name != "last_year"} | {"annual_amount": "3500"}
    assert send(partner, "put", one, changed, **{"If-Match": '"old"'}).status_code == 412
    body = send(partner, "put", one, changed, **{"If-Match": read["ETag"]}).json()
    assert (body["annual_amount"], body["last_year"]) == ("3500.00", None)
    assert partner.delete(one, headers={"If-Match": read["ETag"]}).status_code == 412
    assert partner.delete(one).status_code == 204
    assert partner.get(one).status_code == 404
    for verb in ("add", "change", "remove"):
        assert AuditEvent.objects.filter(action=f"money.{verb}_payment").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"annual_amount": "-1"}, "annual_amount"), ({"payment_type": "loan"}, "payment_type"), ({"name": ""}, "name"),
        ({"first_year": 2045}, "last_year"), ({"in_costs": True}, "in_costs"), ({"last_year": 12}, "last_year"),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_is_refused_at_its_field(wrong, field, partner, head):
    answer = send(partner, "post", payments_of(head), {**PAID, **wrong})
    assert 400 <= answer.status_code < 500
    assert field in answer.content.decode()
    assert not YearlyPayment.objects.exists()


def test_payments_obey_scopes_strangers_and_a_repeated_key(paul, partner, head):
    assert SiteClient(headers={"host": "alpha.localhost"}).get(payments_of(head)).status_code == 401
    reader = partner_of(paul, "clients:read", name="Reader")
    assert reader.get(payments_of(head)).status_code == 200
    assert send(reader, "post", payments_of(head), PAID).status_code == 403
    assert partner_of(paul, "plans:read", name="Other").get(payments_of(head)).status_code == 403
    assert partner.get(f"{BASE}/clients/{uuid.uuid4()}/yearly-payments").status_code == 404
    assert partner.get(f"{BASE}/yearly-payments/{uuid.uuid4()}").status_code == 404
    for _again in range(2):
        key = {"Idempotency-Key": str(uuid.UUID(int=8))}
        assert send(partner, "post", payments_of(head), PAID, **key).status_code == 201
    assert YearlyPayment.objects.count() == 1
