"""What is due in billing: runs that wait for their next step, invoices past their day."""

from __future__ import annotations

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from apps.accounts.policies import Permission
from apps.billing.models import BillingRun, Invoice, Payment, RunState
from apps.core.templatetags.formats import date_text, money_text
from apps.desk.selectors.due_items import MOST_OF_A_KIND, Asked, DueItem


def runs_due(asked: Asked) -> list[DueItem]:
    """Return billing runs that wait for somebody who may take them further (one query); not on a household's page."""
    if not asked.actor.can(Permission.EDIT_BILLING) or asked.household is not None:
        return []
    steps = {
        RunState.DRAFT: (gettext("It is not calculated yet."), gettext("Calculate")),
        RunState.CALCULATED: (gettext("It is calculated; a second person must review it."), gettext("Send for review")),
        RunState.APPROVED: (gettext("It is approved and can be locked."), gettext("Lock")),
        RunState.LOCKED: (gettext("It is locked; the invoices are not issued yet."), gettext("Issue the invoices")),
    }
    rows = BillingRun.objects.visible_to(asked.actor).filter(state__in=list(steps)).order_by("last_day", "id")
    return [
        DueItem(
            title=gettext("Billing run %(first)s to %(last)s")
            % {"first": date_text(run.first_day), "last": date_text(run.last_day)},
            why=steps[RunState(run.state)][0],
            url=run.get_absolute_url(),
            action=steps[RunState(run.state)][1],
            icon="receipt",
        )
        for run in rows[:MOST_OF_A_KIND]
    ]


def invoices_due(asked: Asked) -> list[DueItem]:
    """Return households with invoices past their day (one query)."""
    if not asked.actor.can(Permission.EDIT_BILLING):
        return []
    rows = (
        Invoice.objects.visible_to(asked.actor)
        .open()
        .filter(asked.of_household("household"), due_on__lt=asked.on)
        .order_by()
        .values("household__name", "household__public_id")
        .annotate(number=Count("pk"), oldest=Min("due_on"))
        .order_by("oldest", "household__name")
    )
    return [
        DueItem(
            title=gettext("Fees of %(household)s") % {"household": row["household__name"]},
            why=ngettext(
                "%(number)s invoice is past its day.", "%(number)s invoices are past their day.", row["number"]
            )
            % {"number": row["number"]},
            url=reverse("billing:household-billing", kwargs={"household_id": row["household__public_id"]}),
            action=gettext("Open the invoices"),
            due_on=row["oldest"],
            household=row["household__name"],
            tone="bad",
            icon="receipt",
        )
        for row in rows[:MOST_OF_A_KIND]
    ]


def late_payments_due(asked: Asked) -> list[DueItem]:
    """Return payments that came after their invoice was void (one query)."""
    if not asked.actor.can(Permission.EDIT_BILLING):
        return []
    rows = Payment.objects.visible_to(asked.actor).unapplied().filter(asked.of_household("invoice__household"))
    return [
        DueItem(
            title=gettext("Late payment of %(household)s") % {"household": payment.invoice.household.name},
            why=gettext("%(amount)s came for invoice %(number)s after it was void: give it back or apply it.")
            % {
                "amount": money_text(payment.amount, payment.currency, style="exact"),
                "number": payment.invoice.number,
            },
            url=payment.invoice.get_absolute_url(),
            action=gettext("Open the invoice"),
            household=payment.invoice.household.name,
            icon="receipt",
        )
        for payment in rows.select_related("invoice__household").order_by("pk")[:MOST_OF_A_KIND]
    ]
