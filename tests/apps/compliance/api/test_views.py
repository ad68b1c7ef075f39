import uuid

import pytest

from apps.compliance.engine.tolerance import score_tolerance
from apps.compliance.models import RiskAssessment
from apps.compliance.services._mapping import questionnaire_of
from apps.core.models import AuditEvent
from apps.notices.models import Mail
from tests.cast import SiteClient
from tests.factories import clients, compliance
from tests.factories.integrations import partner_of

BASE = "/api/financial-services/risk-assessment"
TOLD = "Call of 3 June, recorded"


@pytest.fixture
def partner(paul):
    return partner_of(paul, "compliance:read", "compliance:write")


@pytest.fixture
def household(ada):
    return clients.household(ada)


@pytest.fixture
def head(household):
    return household.people.get(relationship="head")


def send(client, body, **headers):
    return client.post(BASE, body, content_type="application/json", headers=headers)


def answers(client, points=4):
    """Answer what the endpoint asks with options of this many points, or the nearest below."""
    items = client.get(f"{BASE}/questionnaire").json()["items"]
    fitting = {item["code"]: [each for each in item["options"] if each["points"] <= points] for item in items}
    return {code: max(found, key=lambda each: each["points"])["code"] for code, found in fitting.items()}


def body(head, given):
    return {"client_id": str(head.public_id), "answers": given, "given_how": TOLD}


def latest_of(head):
    return f"/api/financial-services/clients/{head.public_id}/risk-assessment"


def test_without_a_token_or_the_scope_nobody_is_told_anything(paul, head):
    anonymous = SiteClient(headers={"host": "alpha.localhost"})
    other = partner_of(paul, "clients:read", "plans:write")
    for path in (BASE, f"{BASE}/questionnaire", f"{BASE}/{uuid.uuid4()}/analysis", latest_of(head)):
        assert anonymous.get(path).status_code == 401, path
        assert other.get(path).status_code == 403, path
    reader = partner_of(paul, "compliance:read", name="Reader")
    assert send(reader, body(head, answers(reader))).status_code == 403
    assert not RiskAssessment.objects.exists()


def test_answers_are_scored_as_published_and_told_by_whom(partner, head):
    given = answers(partner)
    compliance.adult(head.household, clients.portal_user(head))
    made = send(partner, body(head, given))
    assert made.status_code == 201, made.content
    row = RiskAssessment.objects.get()
    assert (row.state, row.channel, row.given_how, row.answers) == ("answered", "partner", TOLD, given)
    assert made["Location"] == f"{BASE}/{row.public_id}"
    assert made.json()["tolerance_score"] == score_tolerance(given, questionnaire_of(row)).score
    read = partner.get(made["Location"])
    assert (read.json(), read["ETag"]) == (made.json(), made["ETag"])
    assert AuditEvent.objects.get(action="compliance.submit_answers").actor_kind == "partner"
    assert not Mail.objects.exists()


def test_a_questionnaire_that_waits_is_answered_and_no_second_one_made(partner, head, ada):
    opened = compliance.opened(head, ada)
    made = send(partner, body(head, answers(partner)))
    assert made.json()["id"] == str(opened.public_id)
    assert RiskAssessment.objects.count() == 1


def test_wrong_answers_are_named_each_at_its_field_with_what_may_be_chosen(partner, head):
    given = answers(partner)
    given["self_view"] = "z"
    del given["recovery"]
    given["shoe_size"] = "a"
    refused = send(partner, body(head, given))
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    told = {error["field"]: error["message"] for error in refused.json()["errors"]}
    assert set(told) == {"answers.self_view", "answers.recovery", "answers.shoe_size"}
    assert "a, b, c, d, e" in told["answers.self_view"]
    assert "self_view" in told["answers.shoe_size"]
    assert not RiskAssessment.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"given_how": ""}, "given_how"),
        ({"profile_type": "both"}, "profile_type"),
        ({"answers": {}}, "answers"),
        ({"client_id": "x"}, "client_id"),
    ],
)
def test_a_wrong_field_is_named(partner, head, change, field):
    refused = send(partner, {**body(head, answers(partner)), **change})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)


def test_a_child_has_no_profile_and_a_stranger_is_not_found(partner, household, head):
    child = household.people.filter(relationship="child").first()
    refused = send(partner, {**body(head, answers(partner)), "client_id": str(child.public_id)})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "client_id")
    unknown = send(partner, {**body(head, answers(partner)), "client_id": str(uuid.uuid4())})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


def test_a_repeated_request_with_the_same_key_makes_one_assessment(partner, head):
    given = body(head, answers(partner))
    first, second = (send(partner, given, **{"Idempotency-Key": "a-key-of-mine"}) for _ in range(2))
    assert first.json() == second.json()
    assert RiskAssessment.objects.count() == 1


def test_the_analysis_tells_each_level_with_its_origin(partner, household, head, ada):
    given = answers(partner) | {"fall_reaction": "a"}
    made = send(partner, body(head, given)).json()
    path = f"{BASE}/{made['id']}/analysis"
    before = partner.get(path).json()
    assert (before["capacity"], before["need"], before["recommended"]) == (None, None, None)
    capacity = compliance.capacity(household, ada)
    told = partner.get(path).json()
    row = RiskAssessment.objects.get()
    assert (told["tolerance"]["level"], told["tolerance"]["score"]) == (row.tolerance_level, row.tolerance_score)
    assert told["tolerance"]["origin"]["version"] == row.questionnaire.version
    assert len(told["tolerance"]["origin"]["lines"]) == len(given) + 1
    assert (told["capacity"]["level"], told["capacity"]["score"]) == (capacity.level, float(capacity.score))
    assert told["capacity"]["origin"]["as_of"] == capacity.assessed_on.isoformat()
    assert (told["need"]["level"], told["need"]["required_return"]) == (row.need_level, 0.07)
    assert told["recommended"]["level"] == min(row.tolerance_level, capacity.level)
    assert told["recommended"]["origin"]["source"] == row.levels.source
    pairs = {each["code"]: each for each in told["contradictions"]}
    assert "fall_said_and_done" in pairs
    assert pairs["fall_said_and_done"]["first"]["answer"] != pairs["fall_said_and_done"]["second"]["answer"]
    assert pairs["fall_said_and_done"]["origin"]["lines"] == [
        "fall_reaction and past_fall may lie 2 points apart at most."
    ]
    assert all(loss["amount"].startswith("-") for loss in told["losses"] if loss["proportion"] < 0)
    tag = partner.get(path)["ETag"]
    assert partner.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert set(partner.get(path, {"fields": "tolerance"}).json()) == {"tolerance"}


def test_a_questionnaire_without_answers_has_no_analysis(partner, head, ada):
    opened = compliance.opened(head, ada)
    refused = partner.get(f"{BASE}/{opened.public_id}/analysis")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_to_review")
    assert refused.json()["mend"]


def test_the_latest_of_a_client_beside_the_profile_in_force(partner, head, ada):
    assert partner.get(latest_of(head)).status_code == 404
    compliance.adult(head.household, clients.portal_user(head))
    head.refresh_from_db()
    held = compliance.in_force(head, ada)
    told = partner.get(latest_of(head)).json()
    assert (told["latest"]["id"], told["in_force_id"], told["waiting_id"]) == (*[str(held.public_id)] * 2, None)
    assert told["latest"]["accepted"]["level"] == held.review.accepted_level
    assert told["latest"]["accepted"]["reviewed_by"] == "Ada"
    newer = send(partner, body(head, answers(partner, 2))).json()
    told = partner.get(latest_of(head)).json()
    assert (told["latest"]["id"], told["latest"]["state"]) == (newer["id"], "answered")
    assert told["in_force_id"] == str(held.public_id)
    other = head.household.people.get(relationship="partner")
    assert partner.get(latest_of(other)).status_code == 404
    listed = partner.get(BASE, {"client": str(head.public_id), "state": "answered", "fields": "id"}).json()["results"]
    assert listed == [{"id": newer["id"]}]


def test_another_firms_token_finds_nothing(partner, head, ada, firm_b):
    made = send(partner, body(head, answers(partner))).json()
    partner.defaults["HTTP_HOST"] = "beta.localhost"
    assert partner.get(f"{BASE}/{made['id']}/analysis").status_code == 401
