"""Where the figures of billing come from: a run, an invoice, a household's billing, the terms of a schedule.

What one account bears of a fee has more to show: its receipt (`receipts.py`).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from apps.billing.models import FeeAssignment, HouseholdFee, Invoice, InvoiceState, PaymentState
from apps.billing.selectors.invoices import HouseholdBillingView
from apps.billing.selectors.runs import FeeRow, RunView
from apps.billing.selectors.schedules import TierRow, VersionView
from apps.core.passports import Amount, Passport, PassportLine
from apps.core.templatetags.formats import date_text


def run_passport(view: RunView) -> Passport:
    """Return what the fees of a run are summed from, as far as its reader sees them."""
    run = view.run
    return Passport(
        title=gettext("Fees"),
        value=Amount.of_money(view.total, run.currency),
        method=gettext(
            "Sum of the households' fees, each computed from its own receipt and rounded once; a blocked household "
            "counts as nothing until it can be billed."
        ),
        as_of=run.last_day,
        source=gettext("Fee terms of signed agreements, and the values of the firm's own ledger"),
        basis=gettext("After discounts and credits; before sales tax, of which there is none."),
        version=next((_engine_of(row.fee) for row in view.rows if not row.is_blocked), ""),
        lines=tuple(_fee_line(row, run.currency) for row in view.rows),
        notes=(gettext("Households of other advisors are not in it."),) if view.is_part else (),
    )


def _fee_line(row: FeeRow, currency: str) -> PassportLine:
    fee = row.fee
    if row.is_blocked:
        return PassportLine(fee.household.name, gettext("blocked"), None)
    parts = (
        (gettext("Billed value"), Amount.of_money(fee.billable_value, currency)),
        (gettext("Annual rate"), Amount(fee.effective_rate, "percent", "2")),
        (gettext("Change"), Amount.of_money(row.change, currency)),
    )
    url = reverse("billing:household-receipt", kwargs={"fee_id": fee.public_id})
    return PassportLine(fee.household.name, "", Amount.of_money(fee.total, currency), parts, url)


def invoice_passport(invoice: Invoice, receipt_page: str = "billing:receipt") -> Passport:
    """Return what an invoice's total, its payments and what is due are made of; lines lead to their receipts."""
    currency = invoice.currency
    lines = [
        PassportLine(
            line.description,
            "",
            Amount.of_money(line.amount, currency),
            ((gettext("Billed value"), Amount.of_money(line.billable_value, currency)),),
            reverse(receipt_page, kwargs={"fee_id": line.account_fee.public_id}) if line.account_fee else "",
        )
        for line in invoice.lines.all()
    ]
    payments = [
        PassportLine(
            gettext("Payment: %(how)s") % {"how": payment.get_method_display()},
            f"{date_text(timezone.localdate(payment.created_at))} · {payment.get_state_display()}",
            Amount.of_money(payment.amount, currency),
        )
        for payment in invoice.payments.all()
    ]
    paid = gettext("What has arrived, less what was given back")
    due = gettext("Total less what is paid; nothing once the invoice is taken back")
    return Passport(
        title=invoice.number,
        value=Amount.of_money(invoice.total, currency),
        method=gettext("Sum of the fees of the accounts, each to the cent as its receipt shows."),
        as_of=invoice.issued_on,
        source=gettext("Billing run of %(first)s to %(last)s")
        % {"first": date_text(invoice.first_day), "last": date_text(invoice.last_day)},
        basis=gettext("After discounts and credits; before sales tax, of which there is none."),
        version=_engine_of(invoice.household_fee) if invoice.household_fee else "",
        lines=(
            *lines,
            *payments,
            PassportLine(gettext("Paid"), paid, Amount.of_money(invoice.paid, currency, _paid_on(invoice))),
            PassportLine(gettext("Still due"), due, Amount.of_money(invoice.due, currency, _paid_on(invoice))),
        ),
    )


def _engine_of(fee: HouseholdFee) -> str:
    return str((fee.receipt or {}).get("engine_version", ""))


def _paid_on(invoice: Invoice) -> dt.date:
    days = [timezone.localdate(row.updated_at) for row in invoice.payments.all() if row.state == PaymentState.SUCCEEDED]
    return max(days, default=invoice.issued_on)


def billing_passport(view: HouseholdBillingView) -> Passport:
    """Return what a household was billed and still owes, invoice by invoice, with the terms it pays by."""
    invoices = [
        PassportLine(
            invoice.number,
            f"{date_text(invoice.issued_on)} · {invoice.get_state_display()}",
            Amount.of_money(Decimal(0) if invoice.state == InvoiceState.VOID else invoice.total, invoice.currency),
            ((gettext("Still due"), Amount.of_money(invoice.due, invoice.currency)),),
            invoice.get_absolute_url(),
        )
        for invoice in view.invoices
    ]
    notes = [
        PassportLine(
            gettext("Credit note %(number)s") % {"number": note.number},
            note.reason,
            Amount.of_money(note.amount, note.currency, note.issued_on),
        )
        for note in view.credit_notes
    ]
    due = gettext("Over all invoices, less what is paid")
    return Passport(
        title=gettext("Billed so far"),
        value=Amount.of_money(view.billed, view.currency),
        method=gettext("Sum of all invoices but those taken back. Credit notes are listed, not deducted."),
        as_of=view.as_of,
        source=gettext("The invoices of the household"),
        basis=gettext("After discounts and credits; before sales tax, of which there is none."),
        lines=(
            *invoices,
            PassportLine(gettext("Still due"), due, Amount.of_money(view.due, view.currency)),
            *notes,
            *(_terms_line(assignment) for assignment in view.assignments),
        ),
    )


def _terms_line(assignment: FeeAssignment) -> PassportLine:
    parts = [
        (label, Amount(value, "percent", "2", assignment.starts_on))
        for label, value in (
            (gettext("Negotiated rate"), assignment.negotiated_rate),
            (gettext("Discount"), assignment.discount or None),
        )
        if value is not None
    ]
    how = gettext("%(title)s, clause %(clause)s, from %(day)s") % {
        "title": assignment.agreement.title,
        "clause": assignment.clause,
        "day": date_text(assignment.starts_on),
    }
    schedule = assignment.version.schedule
    url = reverse("billing:schedule-detail", kwargs={"schedule_id": schedule.public_id})
    return PassportLine(str(assignment.version), how, None, tuple(parts), url)


def terms_passport(view: VersionView) -> Passport:
    """Return the terms of a version of a schedule as they were defined."""
    version, terms = view.version, view.terms
    currency = version.currency
    amounts = [
        (gettext("Fixed amount a year"), terms.fixed_annual),
        (gettext("Minimum a year"), terms.minimum.annual_amount if terms.minimum else None),
        (gettext("Maximum a year"), terms.maximum.annual_amount if terms.maximum else None),
        (gettext("Deposits and withdrawals prorated from"), terms.flow_rule.threshold if terms.flow_rule else None),
    ]
    shown = [PassportLine(label, "", Amount(value, "money", "exact")) for label, value in amounts if value is not None]
    if terms.discount.fraction:
        shown.append(PassportLine(gettext("Discount"), "", Amount(terms.discount.fraction, "percent", "2")))
    lines = (*(_tier_line(tier, currency) for tier in view.tiers), *shown)
    return Passport(
        title=str(version),
        value=lines[0].amount if lines and lines[0].amount else Amount(None),
        method=gettext("As defined: the rate a year of the part of the value that lies in the tier."),
        as_of=version.effective_on,
        source=gettext("Written by %(who)s") % {"who": version.defined_by},
        lines=lines,
        basis=gettext("Before discounts of a household's own agreement."),
    )


def _tier_line(tier: TierRow, currency: str) -> PassportLine:
    parts = [(gettext("From"), Amount.of_money(tier.lower, currency))]
    if tier.upper is not None:
        parts.append((gettext("To"), Amount.of_money(tier.upper, currency)))
    return PassportLine(gettext("Tier"), "", Amount(tier.rate, "percent", "2"), tuple(parts))
