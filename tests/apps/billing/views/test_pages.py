from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.services.approvals import approval_for, decide_approval
from apps.billing.models import BillingRun, FeeAssignment, FeeScheduleVersion, RunState, StripeEvent
from apps.billing.services.runs import APPROVAL_KIND, calculate_run
from apps.core.models import Job, JobState
from tests.factories import billing, clients
from tools.stripe_local.webhooks import event, signature

D = Decimal


@pytest.fixture
def household(ada):
    found = clients.household(ada)
    billing.cash_account(found, ada, "600000", name="Joint")
    billing.ira(found, ada, "900000")
    billing.assigned(found, ada, billing.version(ada))
    return found


@pytest.fixture
def invoice(ada, paul, household):
    return billing.invoiced(ada, paul)[0]


def of_the_firm(invoice):
    run = invoice.household_fee.run
    schedule = invoice.household_fee.assignment.version.schedule
    return [
        reverse("billing:run-list"),
        reverse("billing:run-detail", args=[run.public_id]),
        reverse("billing:run-progress", args=[run.public_id]),
        reverse("billing:schedule-list"),
        reverse("billing:schedule-detail", args=[schedule.public_id]),
        reverse("billing:invoice-list"),
    ]


def of_a_client(invoice):
    fee = invoice.household_fee
    return [
        reverse("billing:invoice-detail", args=[invoice.public_id]),
        reverse("billing:household-receipt", args=[fee.public_id]),
        reverse("billing:receipt", args=[fee.accounts.first().public_id]),
        reverse("billing:household-billing", args=[invoice.household.public_id]),
    ]


def editing(invoice):
    schedule = invoice.household_fee.assignment.version.schedule
    return [
        reverse("billing:run-new"),
        reverse("billing:schedule-new"),
        reverse("billing:schedule-revise", args=[schedule.public_id]),
        reverse("billing:invoice-payment", args=[invoice.public_id]),
        reverse("billing:household-terms", args=[invoice.household.public_id]),
    ]


def test_every_page_opens_for_the_advisor(ada, invoice, sign_in):
    browser = sign_in(ada)
    for page in of_the_firm(invoice) + of_a_client(invoice) + editing(invoice):
        assert browser.get(page).status_code == 200, page


def test_nobody_signed_in_is_sent_to_sign_in(invoice, sign_in):
    for page in of_the_firm(invoice) + of_a_client(invoice) + editing(invoice):
        assert sign_in().get(page).status_code == 302, page


def test_support_and_clients_see_none_of_it(sue, invoice, sign_in):
    client = clients.portal_user(invoice.household.people.get(relationship="head"))
    for person in (sue, client):
        for page in of_the_firm(invoice) + of_a_client(invoice) + editing(invoice):
            assert sign_in(person).get(page).status_code == 403, page


def test_another_advisor_finds_nothing_of_the_household(mallory, invoice, sign_in):
    browser = sign_in(mallory)
    for page in of_a_client(invoice):
        assert browser.get(page).status_code == 404, page
    for page in of_the_firm(invoice):
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert "Rivera" not in answer.content.decode(), page


def test_compliance_reads_and_changes_nothing(connie, invoice, sign_in):
    browser = sign_in(connie)
    for page in of_the_firm(invoice) + of_a_client(invoice):
        assert browser.get(page).status_code == 200, page
    for page in editing(invoice):
        assert browser.get(page).status_code == 403, page
    lock = reverse("billing:run-lock", args=[invoice.household_fee.run.public_id])
    assert browser.post(lock).status_code == 403


def test_an_amount_opens_its_receipt_down_to_the_clause(ada, invoice, sign_in):
    page = sign_in(ada).get(of_a_client(invoice)[2]).content.decode()
    for told in ("$600,000.00", "1.000%", "90 / 365", "$1,232.88", "The fee is 1.00 % a year", "re-derived"):
        assert told in page, told
    part = sign_in(ada).get(of_a_client(invoice)[2], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    detail = sign_in(ada).get(of_a_client(invoice)[0]).content.decode()
    for fee in invoice.household_fee.accounts.all():
        assert reverse("billing:receipt", args=[fee.public_id]) in detail


def test_a_run_goes_from_start_to_invoices_by_its_buttons(ada, paul, household, sign_in):
    browser = sign_in(ada)
    started = browser.post(
        reverse("billing:run-new"), {"timing": "arrears", "periods_per_year": "4", "first_day": "2026-01-01"}
    )
    run = BillingRun.objects.get()
    assert started["Location"] == run.get_absolute_url()
    assert "Waiting for a worker" in browser.get(run.get_absolute_url()).content.decode()
    calculate_run(run=run, by=ada.as_actor())
    Job.objects.update(state="done")
    assert "Send for review" in browser.get(run.get_absolute_url()).content.decode()
    browser.post(reverse("billing:run-submit", args=[run.public_id]))
    decide_approval(request=approval_for(kind=APPROVAL_KIND, target=run), decision="approve", by=paul.as_actor())
    assert "Lock the fees" in browser.get(run.get_absolute_url()).content.decode()
    browser.post(reverse("billing:run-lock", args=[run.public_id]))
    browser.post(reverse("billing:run-invoice", args=[run.public_id]))
    run.refresh_from_db()
    assert run.state == RunState.LOCKED
    assert Job.objects.filter(name="billing.issue_invoices").count() == 1


def test_a_period_without_values_is_refused_beside_its_field(ada, household, sign_in):
    fields = {"timing": "arrears", "periods_per_year": "4", "first_day": "2036-01-01"}
    answer = sign_in(ada).post(reverse("billing:run-new"), fields)
    assert answer.status_code == 422
    assert "values of this period" in answer.content.decode()
    assert not BillingRun.objects.exists()


TERMS = {
    "name": "Family", "kind": "graduated", "timing": "arrears", "periods_per_year": "4", "value_basis": "period_end",
    "breakpoint_scope": "household", "period_fraction": "actual_365", "effective_on": "2025-10-01",
    "up_to_1": "1000000", "rate_1": "0.9", "rate_2": "0.45", "clause_schedule": "4.1",
}  # fmt: skip


def test_a_schedule_is_defined_in_per_cent(ada, in_alpha, sign_in):
    answer = sign_in(ada).post(reverse("billing:schedule-new"), TERMS)
    version = FeeScheduleVersion.objects.get()
    assert answer["Location"] == reverse("billing:schedule-detail", args=[version.schedule.public_id])
    assert [tier["rate"]["fraction"] for tier in version.terms["tiers"]] == ["0.009", "0.0045"]


def test_terms_that_contradict_themselves_are_refused_with_the_mend(ada, in_alpha, sign_in):
    answer = sign_in(ada).post(reverse("billing:schedule-new"), {**TERMS, "timing": "advance"})
    assert answer.status_code == 422
    assert "opening value" in answer.content.decode()


def test_a_new_version_is_previewed_on_every_household_and_stored_only_when_saved(ada, household, sign_in):
    version = FeeScheduleVersion.objects.get()
    page = reverse("billing:schedule-revise", args=[version.schedule.public_id])
    preview = sign_in(ada).post(page, {**TERMS, "preview": "1"})
    text = preview.content.decode()
    # 1,500,000: 12,500 a year now, 9,000 + 2,250 by the new terms
    for told in ("Rivera", "$12,500.00", "$11,250.00", "−$1,250.00"):
        assert told in text, told
    assert FeeScheduleVersion.objects.count() == 1
    sign_in(ada).post(page, TERMS)
    assert FeeScheduleVersion.objects.count() == 2
    assert FeeAssignment.objects.get().version == version


def test_terms_are_set_from_the_households_tab(ada, household, sign_in):
    agreement = household.agreements.get()
    cheaper = billing.version(ada, name="Cheaper")
    answer = sign_in(ada).post(
        reverse("billing:household-terms", args=[household.public_id]),
        {
            "version": cheaper.pk,
            "agreement": agreement.pk,
            "clause": "4.1",
            "starts_on": "2026-04-01",
            "discount": "10",
            "collection": "invoice",
        },
    )
    assert answer.status_code == 302, answer.content
    assert FeeAssignment.objects.get(version=cheaper).discount == D("0.1")
    wrong = sign_in(ada).post(
        reverse("billing:household-terms", args=[household.public_id]),
        {
            "version": cheaper.pk,
            "agreement": agreement.pk,
            "clause": "7",
            "starts_on": "2026-05-01",
            "collection": "own",
        },
    )
    assert wrong.status_code == 409
    assert "no clause 7" in wrong.content.decode()


def test_an_invoice_is_taken_back_with_a_reason_and_paid_by_check(ada, invoice, sign_in):
    browser = sign_in(ada)
    paid = browser.post(
        reverse("billing:invoice-payment", args=[invoice.public_id]),
        {"amount": "82.19", "method": "check", "reference": "17"},
    )
    assert paid.status_code == 302
    browser.post(reverse("billing:invoice-void", args=[invoice.public_id]), {"reason": ""})
    invoice.refresh_from_db()
    assert (invoice.state, invoice.paid) == ("partial", D("82.19"))
    browser.post(reverse("billing:invoice-void", args=[invoice.public_id]), {"reason": "Wrong account"})
    invoice.refresh_from_db()
    assert invoice.state == "void"


def queries(browser, page):
    with CaptureQueriesContext(connection) as counted:
        assert browser.get(page).status_code == 200
    return len(counted)


def test_the_pages_ask_the_database_as_often_for_many_households_as_for_one(ada, household, sign_in):
    browser = sign_in(ada)
    run = billing.calculated(ada)
    pages = [run.get_absolute_url(), reverse("billing:run-list"), reverse("billing:invoice-list")]
    for page in pages:
        browser.get(page)
    few = [queries(browser, page) for page in pages]
    for name in ("Stone", "Okafor", "Wolf"):
        other = clients.household(ada, name=name)
        billing.cash_account(other, ada, "100000")
        billing.assigned(other, ada, FeeScheduleVersion.objects.get())
    calculate_run(run=run, by=ada.as_actor())
    assert [queries(browser, page) for page in pages] == few


class TestTheWebhook:
    url = "/billing/stripe/webhook"

    def post(self, sign_in, body, signed):
        return sign_in().post(self.url, body, content_type="application/json", headers={"Stripe-Signature": signed})

    def test_a_wrong_signature_gets_400_the_mend_and_a_log_line_with_the_request(self, invoice, sign_in, caplog):
        body = event("checkout.session.completed", {"object": "checkout.session"})
        answer = self.post(sign_in, body, signature(body, "whsec_of_another"))
        assert answer.status_code == 400
        told = answer.json()
        assert told["code"] == "webhook_signature"
        assert "STRIPE_WEBHOOK_SECRET" in told["mend"]
        assert not StripeEvent.objects.exists()
        line = next(r.msg for r in caplog.records if "billing.webhook_refused" in str(r.msg))
        assert line["request_id"] == answer["X-Request-ID"]

    def test_no_signature_and_no_body_are_refused_alike(self, in_alpha, sign_in):
        assert self.post(sign_in, b"", "").status_code == 400
        assert self.post(sign_in, b"{", "t=1,v1=0").status_code == 400

    def test_an_unknown_event_is_answered_and_left_alone(self, in_alpha, sign_in):
        body = event("customer.created", {"object": "customer", "id": "cus_1"})
        answer = self.post(sign_in, body, signature(body, "whsec_test"))
        assert (answer.status_code, answer.json()["outcome"]) == (200, "nothing to do")
        assert sign_in().get(self.url).status_code == 405


def test_the_page_is_drawn_again_once_the_job_of_the_run_is_over(ada, invoice, sign_in):
    run = invoice.household_fee.run
    page = reverse("billing:run-progress", args=[run.public_id])
    Job.objects.filter(pk=run.job_id).update(state=JobState.RUNNING)
    assert "HX-Refresh" not in sign_in(ada).get(page)
    Job.objects.filter(pk=run.job_id).update(state=JobState.DONE)
    assert sign_in(ada).get(page)["HX-Refresh"] == "true"


def test_a_payment_without_a_reference_sent_twice_is_booked_once(ada, household, invoice, sign_in):
    """Two equal parts fit into what is due: only the form's token tells a double click from a second check."""
    browser, page = sign_in(ada), reverse("billing:invoice-payment", args=[invoice.public_id])
    hidden = dict(re.findall(r'name="(submission)"[^>]*? value="([^"]*)"', browser.get(page).content.decode()))
    form = hidden | {"amount": "10", "method": "transfer", "reference": ""}
    answers = [browser.post(page, form) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, invoice.get_absolute_url())] * 2
    invoice.refresh_from_db()
    assert invoice.paid == D(10)
