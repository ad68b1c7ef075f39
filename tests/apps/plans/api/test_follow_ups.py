"""Steps, alerts, other markets and the spending outlook under /api/: what partners read and decide."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from apps.plans.models import AlertKind, AlertState, PlanAlert, PlanStep, SpendingRuleKind, StepStatus
from apps.plans.services.spending import SpendingDetails, set_spending_rule
from apps.plans.services.steps import StepDetails, add_step
from tests.cast import SiteClient
from tests.days import today
from tests.factories import clients, plans
from tests.factories.integrations import partner_of

BASE = "/api/financial-services/financial-plans"
READS = [
    f"{BASE}/steps",
    f"{BASE}/steps/{{}}",
    f"{BASE}/{{}}/steps",
    f"{BASE}/alerts",
    f"{BASE}/alerts/{{}}",
    f"{BASE}/{{}}/alerts",
    f"{BASE}/{{}}/markets",
    f"{BASE}/{{}}/spending",
]
WRITES = {"steps/{}/done": {"note": "Done."}, "alerts/{}/acknowledge": {}, "alerts/{}/dismiss": {"reason": "Seen."}}


@pytest.fixture
def partner(paul):
    return partner_of(paul, "plans:read", "plans:write")


@pytest.fixture
def household(ada):
    return plans.household_with_facts(ada)


@pytest.fixture
def plan(ada, household):
    return plans.drafted(ada, household)


@pytest.fixture
def step(ada, household):
    details = StepDetails("Open a Roth account", "advisor", today() + dt.timedelta(days=10))
    return add_step(household=household, details=details, by=ada.as_actor())


@pytest.fixture
def alert(plan):
    return PlanAlert.objects.create(
        plan=plan,
        kind=AlertKind.DRIFT,
        cause="market",
        opened_on=today(),
        success_before=Decimal("0.9"),
        success_after=Decimal("0.8"),
        change=Decimal("-0.1"),
        change_error=Decimal("0.01"),
        spending_before=Decimal(90_000),
        spending_after=Decimal(84_000),
    )


def send(client, path, body=None, **headers):
    return client.post(path, body or {}, content_type="application/json", headers=headers)


def test_nobody_without_a_token_or_the_scope_reads_or_decides(paul, step, alert):
    stranger = SiteClient(headers={"host": "alpha.localhost"})
    other, reader = partner_of(paul, "clients:read", name="Other"), partner_of(paul, "plans:read")
    for path in READS:
        assert stranger.get(path.format(uuid.uuid4())).status_code == 401, path
        assert other.get(path.format(uuid.uuid4())).status_code == 403, path
    for path, body in WRITES.items():
        row = step if path.startswith("steps") else alert
        address = f"{BASE}/{path.format(row.public_id)}"
        assert send(stranger, address, body).status_code == 401
        assert send(reader, address, body).status_code == 403
    assert (PlanStep.objects.get().status, PlanAlert.objects.get().state) == (StepStatus.OPEN, AlertState.OPEN)


def test_what_is_not_there_is_not_found(partner):
    for path in [path for path in READS if "{}" in path]:
        answer = partner.get(path.format(uuid.uuid4()))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


def test_steps_are_listed_by_household_status_and_day(partner, ada, household, plan, step):
    other = clients.household(ada, name="Okafor")
    late = StepDetails("Sell the boat", "client", today() - dt.timedelta(days=3))
    add_step(household=other, details=late, by=ada.as_actor())
    assert len(partner.get(f"{BASE}/steps").json()["results"]) == 2
    (own,) = partner.get(f"{BASE}/{plan.public_id}/steps").json()["results"]
    assert (own["title"], own["household_id"]) == ("Open a Roth account", str(household.public_id))
    asked = {"due_until": today().isoformat(), "owner": "client", "status": "open"}
    (due,) = partner.get(f"{BASE}/steps", asked).json()["results"]
    assert due["title"] == "Sell the boat"
    assert partner.get(f"{BASE}/steps", {"household": str(household.public_id), "fields": "id"}).json()["results"] == [
        {"id": str(step.public_id)}
    ]
    assert partner.get(f"{BASE}/steps", {"status": "horrible"}).status_code == 422
    assert "cursor=" in partner.get(f"{BASE}/steps", {"limit": 1}).json()["next"]


def test_a_step_is_done_once_with_what_shows_it(partner, step):
    path = f"{BASE}/steps/{step.public_id}"
    tag = partner.get(path)["ETag"]
    assert partner.get(path, headers={"If-None-Match": tag}).status_code == 304
    bare = send(partner, f"{path}/done")
    assert (bare.status_code, bare.json()["errors"][0]["field"]) == (422, "note")
    stale = send(partner, f"{path}/done", {"note": "Opened."}, **{"If-Match": '"another"'})
    assert stale.status_code == 412
    key = {"If-Match": tag, "Idempotency-Key": "step-done-once"}
    done = send(partner, f"{path}/done", {"note": "Opened."}, **key)
    assert done.status_code == 200, done.json()
    assert (done.json()["status"], done.json()["note"]) == ("done", "Opened.")
    assert done["ETag"] == partner.get(path)["ETag"] != tag
    assert send(partner, f"{path}/done", {"note": "Opened."}, **key).json() == done.json()
    again = send(partner, f"{path}/done", {"note": "Once more."})
    assert (again.status_code, again.json()["errors"][0]["field"]) == (409, "status")


def test_an_alert_is_read_in_words_and_figures_seen_and_put_aside(partner, plan, alert):
    path = f"{BASE}/alerts/{alert.public_id}"
    body = partner.get(path).json()
    assert (body["probability_change"], body["affordable_spending_now"]) == (-0.1, 84_000.0)
    assert "fell from 90.0% to 80.0%" in body["description"]
    assert partner.get(f"{BASE}/{plan.public_id}/alerts", {"state": "open"}).json()["results"] == [body]
    seen = send(partner, f"{path}/acknowledge", **{"If-Match": partner.get(path)["ETag"]})
    assert (seen.status_code, seen.json()["state"]) == (200, "acknowledged")
    assert partner.get(f"{BASE}/alerts", {"state": "open"}).json()["results"] == []
    assert send(partner, f"{path}/dismiss", {"reason": " "}).status_code == 422
    gone = send(partner, f"{path}/dismiss", {"reason": "They sold the house."})
    assert (gone.json()["state"], gone.json()["reason"]) == ("dismissed", "They sold the house.")
    assert send(partner, f"{path}/acknowledge").status_code == 409


def test_other_markets_and_the_spending_outlook_of_a_version(partner, ada, plan):
    assert partner.get(f"{BASE}/{plan.public_id}/markets").status_code == 404
    figures = {"floor": "0.8", "ceiling": "1.2", "upper": "1.2", "lower": "0.8", "cut": "0.1", "raised": "0.1"}
    rule = SpendingDetails(SpendingRuleKind.RATE, {name: Decimal(value) for name, value in figures.items()})
    set_spending_rule(plan=plan, details=rule, by=ada.as_actor())
    run = plans.computed(plan, ada)
    told = partner.get(f"{BASE}/{plan.public_id}/markets")
    assert told.json()["own"]["probability"] == pytest.approx(float(run.success))
    assert {line["kind"] for line in told.json()["others"]} == {"fat_tailed"}
    again = partner.get(f"{BASE}/{plan.public_id}/markets", headers={"If-None-Match": told["ETag"]})
    assert again.status_code == 304
    outlook = partner.get(f"{BASE}/{plan.public_id}/spending").json()
    assert any("80%" in text for text in outlook["rule"])
    assert outlook["outlook"]["floor"] == 0.8
    first = outlook["outlook"]["years"][0]
    assert set(first["percentiles"]) == {"p5", "p25", "p50", "p75", "p95"}
    assert first["percentiles"]["p5"] <= first["planned"] * 1.2
    assert partner.get(f"{BASE}/{plan.public_id}/spending", {"fields": "rule"}).json().keys() == {"rule"}


def test_a_version_without_a_rule_says_so(partner, ada, plan):
    plans.computed(plan, ada)
    assert partner.get(f"{BASE}/{plan.public_id}/spending").json()["outlook"] is None
