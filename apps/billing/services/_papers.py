"""Invoices and credit notes on paper: numbers, PDFs, delivery."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import FirmProfile
from apps.billing.models import CreditNote, Invoice, NumberSeries, SeriesKind
from apps.billing.selectors.receipts import household_receipt
from apps.clients.models import Document, DocumentCategory, Relationship
from apps.clients.selectors.languages import language_of
from apps.clients.services.documents import file_document
from apps.core.actors import Actor
from apps.core.paper import render_pdf
from apps.core.tenancy.addresses import site_url
from apps.kernel.money import Money
from apps.notices.services.mails import queue_mail

_PREFIXES = {SeriesKind.INVOICE: "INV", SeriesKind.CREDIT_NOTE: "CN"}
# where the portal shows an invoice; a firm's site without a portal sends the client to its front door
PORTAL_INVOICE = "portal:invoice"


def next_number(kind: SeriesKind, on: dt.date) -> str:
    """Take the next number of the year. The series stays locked until the caller's transaction ends: numbers follow
    the order of commits, and a paper that fails leaves no gap."""
    NumberSeries.objects.bulk_create([NumberSeries(kind=kind, year=on.year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update().get(kind=kind, year=on.year)
    series.last_number += 1
    series.save(update_fields=["last_number", "updated_at"])
    return f"{_PREFIXES[kind]}-{on.year}-{series.last_number:05d}"


def file_invoice(invoice: Invoice, by: Actor) -> Document:
    """Draw the invoice in the household's language and file it where its client can open it."""
    profile = FirmProfile.current()
    with translation.override(language_of(invoice.household)):
        title = _("Invoice %(number)s") % {"number": invoice.number}
        context = {
            **_letterhead(profile, title),
            "invoice": invoice,
            "lines": list(invoice.lines.all()),
            "receipt": household_receipt(invoice.household_fee) if invoice.household_fee else None,
            "total": Money(invoice.total, invoice.currency),
        }
        content = render_pdf("_pdf/billing/invoice.html", context)
    return _file(invoice, title, content, by)


def file_credit_note(note: CreditNote, by: Actor) -> Document:
    """Draw the credit note in the household's language and file it where its client can open it."""
    profile = FirmProfile.current()
    with translation.override(language_of(note.household)):
        title = _("Credit note %(number)s") % {"number": note.number}
        context = {
            **_letterhead(profile, title),
            "note": note,
            "receipt": household_receipt(note.household_fee) if note.household_fee else None,
            "total": Money(note.amount, note.currency),
        }
        content = render_pdf("_pdf/billing/credit_note.html", context)
    return _file(note, title, content, by)


def send_invoice(invoice: Invoice, by: Actor) -> None:
    """Mail those of the household who decide and have an address that the invoice lies in the portal. The mail names no
    amount: mail is not a private letter."""
    people = invoice.household.people.filter(relationship__in=[Relationship.HEAD, Relationship.PARTNER])
    for person in people.exclude(email="").select_related("user"):
        queue_mail(
            kind="billing/invoice",
            to=person.email,
            context={
                "name": str(person),
                "number": invoice.number,
                "due_on": invoice.due_on,
                "is_debited": invoice.collection != "invoice",
                "action_url": site_url(portal_path(invoice)),
                "action_label": gettext_lazy("Open the invoice"),
            },
            locale=person.user.locale if person.user else "",
            by=by,
        )


def portal_path(invoice: Invoice) -> str:
    """Return the portal's page of the invoice."""
    try:
        return reverse(PORTAL_INVOICE, kwargs={"invoice_id": invoice.public_id})
    except NoReverseMatch:
        return "/"


def _file(paper: Invoice | CreditNote, title: str, content: bytes, by: Actor) -> Document:
    return file_document(
        household=paper.household,
        category=DocumentCategory.INVOICE,
        title=title,
        filename=f"{paper.number}.pdf",
        content=content,
        by=by,
        visible_to_client=True,
    )


def _letterhead(profile: FirmProfile, title: str) -> dict[str, Any]:
    return {
        "firm_name": profile.display_name,
        "firm_legal_name": profile.legal_name,
        "firm_address": profile.address,
        "document_title": title,
        "disclosure": profile.disclosures.split("\n", 1)[0],
        "disclosures": [text for text in profile.disclosures.split("\n") if text.strip()],
        "brand_accent": profile.accent,
        "letter": profile.currency == "USD",
    }
