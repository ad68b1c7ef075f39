"""Invoices in the portal: read, explained, paid by card against a server that speaks Stripe's protocol."""

from __future__ import annotations

import re

import pytest

from apps.billing.models import Payment
from tests.factories import billing, clients
from tools.stripe_local.server import StripeLocal

PANEL = {"HX-Request": "true"}


@pytest.fixture
def invoice(household, ana, ada, paul):
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada))
    return billing.invoiced(ada, paul)[0]


@pytest.fixture
def stripe_server(settings):
    server = StripeLocal(secret_key=settings.STRIPE_SECRET_KEY, webhook_secret=settings.STRIPE_WEBHOOK_SECRET).start()
    server.sends_webhooks = False
    settings.STRIPE_API_BASE = server.url
    yield server
    server.stop()


def page(invoice, rest=""):
    return f"/portal/billing/{invoice.public_id}/{rest}"


def test_before_the_first_invoice_the_page_says_what_will_stand_there(portal):
    assert "No invoices yet" in portal.get("/portal/billing/").content.decode()


def test_an_invoice_asks_to_be_paid_everywhere(portal, invoice):
    assert f"Pay invoice {invoice.number}" in portal.get("/portal/").content.decode()
    assert invoice.number in portal.get("/portal/billing/").content.decode()
    assert "Pay by card" in portal.get(page(invoice)).content.decode()


@pytest.mark.parametrize("path", ["/portal/billing/", "invoice"])
def test_every_amount_opens_its_receipt(portal, invoice, path):
    content = portal.get(page(invoice) if path == "invoice" else path).content.decode()
    assert set(re.findall(r"<(\w+) data-figure=", content)) == {"a"}
    addresses = set(re.findall(r'data-figure="[^"]*"[^>]*? href="([^"]+)"', content))
    assert addresses
    for address in addresses:
        answer = portal.get(address, headers=PANEL)
        assert answer.status_code == 200
        assert "<html" not in answer.content.decode()
        assert portal.get(address).status_code == 200


def test_the_receipt_goes_down_to_the_clause(portal, invoice):
    part = invoice.lines.get().account_fee
    receipt = portal.get(f"/portal/billing/receipts/{part.public_id}/").content.decode()
    assert "Clause 4.1" in receipt
    assert "the cents add up" in receipt


def test_paying_sends_the_browser_to_the_payment_page_once(portal, invoice, stripe_server):
    first = portal.post(page(invoice, "pay/"), headers=PANEL)
    second = portal.post(page(invoice, "pay/"), headers=PANEL)
    assert first.status_code == 204
    assert first["HX-Redirect"] == second["HX-Redirect"]
    assert first["HX-Redirect"].startswith(stripe_server.url)
    assert Payment.objects.count() == 1
    waiting = portal.get(page(invoice)).content.decode()
    assert "A payment was begun" in waiting
    assert "every 4s" in waiting


def test_without_scripts_the_payment_page_is_a_link(portal, invoice, stripe_server):
    answer = portal.post(page(invoice, "pay/"))
    assert answer.status_code == 200
    assert stripe_server.url in answer.content.decode()


def test_a_provider_that_is_away_is_told_and_nothing_is_charged(portal, invoice, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    answer = portal.post(page(invoice, "pay/"), headers=PANEL)
    assert answer.status_code == 503
    assert Payment.objects.get().state == "started"


@pytest.mark.parametrize("rest", ["", "pay/"])
def test_the_invoice_of_another_household_does_not_exist(stranger, sign_in, invoice, rest):
    browser = sign_in(stranger)
    answer = browser.post(page(invoice, rest)) if rest else browser.get(page(invoice))
    assert answer.status_code == 404


def test_the_receipt_of_another_household_does_not_exist(stranger, sign_in, invoice):
    part = invoice.lines.get().account_fee
    assert sign_in(stranger).get(f"/portal/billing/receipts/{part.public_id}/").status_code == 404


def test_the_partner_may_pay_too(household, sign_in, invoice, stripe_server):
    luis = sign_in(clients.portal_user(household.people.get(relationship="partner")))
    assert luis.post(page(invoice, "pay/"), headers=PANEL).status_code == 204


def test_staff_do_not_pay_for_clients(ada, sign_in, invoice):
    assert sign_in(ada).post(page(invoice, "pay/")).status_code == 403
