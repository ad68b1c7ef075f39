"""Fees paid from outside of the accounts, as returns net of fees count them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from apps.billing.selectors.paid_fees import paid_from_outside
from apps.billing.services.invoices import record_payment
from apps.kernel.dates import DateSpan
from apps.portfolios.ports import fees_paid_elsewhere
from tests.factories import billing, clients


@pytest.fixture
def invoice(ada, paul):
    household = clients.household(ada)
    billing.cash_account(household, ada, "600000", name="Joint")
    billing.ira(household, ada, "900000")
    billing.assigned(household, ada, billing.version(ada))
    return billing.invoiced(ada, paul)[0]


def span():
    today = timezone.localdate()
    return DateSpan(today - dt.timedelta(days=2), today + dt.timedelta(days=2))


def accounts(invoice):
    return {line.account_fee.account_id for line in invoice.lines.all()}


def test_a_check_is_shared_among_the_accounts_of_its_invoice_to_the_cent(ada, invoice):
    paid = Decimal("100.01")
    record_payment(invoice=invoice, amount=paid, method="check", reference="1", by=ada.as_actor())
    found = paid_from_outside(accounts(invoice), span())
    assert sum(fee.amount for fee in found) == paid
    assert {fee.account_id for fee in found} == accounts(invoice)
    assert {fee.reference for fee in found} == {invoice.number}
    one = min(accounts(invoice))
    assert [fee.account_id for fee in paid_from_outside({one}, span())] == [one]
    assert {fee.amount for fee in fees_paid_elsewhere.paid({one}, span())} == {
        fee.amount for fee in found if fee.account_id == one
    }


def test_what_the_custodian_debited_is_in_the_ledger_already(ada, invoice):
    record_payment(invoice=invoice, amount=Decimal(100), method="debit", reference="1", by=ada.as_actor())
    assert paid_from_outside(accounts(invoice), span()) == []


def test_other_days_and_other_accounts_are_left_out(ada, invoice):
    record_payment(invoice=invoice, amount=Decimal(100), method="transfer", reference="1", by=ada.as_actor())
    before = DateSpan(dt.date(2020, 1, 1), dt.date(2020, 12, 31))
    assert paid_from_outside(accounts(invoice), before) == []
    assert paid_from_outside({0}, span()) == []
