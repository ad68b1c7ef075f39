"""What the household is billed, and what is on its way to be paid."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from apps.billing.models import Invoice, Payment, PaymentState
from apps.billing.policies import is_paid_by_client
from apps.billing.selectors.invoices import invoice_for, invoices_for
from apps.billing.selectors.passports import invoice_passport
from apps.billing.selectors.receipts import HouseholdReceipt, receipt_for
from apps.core.actors import Actor
from apps.core.passports import Amount, Passport, PassportLine
from apps.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Bill:
    """One invoice in amounts of money."""

    invoice: Invoice
    total: Money
    due: Money
    is_overdue: bool

    @classmethod
    def of(cls, invoice: Invoice, on: dt.date) -> Bill:
        """Bring an invoice into the form that pages show."""
        overdue = invoice.is_open and invoice.due_on < on
        return cls(invoice, Money(invoice.total, invoice.currency), Money(invoice.due, invoice.currency), overdue)

    @property
    def can_be_paid(self) -> bool:
        """Whether the client pays it by card: it is open, and not debited from the accounts."""
        return self.invoice.is_open and is_paid_by_client(self.invoice)


@dataclass(frozen=True, slots=True)
class BillList:
    """All invoices of the client's household, and what is due of those they pay themselves."""

    bills: tuple[Bill, ...]
    on: dt.date

    @property
    def due(self) -> Money | None:
        """What is still to be paid by the client; None where nothing is."""
        open_ = [bill.due for bill in self.bills if bill.can_be_paid]
        if not open_:
            return None
        return Money(sum((amount.amount for amount in open_), Decimal(0)), open_[0].currency)

    @property
    def passport(self) -> Passport:
        """Where the sum comes from."""
        return Passport(
            title=gettext("To be paid by you"),
            value=Amount(self.due, "money", "exact"),
            method=gettext(
                "The sum of what is still due on invoices that you pay yourself; fees that are debited from accounts "
                "are not in it."
            ),
            as_of=self.on,
            source=gettext("Your invoices and payments"),
            lines=tuple(
                PassportLine(
                    bill.invoice.number,
                    "",
                    Amount(bill.due, "money", "exact"),
                    url=reverse("portal:invoice", kwargs={"invoice_id": bill.invoice.public_id}),
                )
                for bill in self.bills
                if bill.can_be_paid
            ),
        )


@dataclass(frozen=True, slots=True)
class BillPage:
    """One invoice with what proves it and the payment that is under way."""

    bill: Bill
    paid: Money
    receipt: HouseholdReceipt | None
    payments: tuple[Payment, ...]

    @property
    def passport(self) -> Passport:
        """Where total, paid and due come from; the lines lead to the client's own receipts."""
        return invoice_passport(self.bill.invoice, "portal:receipt")

    @property
    def under_way(self) -> Payment | None:
        """The payment that may still succeed."""
        waiting = {PaymentState.STARTED, PaymentState.PROCESSING}
        return next((payment for payment in self.payments if payment.state in waiting), None)


def bill_list(actor: Actor, on: dt.date) -> BillList:
    """Return the client's invoices, the newest first."""
    return BillList(tuple(Bill.of(invoice, on) for invoice in invoices_for(actor)), on)


def bill_page(actor: Actor, public_id: uuid.UUID, on: dt.date) -> BillPage:
    """Return one invoice. Raises NotFoundError for one of another household."""
    invoice = invoice_for(actor, public_id)
    return BillPage(
        bill=Bill.of(invoice, on),
        paid=Money(invoice.paid, invoice.currency),
        receipt=receipt_for(actor, invoice),
        payments=tuple(invoice.payments.all()),
    )
