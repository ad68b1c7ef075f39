"""Debts and properties over the API: the terms of loans and property tax, as the pages write them."""

from __future__ import annotations

import uuid
from decimal import Decimal

import pytest

from apps.core.models import AuditEvent
from apps.money.models import Debt, Property
from tests.cast import SiteClient
from tests.factories import clients, money
from tests.factories.integrations import partner_of

BASE = "/api/financial-services"
LOAN = {
    "name": "Mortgage", "debt_type": "mortgage", "lender": "First Bank", "balance": "240000", "annual_rate": "0.0625",
    "monthly_payment": "1850", "taken_out_on": "2019-05-01", "as_of": "2026-10-01",
}  # fmt: skip
HOME = {
    "name": "Elm Street 4", "property_type": "home", "value": "520000", "property_tax": "7400", "as_of": "2026-10-01",
}  # fmt: skip
KINDS = {"debts": (Debt, LOAN, "debt"), "properties": (Property, HOME, "property")}


@pytest.fixture
def partner(paul):
    return partner_of(paul, "clients:read", "clients:write")


@pytest.fixture
def head(ada):
    return clients.household(ada).people.get(relationship="head")


def send(client, verb, path, body, **headers):
    return getattr(client, verb)(path, body, content_type="application/json", headers=headers)


def below(person, place):
    return f"{BASE}/clients/{person.public_id}/{place}"


@pytest.mark.parametrize("place", KINDS)
def test_a_fact_is_added_read_changed_and_removed_each_on_the_trail(place, partner, head):
    model, new, word = KINDS[place]
    answer = send(partner, "post", below(head, place), new)
    assert answer.status_code == 201, answer.content
    one = f"{BASE}/{place}/{model.objects.get(household=head.household).public_id}"
    assert answer["Location"] == one
    assert partner.get(below(head, place)).json()["results"][0]["name"] == new["name"]
    read = partner.get(one)
    assert read["ETag"] == answer["ETag"]
    told = read.json()
    assert all(Decimal(told[name]) == Decimal(said) for name, said in new.items() if said.replace(".", "").isdigit())
    changed = {**new, "name": "Another"}
    assert send(partner, "put", one, changed, **{"If-Match": '"old"'}).status_code == 412
    assert send(partner, "put", one, changed, **{"If-Match": read["ETag"]}).json()["name"] == "Another"
    assert partner.delete(one, headers={"If-Match": read["ETag"]}).status_code == 412
    assert partner.delete(one).status_code == 204
    assert partner.get(one).status_code == 404
    for verb in ("add", "change", "remove"):
        assert AuditEvent.objects.filter(action=f"money.{verb}_{word}").count() == 1


def test_a_change_replaces_all_and_what_may_be_deducted_is_told(partner, head):
    one = send(partner, "post", below(head, "debts"), LOAN)["Location"]
    assert partner.get(one).json()["interest_deductible"] is True
    line = {name: said for name, said in LOAN.items() if name not in {"taken_out_on", "lender"}}
    told = send(partner, "put", one, {**line, "debt_type": "home_equity"}).json()
    assert (told["taken_out_on"], told["lender"], told["interest_deductible"]) == (None, "", False)
    bought = {**line, "debt_type": "home_equity", "bought_home": True}
    assert send(partner, "put", one, bought).json()["interest_deductible"] is True


def test_a_property_names_the_debt_that_its_sale_pays_off_among_those_of_the_household(partner, head, ada):
    own = money.fact("debt", head.household, ada)
    others = money.fact("debt", clients.household(ada, name="Okafor"), ada)
    told = send(partner, "post", below(head, "properties"), {**HOME, "debt_id": str(own.public_id)})
    assert told.json()["debt_id"] == str(own.public_id)
    for wrong in (others.public_id, uuid.uuid4()):
        refused = send(partner, "put", told["Location"], {**HOME, "debt_id": str(wrong)})
        assert refused.status_code == 422
        assert "debt_id" in refused.content.decode()
    assert Property.objects.get().debt == own
    assert send(partner, "put", told["Location"], HOME).json()["debt_id"] is None


@pytest.mark.parametrize(
    ("place", "wrong", "field"),
    [
        ("debts", {"annual_rate": "6.25"}, "annual_rate"), ("debts", {"balance": "-1"}, "balance"),
        ("debts", {"debt_type": "loan"}, "debt_type"), ("debts", {"bought_home": True}, "bought_home"),
        ("debts", {"taken_out_on": "2027-01-01"}, "taken_out_on"), ("debts", {"name": ""}, "name"),
        ("properties", {"property_tax": "-1"}, "property_tax"), ("properties", {"value": "much"}, "value"),
        ("properties", {"property_type": "vehicle"}, "property_tax"),
        ("properties", {"cost": "-5"}, "cost"), ("properties", {"sold_share": "2"}, "sold_share"),
        ("properties", {"selling_cost": "0.6"}, "selling_cost"), ("properties", {"sells_on": "2030-01-01"}, "cost"),
        ("properties", {"debt_id": "7"}, "debt_id"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(place, wrong, field, partner, head):
    model, new, _word = KINDS[place]
    answer = send(partner, "post", below(head, place), {**new, **wrong})
    assert 400 <= answer.status_code < 500
    assert field in answer.content.decode()
    assert not model.objects.filter(household=head.household).exists()


@pytest.mark.parametrize("place", KINDS)
def test_scopes_strangers_and_a_repeated_key(place, paul, partner, head):
    model, new, _word = KINDS[place]
    assert SiteClient(headers={"host": "alpha.localhost"}).get(below(head, place)).status_code == 401
    reader = partner_of(paul, "clients:read", name="Reader")
    assert reader.get(below(head, place)).status_code == 200
    assert send(reader, "post", below(head, place), new).status_code == 403
    assert partner_of(paul, "plans:read", name="Other").get(below(head, place)).status_code == 403
    assert partner.get(f"{BASE}/clients/{uuid.uuid4()}/{place}").status_code == 404
    assert partner.get(f"{BASE}/{place}/{uuid.uuid4()}").status_code == 404
    for _again in range(2):
        key = {"Idempotency-Key": str(uuid.UUID(int=9))}
        assert send(partner, "post", below(head, place), new, **key).status_code == 201
    assert model.objects.count() == 1


@pytest.mark.parametrize("place", KINDS)
def test_what_was_read_is_sent_back_with_one_field_changed(place, partner, head):
    _model, new, _word = KINDS[place]
    one = send(partner, "post", below(head, place), new)["Location"]
    read = partner.get(one)
    answer = send(partner, "put", one, {**read.json(), "name": "Renamed"}, **{"If-Match": read["ETag"]})
    assert answer.status_code == 200, answer.content
    assert answer.json()["name"] == "Renamed"
    wrong = send(partner, "put", one, {**read.json(), "id": str(uuid.uuid4())}, **{"If-Match": answer["ETag"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "id")
