from __future__ import annotations

import pytest

from apps.billing.models import AccountFee, FeeAssignment, HouseholdFee, Invoice, Payment
from apps.billing.selectors.invoices import invoices_for
from apps.billing.selectors.receipts import account_receipt, household_receipt_for, receipt_for
from apps.billing.services.invoices import issue_invoice
from apps.kernel.errors import NotFoundError
from tests.factories import billing, clients


@pytest.fixture
def household(ada):
    found = clients.household(ada)
    billing.cash_account(found, ada, "600000", name="Joint")
    billing.ira(found, ada, "900000")
    billing.assigned(found, ada, billing.version(ada))
    return found


@pytest.fixture
def client(household):
    return clients.portal_user(household.people.get(relationship="head")).as_actor()


def test_a_client_sees_a_fee_and_its_receipt_once_it_is_invoiced(ada, paul, household, client):
    run = billing.locked(ada, paul)
    fee = run.fees.get()
    part = fee.accounts.first()
    assert household_receipt_for(ada.as_actor(), fee.public_id).check.holds
    for read in (lambda: household_receipt_for(client, fee.public_id), lambda: account_receipt(client, part.public_id)):
        with pytest.raises(NotFoundError):
            read()
    invoice = issue_invoice(fee=fee, by=ada.as_actor())
    assert invoices_for(client) == [invoice]
    receipt = receipt_for(client, invoice)
    for each in fee.accounts.all():
        assert account_receipt(client, each.public_id).posting.posted == each.amount
    assert [(clause.number, clause.text[:12]) for clause in receipt.clauses] == [("4.1", "The fee is 1")]
    assert account_receipt(client, part.public_id).proration.days == 90


def test_nobody_else_reads_bills(ada, paul, sue, mallory, household, client):
    invoice = billing.invoiced(ada, paul)[0]
    other = clients.portal_user(clients.household(ada, name="Zola").people.get(relationship="head")).as_actor()
    for actor in (sue.as_actor(), mallory.as_actor(), other):
        for model in (AccountFee, HouseholdFee, Invoice, Payment, FeeAssignment):
            assert not model.objects.visible_to(actor).exists(), (actor.label, model)
        with pytest.raises(NotFoundError):
            receipt_for(actor, invoice)
