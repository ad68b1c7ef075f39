import uuid

import pytest

from apps.core.models import Job
from apps.plans.models import Plan, PlanStatus
from apps.plans.services.recommendations import decide_recommendation
from apps.plans.services.statuses import move_plan
from tests.cast import SiteClient
from tests.factories import plans
from tests.factories.integrations import partner_of

BASE = "/api/financial-services/financial-plans"


@pytest.fixture
def partner(paul):
    return partner_of(paul, "plans:read", "plans:write")


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def client_id(household):
    return household.people.get(relationship="head").public_id


def send(client, verb, path, body=None, **headers):
    return getattr(client, verb)(path, body or {}, content_type="application/json", headers=headers)


PATHS = ["/api/plans/{}", "/api/recommendations/{}", BASE, BASE + "/{}", BASE + "/{}/projections", "/api/jobs/{}"]


@pytest.mark.parametrize("path", PATHS)
def test_without_a_token_nobody_is_told_anything(in_alpha, path):
    answer = SiteClient(headers={"host": "alpha.localhost"}).get(path.format(uuid.uuid4()))
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", PATHS)
def test_another_scope_does_not_open_plans(paul, path):
    assert partner_of(paul, "clients:read").get(path.format(uuid.uuid4())).status_code == 403


def test_who_may_only_read_cannot_generate(paul, client_id):
    assert send(partner_of(paul, "plans:read"), "post", f"/api/plans/{client_id}").status_code == 403
    assert not Plan.objects.exists()


@pytest.mark.parametrize("path", [path for path in PATHS if "{}" in path])
def test_what_does_not_exist_is_not_found(partner, path):
    answer = partner.get(path.format(uuid.uuid4()))
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_generating_answers_with_a_job_that_only_its_asker_reads(paul, partner, client_id):
    assert partner.get(f"/api/plans/{client_id}").status_code == 404
    answer = send(partner, "post", f"/api/plans/{client_id}")
    assert answer.status_code == 202
    job = Job.objects.get(name="plans.run_projection")
    assert answer.json()["id"] == str(job.public_id)
    assert answer["Location"] == f"/api/jobs/{job.public_id}"
    assert partner.get(answer["Location"]).json()["state"] == "queued"
    other = partner_of(paul, "plans:read", name="Other")
    assert other.get(answer["Location"]).status_code == 404
    again = send(partner, "post", f"/api/plans/{client_id}")
    assert (again.status_code, again.json()["code"]) == (409, "run_in_progress")


def test_a_household_without_facts_gets_the_field_and_the_mend(partner, ada):
    from tests.factories import clients

    bare = clients.household(ada, name="Stone")
    answer = send(partner, "post", f"/api/plans/{bare.public_id}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "spending"
    assert answer.json()["mend"]


def test_a_plan_is_read_by_any_of_its_people_with_its_result(partner, ada, household, client_id):
    plan = plans.drafted(ada, household)
    run = plans.computed(plan, ada)
    body = partner.get(f"/api/plans/{client_id}/").json()
    spouse = household.people.get(relationship="partner").public_id
    assert partner.get(f"/api/plans/{spouse}").json() == body
    assert body["success"]["standard_error"] is not None
    assert abs(body["success"]["probability"] - float(run.success)) < 1e-6
    assert body["run"]["seed"] == run.seed
    assert body["run"]["result_digest"] == run.result_digest
    assert set(body["bands"][0]["real"]) == {"p5", "p10", "p25", "p50", "p75", "p90", "p95"}
    assert {goal["name"] for goal in body["goals"]} == {"Retirement", "College"}
    advice = partner.get(f"/api/recommendations/{client_id}").json()
    assert {each["type"] for each in advice["recommendations"]} >= {"debt"}
    assert all(each["title"] and each["difficulty"] in {"easy", "medium", "hard"} for each in advice["recommendations"])
    worths = [each["worth"] for each in advice["recommendations"] if each["worth"] is not None]
    assert worths == sorted(worths, reverse=True)
    assert len(worths) > 1
    bands = partner.get(f"{BASE}/{plan.public_id}/projections").json()
    assert bands == body["bands"]


def test_what_was_accepted_is_read_together(partner, ada, household, client_id):
    plan = plans.drafted(ada, household)
    run = plans.computed(plan, ada)
    paths = [f"/api/plans/{client_id}", f"/api/recommendations/{client_id}"]
    assert [partner.get(path).json()["accepted_together"] for path in paths] == [None, None]
    for row in [row for row in run.recommendations.all() if row.proposal["effect"]][:2]:
        decide_recommendation(recommendation=row, decision="accepted", reason="Both.", by=ada.as_actor())
    waiting = partner.get(paths[1]).json()["accepted_together"]
    assert (waiting["state"], waiting["count"], waiting["success_after"]) == ("measuring", 2, None)
    effect = plans.told_together(run).accepted_together["effect"]
    body, advice = (partner.get(path).json()["accepted_together"] for path in paths)
    assert body == advice
    assert (body["state"], body["count"], body["overlapping"], body["over_limits"]) == ("measured", 2, [], [])
    assert body["success_after"] == effect["success_after"]
    assert body["change"] == effect["delta_success"]
    assert abs(body["median_wealth_change"] - effect["delta_median_terminal_real"]) < 0.01


def test_a_new_draft_does_not_hide_the_version_that_was_given(partner, ada, household, client_id):
    first = plans.drafted(ada, household)
    plans.computed(first, ada)
    assert partner.get(f"/api/plans/{client_id}").json()["draft"] is None
    move_plan(plan=first, status=PlanStatus.PUBLISHED, by=ada.as_actor())
    draft = send(partner, "post", BASE, {"client_id": str(client_id)}).json()
    told = {"id": draft["id"], "version": 2, "status": "draft"}
    for path, name in (("plans", "id"), ("recommendations", "plan_id")):
        body = partner.get(f"/api/{path}/{client_id}").json()
        assert (body[name], body["version"], body["status"]) == (str(first.public_id), 1, "published"), path
        assert body["draft"] == told, path
    plans.computed(Plan.objects.get(version=2), ada)
    body = partner.get(f"/api/plans/{client_id}").json()
    assert (body["version"], body["draft"]) == (2, None)


@pytest.mark.parametrize(("path", "field"), [("plans", "version"), ("recommendations", "as_of")])
def test_a_computed_answer_is_tagged_and_sparse(partner, ada, household, client_id, path, field):
    plans.computed(plans.drafted(ada, household), ada)
    whole = partner.get(f"/api/{path}/{client_id}")
    tag = whole["ETag"]
    again = send(partner, "get", f"/api/{path}/{client_id}", **{"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    part = partner.get(f"/api/{path}/{client_id}?fields={field}")
    assert part.json() == {field: whole.json()[field]}
    assert part["ETag"] == tag
    assert partner.get(f"/api/{path}/{client_id}?fields=nothing").status_code == 422


def test_a_goal_with_means_is_sent_and_read(partner, ada, household):
    plan = plans.drafted(ada, household)
    bank = str(household.bank_accounts.get().public_id)
    means = {"funded_by": [bank], "funded_only": True, "wait_years": 2, "least_share": "0.750"}
    goal = {"kind": "home", "name": "House", "annual_amount": "90000.00", "starts_on": "2045-01-01", "years": 1}
    address = f"{BASE}/{plan.public_id}/goals"
    made = send(partner, "post", address, {**goal, **means})
    assert made.status_code == 201
    assert {name: made.json()[name] for name in means} == means
    assert partner.get(address).json()[-1]["funded_by"] == [bank]
    nobody = send(partner, "post", address, {**goal, "funded_by": [str(plan.public_id)]})
    assert (nobody.status_code, nobody.json()["errors"][0]["field"]) == (422, "funded_by")
    plans.computed(plan, ada)
    told = partner.get(f"/api/plans/{household.public_id}").json()["goals"]
    met = {each["name"]: each["met_as"] for each in told}
    assert met["College"] is None
    assert sum(met["House"][name] for name in ("in_full_and_in_time", "later", "smaller")) > 0


def test_a_goal_in_another_currency_or_with_an_unknown_field_is_refused_there(partner, ada, household):
    plan = plans.drafted(ada, household)
    address, goals = f"{BASE}/{plan.public_id}/goals", plan.goals.count()
    goal = {"kind": "home", "name": "House", "annual_amount": "90000.00", "starts_on": "2045-01-01", "years": 1}
    euros = send(partner, "post", address, {**goal, "currency": "EUR"})
    assert (euros.status_code, euros.json()["errors"][0]["field"]) == (422, "currency")
    assert "USD" in euros.json()["errors"][0]["message"]
    unknown = send(partner, "post", address, {**goal, "anual_amount": "1"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "anual_amount")
    assert "annual_amount" in unknown.json()["errors"][0]["message"]
    assert plan.goals.count() == goals
    assert send(partner, "post", address, {**goal, "currency": "USD"}).status_code == 201


def test_a_version_is_started_given_goals_and_moved(partner, ada, client_id):
    made = send(partner, "post", BASE, {"client_id": str(client_id)})
    assert made.status_code == 201
    address = made["Location"]
    goal = {"kind": "home", "name": "House", "annual_amount": "90000.00", "starts_on": "2045-01-01", "years": 1}
    assert send(partner, "post", f"{address}/goals", goal).status_code == 201
    assert {each["name"] for each in partner.get(f"{address}/goals").json()} == {"Retirement", "House"}
    wrong = send(partner, "post", f"{address}/goals", {**goal, "starts_on": "2001-01-01"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "starts_on")
    early = send(partner, "put", f"{address}/status", {"status": "in_force"})
    assert (early.status_code, early.json()["code"]) == (409, "status_not_possible")
    plan = Plan.objects.get()
    plans.computed(plan, ada)
    assert send(partner, "put", f"{address}/status", {"status": "published"}).json()["status"] == "published"
    assert partner.get(BASE).json()["results"][0]["status"] == PlanStatus.PUBLISHED


def test_a_version_is_tagged_sparse_and_moved_only_as_it_was_read(partner, ada, household):
    plan = plans.drafted(ada, household)
    plans.computed(plan, ada)
    path = f"{BASE}/{plan.public_id}"
    tag = partner.get(path, {"fields": "id"})["ETag"]
    assert partner.get(path, headers={"If-None-Match": tag}).status_code == 304
    assert set(partner.get(BASE, {"fields": "id,status"}).json()["results"][0]) == {"id", "status"}
    stale = send(partner, "put", f"{path}/status", {"status": "published"}, **{"If-Match": '"another"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    moved = send(partner, "put", f"{path}/status", {"status": "published"}, **{"If-Match": tag})
    assert moved.status_code == 200
    assert moved["ETag"] == partner.get(path)["ETag"] != tag


def test_analysis_asks_for_a_run(partner, ada, household):
    plan = plans.drafted(ada, household)
    answer = send(partner, "post", f"{BASE}/{plan.public_id}/analysis")
    assert answer.status_code == 202
    assert plan.runs.count() == 1


def test_levers_are_answered_at_once_within_their_bounds(partner, ada, household):
    plan = plans.drafted(ada, household)
    address = f"{BASE}/{plan.public_id}/analysis"
    assert send(partner, "post", address, {"levers": {}}).status_code == 404
    plans.computed(plan, ada)
    standing = send(partner, "post", address, {"levers": {}})
    assert standing.status_code == 200
    assert standing.json()["change"]["probability"] == 0
    told = send(partner, "post", address, {"levers": {"lower_returns": 2, "retirement_spending": 9000}}).json()
    assert told["success"]["probability"] < standing.json()["success"]["probability"]
    assert {"lower_returns", "retirement_spending"} <= {lever["key"] for lever in told["levers"]}
    assert told["affordable_spending"] is not None
    wrong = send(partner, "post", address, {"levers": {"lower_returns": 50}})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "lower_returns")
    assert send(partner, "post", address, {"levers": {"lower_returns": "much"}}).status_code in {400, 422}
    unknown = send(partner, "post", address, {"levers": {"luck": 1}}).json()["errors"][0]
    assert unknown["field"] == "levers.luck"
    assert "retirement_spending" in unknown["message"]
    assert "Reload" not in unknown["message"]
    assert plan.runs.count() == 1
