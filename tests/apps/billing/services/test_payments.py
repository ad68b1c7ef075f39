from __future__ import annotations

import json
import time
import uuid
from decimal import Decimal

import pytest
import stripe

from apps.billing.models import Invoice, InvoiceState, Payment, PaymentState, StripeEvent
from apps.billing.services._stripe import PaymentsUnavailableError, WebhookRefusedError
from apps.billing.services.invoices import InvoiceClosedError, PaymentUnderWayError, settle_payment, void_invoice
from apps.billing.services.payments import DebitedError, receive_event, start_payment
from apps.core.models import AuditEvent
from tests.factories import billing, clients
from tools.stripe_local.server import StripeLocal
from tools.stripe_local.webhooks import event, signature

D = Decimal
GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"


@pytest.fixture
def stripe_server(settings):
    server = StripeLocal(secret_key=settings.STRIPE_SECRET_KEY, webhook_secret=settings.STRIPE_WEBHOOK_SECRET).start()
    server.sends_webhooks = False  # the tests deliver what it would send, in the order that they are about
    settings.STRIPE_API_BASE = server.url
    yield server
    server.stop()


@pytest.fixture
def household(ada):
    found = clients.household(ada)
    billing.cash_account(found, ada, "365000")
    billing.assigned(found, ada, billing.version(ada))
    return found


@pytest.fixture
def invoice(ada, paul, household):
    return billing.invoiced(ada, paul)[0]


@pytest.fixture
def client(household):
    return clients.portal_user(household.people.get(relationship="head")).as_actor()


def paid_events(server, payment, card=GOOD_CARD):
    _why, events = server.store.pay(payment.session_id, card)
    return {kind: event(kind, about) for kind, about in events}


def deliver(body, secret="whsec_test"):  # noqa: S107 - of the tests
    return receive_event(payload=body, signature=signature(body, secret))


def test_a_payment_opens_one_page_at_stripe_for_what_is_due(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    session = stripe_server.store.session(payment.session_id)
    assert session["amount_total"] == 90000
    assert session["currency"] == "usd"
    assert session["metadata"]["payment"] == str(payment.public_id)
    assert session["customer_email"] == "ana.rivera@example.com"
    assert payment.checkout_url == session["url"]


def test_a_double_click_is_one_payment_and_one_page(stripe_server, invoice, client):
    first, second = (start_payment(invoice=invoice, by=client) for _ in range(2))
    assert (first.pk, first.checkout_url) == (second.pk, second.checkout_url)
    assert Payment.objects.count() == 1
    assert AuditEvent.objects.filter(action="billing.start_payment").count() == 1


def test_a_paid_page_closes_the_invoice_once_however_often_it_is_reported(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    events = paid_events(stripe_server, payment)
    outcomes = [
        deliver(events["payment_intent.succeeded"]),
        deliver(events["checkout.session.completed"]),
        deliver(events["checkout.session.completed"]),
    ]
    assert [taken and taken.outcome for taken in outcomes] == ["settled", "already settled", None]
    invoice.refresh_from_db()
    assert (invoice.state, invoice.paid) == (InvoiceState.PAID, D(900))
    assert StripeEvent.objects.count() == 2
    assert AuditEvent.objects.filter(action="billing.settle_payment").count() == 1
    with pytest.raises(InvoiceClosedError):
        start_payment(invoice=invoice, by=client)


def test_an_expiry_that_arrives_after_the_payment_changes_nothing(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    session = stripe_server.store.session(payment.session_id)
    deliver(paid_events(stripe_server, payment)["checkout.session.completed"])
    late = deliver(event("checkout.session.expired", {**session, "status": "expired"}))
    payment.refresh_from_db()
    assert (late.outcome, payment.state) == ("too late", PaymentState.SUCCEEDED)


def test_a_success_that_arrives_after_the_expiry_counts(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    session = stripe_server.store.session(payment.session_id)
    deliver(event("checkout.session.expired", {**session, "status": "expired"}))
    deliver(paid_events(stripe_server, payment)["checkout.session.completed"])
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID


def test_a_declined_card_leaves_the_page_open_for_another(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    declined = paid_events(stripe_server, payment, DECLINED_CARD)["payment_intent.payment_failed"]
    assert deliver(declined).outcome == "declined"
    payment.refresh_from_db()
    assert (payment.state, payment.failure) == (PaymentState.STARTED, "Your card was declined.")
    assert start_payment(invoice=invoice, by=client).pk == payment.pk
    deliver(paid_events(stripe_server, payment)["payment_intent.succeeded"])
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID


def test_a_page_that_was_paid_without_a_webhook_is_settled_and_not_opened_again(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    paid_events(stripe_server, payment)
    with pytest.raises(InvoiceClosedError):
        start_payment(invoice=invoice, by=client)
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.PAID


def test_an_expired_page_is_followed_by_a_new_one(stripe_server, invoice, client):
    first = start_payment(invoice=invoice, by=client)
    stripe_server.store.expire(first.session_id)
    second = start_payment(invoice=invoice, by=client)
    first.refresh_from_db()
    assert first.state == PaymentState.EXPIRED
    assert second.pk != first.pk
    assert second.session_id != first.session_id


@pytest.mark.parametrize(
    ("secret", "age"), [("whsec_of_another", 0), ("whsec_test", 3600)], ids=["wrong secret", "an hour old"]
)
def test_a_webhook_that_stripe_did_not_sign_now_is_refused(stripe_server, invoice, client, secret, age):
    payment = start_payment(invoice=invoice, by=client)
    body = paid_events(stripe_server, payment)["checkout.session.completed"]
    with pytest.raises(WebhookRefusedError):
        receive_event(payload=body, signature=signature(body, secret, int(time.time()) - age))
    assert not StripeEvent.objects.exists()
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.ISSUED


def test_events_of_another_firm_and_of_unknown_kinds_are_left_alone(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    session = stripe_server.store.session(payment.session_id) | {"payment_status": "paid"}
    foreign = {**session, "metadata": {**session["metadata"], "firm": "beta"}}
    nobody = {**session, "metadata": {**session["metadata"], "payment": str(uuid.uuid4())}}
    for kind, about in [
        ("checkout.session.completed", foreign),
        ("checkout.session.completed", nobody),
        ("customer.created", {"object": "customer", "id": "cus_1"}),
    ]:
        assert deliver(event(kind, about)) is None
    assert not StripeEvent.objects.exists()


def test_another_currency_settles_nothing(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    session = stripe_server.store.session(payment.session_id)
    about = {**session, "payment_status": "paid", "currency": "eur"}
    assert deliver(event("checkout.session.completed", about)).outcome == "refused: currency"
    invoice.refresh_from_db()
    assert invoice.paid == 0


def test_an_invoice_with_a_payment_under_way_is_not_taken_back(stripe_server, ada, invoice, client):
    start_payment(invoice=invoice, by=client)
    with pytest.raises(PaymentUnderWayError):
        void_invoice(invoice=invoice, reason="Wrong", by=ada.as_actor())


def test_a_debited_fee_takes_no_card(stripe_server, invoice, client):
    Invoice.objects.filter(pk=invoice.pk).update(collection="own")
    with pytest.raises(DebitedError):
        start_payment(invoice=invoice, by=client)


def test_without_a_key_or_a_server_nothing_is_charged(settings, stripe_server, invoice, client):
    settings.STRIPE_SECRET_KEY = "sk_test_wrong"
    with pytest.raises(PaymentsUnavailableError, match="does not know"):
        start_payment(invoice=invoice, by=client)
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_local", "http://127.0.0.1:9"
    with pytest.raises(PaymentsUnavailableError, match="cannot be reached"):
        start_payment(invoice=invoice, by=client)
    settings.STRIPE_SECRET_KEY = ""
    with pytest.raises(PaymentsUnavailableError, match="not set up"):
        start_payment(invoice=invoice, by=client)


def test_settling_twice_counts_once(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    for _ in range(2):
        settle_payment(payment=payment, by=client)
    invoice.refresh_from_db()
    assert invoice.paid == D(900)


def test_the_library_itself_accepts_what_the_local_server_signs(stripe_server, invoice, client):
    payment = start_payment(invoice=invoice, by=client)
    body = paid_events(stripe_server, payment)["checkout.session.completed"]
    parsed = stripe.Webhook.construct_event(body, signature(body, "whsec_test"), "whsec_test")
    assert parsed["type"] == "checkout.session.completed"
    assert json.loads(body)["data"]["object"]["id"] == payment.session_id
