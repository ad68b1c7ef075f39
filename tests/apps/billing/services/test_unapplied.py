"""Money for an invoice that was void when it came: seen, and given back or applied."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.billing.models import Invoice, InvoiceState, Payment, PaymentMethod, PaymentState
from apps.billing.services.invoices import settle_payment, void_invoice
from apps.billing.services.unapplied import NotUnappliedError, apply_payment, note_return
from apps.core.actors import Actor
from apps.core.models import AuditEvent
from apps.desk.selectors.today import today
from apps.kernel.errors import InvalidInputError
from tests.factories import billing, clients

STRIPE = Actor.system("billing.stripe_webhook")


@pytest.fixture
def invoice(ada: User, paul: User) -> Invoice:
    household = clients.household(ada)
    billing.cash_account(household, ada, "365000")
    billing.assigned(household, ada, billing.version(ada))
    return billing.invoiced(ada, paul)[0]


@pytest.fixture
def late(ada: User, invoice: Invoice) -> Payment:
    """A card page that had expired when the invoice was taken back, and was paid all the same."""
    payment = Payment.objects.create(
        invoice=invoice, method=PaymentMethod.CARD, state=PaymentState.EXPIRED, currency="USD", amount=900
    )
    void_invoice(invoice=invoice, reason="Wrong account", by=ada.as_actor())
    return settle_payment(payment=payment, by=STRIPE)


def another(invoice: Invoice, total: str) -> Invoice:
    day = dt.date(2026, 1, 15)
    return Invoice.objects.create(
        household=invoice.household, number=f"X-{total}", issued_on=day, due_on=day, first_day=day, last_day=day,
        currency="USD", total=Decimal(total), collection=invoice.collection,
    )  # fmt: skip


def test_a_payment_of_a_void_invoice_waits_and_the_firm_is_told(ada, invoice, late, sign_in):
    invoice.refresh_from_db()
    assert (late.state, late.unapplied, invoice.paid, invoice.state) == ("succeeded", "waiting", 0, InvoiceState.VOID)
    items = [item for item in today(ada.as_actor(), dt.date(2026, 2, 1)).items if "void" in item.why]
    assert [item.url for item in items] == [invoice.get_absolute_url()]
    assert "$900.00 came for invoice" in items[0].why
    page = sign_in(ada).get(invoice.get_absolute_url()).content.decode()
    assert "$900.00 came on" in page
    assert "Note that it was given back" in page
    event = AuditEvent.objects.get(action="billing.settle_payment")
    assert (event.after["unapplied"], Decimal(event.after["amount"])) == ("waiting", 900)


def test_it_is_noted_once_how_the_amount_was_given_back(ada, invoice, late, sign_in):
    with pytest.raises(InvalidInputError, match="Say how"):
        note_return(payment=late, note=" ", by=ada.as_actor())
    browser = sign_in(ada)
    done = browser.post(f"/billing/payments/{late.public_id}/return/", {"note": "Refund at Stripe re_1"}, follow=True)
    page = done.content.decode()
    assert "Given back: Refund at Stripe re_1" in page
    assert "Note that it was given back" not in page
    assert (
        not today(ada.as_actor(), dt.date(2026, 1, 1)).items
        or "void" not in today(ada.as_actor(), dt.date(2026, 1, 1)).items[0].why
    )
    with pytest.raises(NotUnappliedError):
        note_return(payment=late, note="again", by=ada.as_actor())
    assert AuditEvent.objects.filter(action="billing.return_payment").count() == 1


def test_it_is_applied_to_another_invoice_of_the_household_that_needs_it(ada, invoice, late, sign_in):
    small, open_ = another(invoice, "899.99"), another(invoice, "1000")
    with pytest.raises(InvalidInputError, match=r"only 899\.99 is due"):
        apply_payment(payment=late, invoice=small, by=ada.as_actor())
    page = sign_in(ada).get(invoice.get_absolute_url()).content.decode()
    assert str(open_.public_id) in page
    assert str(small.public_id) not in page
    done = sign_in(ada).post(f"/billing/payments/{late.public_id}/apply/", {"invoice": str(open_.public_id)})
    assert done.status_code == 302
    open_.refresh_from_db()
    late.refresh_from_db()
    assert (open_.paid, open_.state) == (900, InvoiceState.PARTIAL)
    assert (late.unapplied, late.unapplied_note) == ("applied", open_.number)
    with pytest.raises(NotUnappliedError):
        apply_payment(payment=late, invoice=open_, by=ada.as_actor())


def test_an_invoice_of_another_household_is_no_choice(ada, invoice, late):
    stranger = clients.household(ada)
    other = another(invoice, "1000")
    Invoice.objects.filter(pk=other.pk).update(household=stranger)
    with pytest.raises(InvalidInputError, match="same household"):
        apply_payment(payment=late, invoice=other, by=ada.as_actor())
