import uuid

import pytest

from apps.clients.models import Household, Person
from apps.clients.services.people import update_person
from apps.core.models import AuditEvent
from apps.core.secrets import decrypted
from tests.cast import SiteClient
from tests.factories.clients import household
from tests.factories.integrations import partner_of

BASE = "/api/financial-services/clients"


@pytest.fixture
def partner(paul):
    return partner_of(paul, "clients:read", "clients:write")


@pytest.fixture
def rivera(ada):
    return household(ada)


@pytest.fixture
def ana(rivera):
    return rivera.people.get(relationship="head")


def send(client, verb, path, body, **headers):
    return getattr(client, verb)(path, body, content_type="application/json", headers=headers)


NEW = {
    "first_name": "Io", "last_name": "Wolf", "email": "io@example.com", "tax_id": "536-90-4399",
    "annual_income": "91000.00", "household": {"name": "Wolf", "city": "Salem", "state": "MA"},
}  # fmt: skip


def test_without_a_token_nobody_is_told_anything(ana):
    anonymous = SiteClient(headers={"host": "alpha.localhost"})
    for path in (BASE, f"{BASE}/{ana.public_id}", "/api/households"):
        assert anonymous.get(path).status_code == 401, path


def test_a_token_does_only_what_its_scopes_say(paul, ana):
    other = partner_of(paul, "plans:read")
    assert other.get(BASE).status_code == 403
    reader = partner_of(paul, "clients:read", name="Reader")
    assert reader.get(BASE).status_code == 200
    assert send(reader, "post", BASE, NEW).status_code == 403


def test_a_new_client_heads_a_new_household_under_the_principal(partner, paul):
    answer = send(partner, "post", BASE, NEW)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    person = Person.objects.get(public_id=body["id"])
    assert answer["Location"] == f"{BASE}/{body['id']}"
    assert (person.relationship, person.household.name, person.household.advisor) == ("head", "Wolf", paul)
    assert decrypted(person.tax_id) == "536904399"
    assert body["tax_id_masked"] == "•••• 4399"
    assert "536904399" not in answer.content.decode()
    event = AuditEvent.objects.get(action="clients.add_person")
    assert event.actor_kind == "partner"


def test_a_new_client_joins_a_known_household(partner, rivera):
    body = {"first_name": "Mia", "last_name": "Rivera", "household_id": str(rivera.public_id)}
    refused = send(partner, "post", BASE, body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "relationship")
    assert send(partner, "post", BASE, {**body, "relationship": "child"}).status_code == 201
    assert rivera.people.count() == 5
    unknown = {**body, "household_id": str(uuid.uuid4()), "relationship": "child"}
    assert send(partner, "post", BASE, unknown).status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [({"email": "nobody"}, "email"), ({"tax_id": "000-12-3456"}, "tax_id"), ({"first_name": ""}, "first_name")],
)
def test_a_wrong_field_is_named_and_nothing_is_written(partner, change, field):
    answer = send(partner, "post", BASE, {**NEW, **change})
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert not Household.objects.exists()


def test_a_repeated_request_with_the_same_key_makes_one_client(partner):
    first = send(partner, "post", BASE, NEW, **{"Idempotency-Key": "a-key-of-mine"})
    second = send(partner, "post", BASE, NEW, **{"Idempotency-Key": "a-key-of-mine"})
    assert first.json() == second.json()
    assert Person.objects.count() == 1


def test_a_client_is_read_with_a_tag_and_not_sent_twice(partner, ana):
    answer = partner.get(f"{BASE}/{ana.public_id}")
    assert answer.json()["household"]["name"] == "Rivera"
    assert answer.json()["annual_income"] == "140000.00"
    again = partner.get(f"{BASE}/{ana.public_id}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    part = partner.get(f"{BASE}/{ana.public_id}", {"fields": "id"})
    assert (part.json(), part["ETag"]) == ({"id": str(ana.public_id)}, answer["ETag"])


def test_a_household_has_a_new_tag_when_one_of_its_people_changes(partner, rivera, ana, ada):
    path = f"/api/households/{rivera.public_id}"
    tag = partner.get(path)["ETag"]
    assert partner.get(path, headers={"If-None-Match": tag}).status_code == 304
    update_person(person=ana, fields={"last_name": "Rivera-Lopez"}, by=ada.as_actor())
    answer = partner.get(path, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()["people"][0]["last_name"]) == (200, "Rivera-Lopez")


def test_a_put_replaces_what_is_known_but_keeps_the_tax_number(partner, ana, ada):
    update_person(person=ana, fields={"tax_id": "536-90-4399", "phone": "+16175550100"}, by=ada.as_actor())
    path = f"{BASE}/{ana.public_id}"
    tag = partner.get(path)["ETag"]
    body = {"relationship": "head", "first_name": "Ana", "last_name": "Rivera-Lopez"}
    answer = send(partner, "put", path, body, **{"If-Match": tag})
    assert answer.status_code == 200, answer.content
    ana.refresh_from_db()
    assert (ana.last_name, ana.phone, ana.annual_income) == ("Rivera-Lopez", "", None)
    assert decrypted(ana.tax_id) == "536904399"
    assert answer["ETag"] != tag


def test_a_stale_tag_is_refused_and_changes_nothing(partner, ana, ada):
    path = f"{BASE}/{ana.public_id}"
    tag = partner.get(path)["ETag"]
    update_person(person=ana, fields={"phone": "+16175550100"}, by=ada.as_actor())
    body = {"relationship": "head", "first_name": "X", "last_name": "Y"}
    answer = send(partner, "put", path, body, **{"If-Match": tag})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    ana.refresh_from_db()
    assert ana.first_name == "Ana"


def test_the_short_forms_and_a_trailing_slash_answer_alike(partner, ana):
    bodies = [
        partner.get(path).json()
        for path in (f"{BASE}/{ana.public_id}", f"{BASE}/{ana.public_id}/", f"/api/clients/{ana.public_id}")
    ]
    assert bodies[0] == bodies[1] == bodies[2]
    assert partner.get(f"/api/clients/{uuid.uuid4()}").status_code == 404
    assert partner.get(f"/api/households/{ana.household.public_id}").json()["people"][0]["first_name"] == "Ana"


def test_lists_are_narrowed_sparse_and_paged(partner, ada):
    for name in ("Rivera", "Stone"):
        household(ada, name=name)
    assert len(partner.get(BASE, {"q": "stone"}).json()["results"]) == 4
    assert len(partner.get(BASE, {"relationship": "head"}).json()["results"]) == 2
    sparse = partner.get(BASE, {"fields": "id,first_name", "limit": "3"}).json()
    assert set(sparse["results"][0]) == {"id", "first_name"}
    assert len(sparse["results"]) == 3
    assert sparse["next"]
    assert partner.get(BASE, {"fields": "id,shoe_size"}).status_code == 422
    assert partner.get("/api/households", {"status": "onboarding"}).json()["results"][0]["advisor"]["name"] == "Ada"


def test_a_list_costs_the_same_for_one_and_for_many(partner, ada, django_assert_max_num_queries):
    household(ada)
    partner.get("/api/households")
    with django_assert_max_num_queries(15) as few:
        partner.get("/api/households")
    for n in range(6):
        household(ada, name=f"House{n}")
    with django_assert_max_num_queries(len(few.captured_queries)):
        partner.get("/api/households")


def test_another_firms_client_is_not_found(partner, firm_b):
    assert partner.get(f"{BASE}/{uuid.uuid4()}").status_code == 404
    assert send(partner, "delete", f"{BASE}/{uuid.uuid4()}", {}).status_code == 405
