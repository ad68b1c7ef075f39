from __future__ import annotations

import io
from decimal import Decimal

import pytest
from pypdf import PdfReader

from apps.billing.models import CreditNote, Invoice, InvoiceState, NumberSeries, RunState
from apps.billing.services.invoices import (
    ISSUE,
    InvoiceClosedError,
    NotLockedError,
    issue_invoice,
    issue_invoices,
    record_payment,
    request_invoices,
    void_invoice,
)
from apps.clients.models import Document
from apps.core.models import AuditEvent, Job
from apps.kernel.errors import InvalidInputError
from apps.notices.models import Mail
from tests.factories import billing, clients

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


def text_of(document: Document) -> str:
    pages = PdfReader(io.BytesIO(document.current.content())).pages
    return "\n".join(page.extract_text() for page in pages)


def test_an_invoice_is_filed_for_the_client_with_its_amounts_and_its_clause(invoice):
    assert (invoice.total, invoice.state) == (D("3082.19"), InvoiceState.ISSUED)
    assert invoice.document.visible_to_client
    text = text_of(invoice.document)
    for told in ("$3,082.19", "$1,232.88", "$1,849.31", "1.000%", "$10,000.00", invoice.number, "4.1"):
        assert told in text, told


def test_the_client_is_told_by_mail_that_names_no_amount(invoice):
    mail = Mail.objects.get(kind="billing/invoice")
    assert mail.to == "ana.rivera@example.com"
    assert invoice.number in mail.subject
    assert "3,082" not in mail.text + mail.html


def test_issuing_again_writes_nothing_more(ada, paul, invoice):
    run = invoice.household_fee.run
    run.refresh_from_db()
    assert run.state == RunState.INVOICED
    assert issue_invoices(run=run, by=ada.as_actor()) == [invoice]
    assert issue_invoice(fee=invoice.household_fee, by=ada.as_actor()) == invoice
    assert AuditEvent.objects.filter(action="billing.issue_invoice").count() == 1
    assert Mail.objects.filter(kind="billing/invoice").count() == 1


def test_numbers_follow_one_another_and_a_paper_that_fails_gives_its_number_back(ada, paul, household, monkeypatch):
    other = clients.household(ada, name="Zola")
    billing.cash_account(other, ada, "100000")
    billing.assigned(other, ada, billing.version(ada, name="Second"))
    run = billing.locked(ada, paul)
    first, second = run.fees.order_by("household__name")
    with monkeypatch.context() as patch, pytest.raises(OSError, match="no disk"):
        patch.setattr("apps.billing.services._papers.render_pdf", _no_disk)
        issue_invoice(fee=first, by=ada.as_actor())
    assert not Invoice.objects.exists()
    assert not NumberSeries.objects.filter(last_number__gt=0).exists()
    numbers = [issue_invoice(fee=fee, by=ada.as_actor()).number for fee in (second, first)]
    assert [number[-5:] for number in numbers] == ["00001", "00002"]


def _no_disk(*_args: object) -> bytes:
    raise OSError("no disk")


def test_fees_that_are_not_locked_are_not_invoiced(ada, household):
    run = billing.calculated(ada)
    with pytest.raises(NotLockedError):
        request_invoices(run=run, by=ada.as_actor())
    with pytest.raises(NotLockedError):
        issue_invoice(fee=run.fees.get(), by=ada.as_actor())


def test_asking_for_invoices_twice_makes_one_job(ada, paul, household):
    run = billing.locked(ada, paul)
    request_invoices(run=run, by=ada.as_actor())
    request_invoices(run=run, by=ada.as_actor())
    assert Job.objects.filter(name="billing.issue_invoices").count() == 1
    event = AuditEvent.objects.get(action="billing.request_invoices")
    assert (event.actor_key, event.after["job"]) == (ada.as_actor().key, str(Job.objects.get(name=ISSUE).public_id))


def test_a_void_invoice_keeps_its_number_and_its_reason(ada, invoice):
    with pytest.raises(InvalidInputError, match="Say why"):
        void_invoice(invoice=invoice, reason=" ", by=ada.as_actor())
    voided = void_invoice(invoice=invoice, reason="Wrong account", by=ada.as_actor())
    assert (voided.state, voided.due, voided.number) == (InvoiceState.VOID, 0, invoice.number)
    with pytest.raises(InvoiceClosedError):
        void_invoice(invoice=invoice, reason="again", by=ada.as_actor())
    assert not CreditNote.objects.exists()


def test_what_was_paid_on_a_void_invoice_is_owed_by_a_credit_note(ada, invoice):
    record_payment(invoice=invoice, amount=D("82.19"), method="check", reference="17", by=ada.as_actor())
    void_invoice(invoice=invoice, reason="Wrong account", by=ada.as_actor())
    note = CreditNote.objects.get()
    assert (note.amount, note.invoice, note.reason) == (D("82.19"), invoice, "Wrong account")
    assert AuditEvent.objects.filter(action="billing.issue_credit_note").count() == 1


def test_payments_by_other_ways_close_the_invoice_in_parts(ada, invoice):
    record_payment(invoice=invoice, amount=D("82.19"), method="check", reference="17", by=ada.as_actor())
    invoice.refresh_from_db()
    assert (invoice.state, invoice.due) == (InvoiceState.PARTIAL, D(3000))
    with pytest.raises(InvalidInputError, match=r"up to 3000\.00"):
        record_payment(invoice=invoice, amount=D("3000.01"), method="check", reference="", by=ada.as_actor())
    with pytest.raises(InvalidInputError, match="Stripe reports"):
        record_payment(invoice=invoice, amount=D(1), method="card", reference="", by=ada.as_actor())
    record_payment(invoice=invoice, amount=D(3000), method="transfer", reference="", by=ada.as_actor())
    invoice.refresh_from_db()
    assert (invoice.state, invoice.due) == (InvoiceState.PAID, 0)
    with pytest.raises(InvoiceClosedError):
        record_payment(invoice=invoice, amount=D(1), method="check", reference="", by=ada.as_actor())
    assert AuditEvent.objects.filter(action="billing.settle_payment").count() == 2


def test_a_run_in_the_clients_favour_becomes_a_credit_note(ada, paul, household):
    run = billing.locked(ada, paul)
    fee = run.fees.get()
    fee.total = D("-600.00")
    fee.save()
    note = issue_invoice(fee=fee, by=ada.as_actor())
    assert isinstance(note, CreditNote)
    assert note.amount == D("600.00")
    assert issue_invoice(fee=fee, by=ada.as_actor()) == note
