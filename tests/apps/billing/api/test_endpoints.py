from __future__ import annotations

import json
import uuid

import pytest

from apps.billing.models import BillingRun, FeeScheduleVersion, Payment, RunState
from apps.billing.services.runs import calculate_run
from apps.core.models import Job
from tests.cast import SiteClient
from tests.factories import billing, clients
from tests.factories.integrations import partner_of
from tools.stripe_local.server import StripeLocal

BASE = "/api/financial-services"


@pytest.fixture
def partner(paul):
    return partner_of(paul, "billing:read", "billing:write")


@pytest.fixture
def household(ada):
    found = clients.household(ada)
    billing.cash_account(found, ada, "365000")
    billing.assigned(found, ada, billing.version(ada))
    return found


def send(client, path, body, **headers):
    return client.post(f"{BASE}/{path}", json.dumps(body), content_type="application/json", headers=headers)


SCHEDULE = {
    "name": "Partners",
    "effective_on": "2025-10-01",
    "terms": {
        "kind": "graduated",
        "timing": "arrears",
        "tiers": [{"up_to": "1000000.00", "rate": "0.01"}, {"rate": "0.005"}],
        "minimum_annual": "2000.00",
        "clauses": {"schedule": "4.2"},
    },
}


def test_without_a_token_or_its_scope_nothing_is_told(paul, household):
    anonymous = SiteClient(headers={"host": "alpha.localhost"})
    other = partner_of(paul, "clients:read")
    reader = partner_of(paul, "billing:read", name="Reader")
    for path in ("fee-schedules", "fee-calculations", "billing/invoices", "billing/payments"):
        assert anonymous.get(f"{BASE}/{path}").status_code == 401, path
        assert other.get(f"{BASE}/{path}").status_code == 403, path
        assert reader.get(f"{BASE}/{path}").status_code == 200, path
        assert send(reader, path, {}).status_code == 403, path


def test_a_schedule_is_defined_read_and_given_a_new_version(partner):
    made = send(partner, "fee-schedules", SCHEDULE)
    assert made.status_code == 201, made.content
    body = made.json()
    assert body["versions"][0]["terms"]["tiers"][1]["rate"]["fraction"] == "0.00500000"
    assert partner.get(made["Location"]).json() == body
    newer = send(partner, f"fee-schedules/{body['id']}/versions", {k: SCHEDULE[k] for k in ("effective_on", "terms")})
    assert [version["number"] for version in newer.json()["versions"]] == [2, 1]


def test_wrong_terms_come_back_as_a_problem_with_the_field_and_the_mend(partner):
    wrong = {**SCHEDULE, "terms": {**SCHEDULE["terms"], "timing": "advance"}}
    answer = send(partner, "fee-schedules", wrong)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "value_basis"
    assert answer.json()["mend"]
    assert send(partner, "fee-schedules", {"name": "x"}).status_code == 422
    assert not FeeScheduleVersion.objects.exists()


def test_the_same_key_defines_one_schedule(partner):
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    first, second = (send(partner, "fee-schedules", SCHEDULE, **headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    assert FeeScheduleVersion.objects.count() == 1


def test_a_calculation_is_started_and_read_with_its_fees(partner, paul, household, ada):
    asked = send(partner, "fee-calculations", {"timing": "arrears", "first_day": "2026-01-01"})
    assert asked.status_code == 202, asked.content
    assert asked.json()["job"]["state"] == "queued"
    assert Job.objects.filter(name="billing.calculate_run").count() == 1
    run = BillingRun.objects.get()
    tag = partner.get(asked["Location"])["ETag"]
    assert partner.get(asked["Location"], headers={"If-None-Match": tag}).status_code == 304
    calculate_run(run=run, by=ada.as_actor())
    body = partner.get(asked["Location"], headers={"If-None-Match": tag}).json()
    assert (body["state"], body["total"]) == ("calculated", "900.00")
    assert body["fees"][0]["household_id"] == str(household.public_id)
    refused = send(partner, "billing/invoices", {"fee_calculation_id": str(run.public_id)})
    assert (refused.status_code, refused.json()["code"]) == (409, "run_not_locked")


def test_invoices_are_written_from_a_locked_calculation(partner, ada, paul, household):
    run = billing.locked(ada, paul)
    answer = send(partner, "billing/invoices", {"fee_calculation_id": str(run.public_id)})
    assert answer.status_code == 202
    assert run.state == RunState.LOCKED
    assert Job.objects.filter(name="billing.issue_invoices").count() == 1
    assert send(partner, "billing/invoices", {"fee_calculation_id": str(uuid.uuid4())}).status_code == 404


def test_invoices_are_read_paid_reported_and_taken_back(partner, ada, paul, household, settings):
    server = StripeLocal(secret_key=settings.STRIPE_SECRET_KEY, webhook_secret=settings.STRIPE_WEBHOOK_SECRET).start()
    settings.STRIPE_API_BASE = server.url
    invoice = billing.invoiced(ada, paul)[0]
    assert set(partner.get(f"{BASE}/billing/invoices", {"fields": "number"}).json()["results"][0]) == {"number"}
    listed = partner.get(f"{BASE}/billing/invoices").json()["results"]
    assert [(row["number"], row["total"], row["due"]) for row in listed] == [(invoice.number, "900.00", "900.00")]
    started = send(partner, "billing/payments", {"invoice_id": str(invoice.public_id)})
    again = send(partner, "billing/payments", {"invoice_id": str(invoice.public_id)})
    server.stop()
    assert started.status_code == 201, started.content
    assert started.json()["checkout_url"] == again.json()["checkout_url"]
    assert Payment.objects.count() == 1
    path = f"billing/invoices/{invoice.public_id}/void"
    assert send(partner, path, {"reason": "Wrong"}).json()["code"] == "payment_under_way"
    Payment.objects.update(state="expired")
    assert send(partner, path, {"reason": "Wrong"}).json()["state"] == "void"
    days = "first_day=2026-01-01&last_day=2036-12-31"
    report = partner.get(f"{BASE}/billing/reports?{days}").json()
    assert (report["invoices"], report["billed"], report["voided"]) == (0, "0.00", 1)
    assert partner.get(f"{BASE}/billing/reports?first_day=2026-02-01&last_day=2026-01-01").status_code == 422
