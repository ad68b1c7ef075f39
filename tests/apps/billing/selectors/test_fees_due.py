"""Fees that will be debited, as a rebalance keeps cash for them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from apps.accounts.models import User
from apps.billing.models import Invoice
from apps.billing.selectors.fees_due import fees_due
from apps.billing.services.invoices import record_payment
from apps.clients.models import Household
from apps.portfolios.ports import cash_due
from tests.factories import billing, clients

LATER = dt.timedelta(days=60)


@pytest.fixture
def household(ada: User) -> Household:
    return clients.household(ada)


def invoiced(household: Household, ada: User, paul: User, **own: object) -> Invoice:
    billing.assigned(household, ada, billing.version(ada), **own)
    return billing.invoiced(ada, paul)[0]


def test_what_is_open_is_asked_of_each_account_until_it_is_paid(household: Household, ada: User, paul: User) -> None:
    one = billing.cash_account(household, ada, "600000", name="Joint")
    two = billing.ira(household, ada, "900000")
    invoice = invoiced(household, ada, paul, collection="own")
    both, until = {one.pk, two.pk}, invoice.due_on + LATER
    found = fees_due(both, until)
    assert {each.account_id: each.amount for each in found} == {
        line.account_fee.account_id: line.amount for line in invoice.lines.all()
    }
    assert {(each.due_on, each.reference, each.currency) for each in found} == {(invoice.due_on, invoice.number, "USD")}
    assert [each.account_id for each in cash_due.due({two.pk}, until)] == [two.pk]
    assert fees_due(both, invoice.due_on - dt.timedelta(days=1)) == []
    record_payment(invoice=invoice, amount=Decimal("100.01"), method="debit", reference="1", by=ada.as_actor())
    assert sum(each.amount for each in fees_due(both, until)) == invoice.total - Decimal("100.01")
    record_payment(
        invoice=invoice, amount=invoice.total - Decimal("100.01"), method="debit", reference="2", by=ada.as_actor()
    )
    assert fees_due(both, until) == []


def test_one_account_pays_for_all_where_that_is_agreed(household: Household, ada: User, paul: User) -> None:
    payer = billing.cash_account(household, ada, "600000", name="Joint")
    other = billing.cash_account(household, ada, "900000", name="Trust")
    invoice = invoiced(household, ada, paul, collection="account", paying_account=payer)
    (found,) = fees_due({payer.pk, other.pk}, invoice.due_on)
    assert (found.account_id, found.amount) == (payer.pk, invoice.total)


def test_a_bill_that_the_client_pays_asks_nothing_of_accounts(household: Household, ada: User, paul: User) -> None:
    account = billing.cash_account(household, ada, "600000")
    invoice = invoiced(household, ada, paul)
    assert fees_due({account.pk}, invoice.due_on + LATER) == []
