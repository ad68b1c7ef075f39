"""What happens at the same moment: committed rows in a clone of its own, threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from apps.accounts.models import ApprovalRequest
from apps.accounts.policies import Role
from apps.accounts.services.approvals import request_approval
from apps.billing.models import Invoice, InvoiceState, Payment, StripeEvent
from apps.billing.services.invoices import record_payment
from apps.billing.services.payments import receive_event, start_payment
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from tests import databases
from tests.cast import firm, person
from tests.factories import billing, clients
from tools.stripe_local.server import StripeLocal
from tools.stripe_local.webhooks import event, signature

N = 6


@pytest.fixture
def alpha(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """Alpha in a database of its own, whose rows are committed and go with it."""
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        own = f"{usual}_at_once"
        databases.clone(databases.ensure_template(), own)
        databases.use(own)
        try:
            alpha = firm("alpha")
            with tenant_context(alpha):
                yield alpha
        finally:
            databases.use(usual)
            databases.drop(own)


@pytest.fixture
def server(settings: Any) -> Iterator[StripeLocal]:
    started = StripeLocal(secret_key=settings.STRIPE_SECRET_KEY, webhook_secret=settings.STRIPE_WEBHOOK_SECRET).start()
    started.sends_webhooks = False
    settings.STRIPE_API_BASE = started.url
    yield started
    started.stop()


@pytest.fixture
def invoice(alpha: Any) -> Invoice:
    ada, paul = person(Role.ADVISOR, "Ada"), person(Role.PRINCIPAL, "Paul")
    household = clients.household(ada)
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada))
    return billing.invoiced(ada, paul)[0]


def at_once(alpha: Any, work: Callable[[], object]) -> list[object]:
    """Do the same thing in threads that begin together; return what each got or raised."""
    begin, results = threading.Barrier(N), []

    def run() -> None:
        try:
            with tenant_context(alpha):
                begin.wait(20)
                results.append(work())
        except Exception as raised:  # noqa: BLE001 - shown to the test as it is
            results.append(raised)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(N)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_the_same_webhook_delivered_at_once_is_taken_once(alpha, server, invoice):
    client = clients.portal_user(invoice.household.people.get(relationship="head")).as_actor()
    payment = start_payment(invoice=invoice, by=client)
    _why, events = server.store.pay(payment.session_id, "4242 4242 4242 4242")
    body = event(*events[1])
    results = at_once(alpha, lambda: receive_event(payload=body, signature=signature(body, "whsec_test")))
    taken = [result for result in results if isinstance(result, StripeEvent)]
    assert (len(taken), results.count(None)) == (1, N - 1), results
    invoice.refresh_from_db()
    assert (invoice.state, invoice.paid) == (InvoiceState.PAID, Decimal(900))
    assert AuditEvent.objects.filter(action="billing.settle_payment").count() == 1


def test_different_events_of_one_payment_at_once_settle_it_once(alpha, server, invoice):
    client = clients.portal_user(invoice.household.people.get(relationship="head")).as_actor()
    payment = start_payment(invoice=invoice, by=client)
    _why, events = server.store.pay(payment.session_id, "4242 4242 4242 4242")
    bodies = [event(*told) for told in events * (N // 2)]

    def deliver() -> StripeEvent | None:
        body = bodies.pop()
        return receive_event(payload=body, signature=signature(body, "whsec_test"))

    results = at_once(alpha, deliver)
    assert all(isinstance(result, StripeEvent) for result in results), results
    invoice.refresh_from_db()
    assert invoice.paid == Decimal(900)
    assert AuditEvent.objects.filter(action="billing.settle_payment").count() == 1


def test_a_button_pressed_at_once_by_many_opens_one_page(alpha, server, invoice):
    client = clients.portal_user(invoice.household.people.get(relationship="head")).as_actor()
    results = at_once(alpha, lambda: start_payment(invoice=invoice, by=client))
    assert {result.checkout_url for result in results if isinstance(result, Payment)} == {
        Payment.objects.get().checkout_url
    }
    assert len(server.store._rows["sessions"]) == 1


def test_the_same_check_recorded_at_once_is_booked_once_and_never_more_than_is_due(alpha, invoice):
    actor = person(Role.SUPPORT, "Sue").as_actor()

    def record(reference: str, amount: str) -> object:
        told = {"amount": Decimal(amount), "method": "check", "reference": reference}
        return record_payment(invoice=invoice, **told, by=actor)

    results = at_once(alpha, lambda: record("1017", "100"))
    refused = [result for result in results if isinstance(result, InvalidInputError)]
    assert (len(refused), sum(isinstance(result, Payment) for result in results)) == (N - 1, 1), results
    assert {error.field for error in refused} == {"reference"}
    at_once(alpha, lambda: record("", "300"))
    invoice.refresh_from_db()
    assert invoice.paid == Decimal(700), "two more of 300 fit into 900, the third is refused"


def test_the_same_approval_asked_for_at_once_is_one_request(alpha, invoice):
    actor = person(Role.SUPPORT, "Sue").as_actor()
    results = at_once(
        alpha, lambda: request_approval(kind="tests.once", target=invoice, title="May it be so?", by=actor)
    )
    assert {result.pk for result in results if isinstance(result, ApprovalRequest)} == {
        ApprovalRequest.objects.get(kind="tests.once").pk
    }, results
    assert all(isinstance(result, ApprovalRequest) for result in results), results
