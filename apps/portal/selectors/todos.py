"""What the firm waits for from this client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from apps.clients.models import DocumentRequest, Signature
from apps.compliance.selectors.profiles import acknowledgements_for
from apps.compliance.selectors.questionnaires import open_assessments
from apps.core.actors import Actor
from apps.kernel.money import Money
from apps.plans.models import StepStatus
from apps.plans.selectors.step_boards import SOON, own_steps
from apps.portal.selectors.bills import bill_list
from apps.portfolios.selectors.trade_steps import waiting_for


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, why, and the page that does it; `why` goes on after an amount."""

    icon: str
    what: str
    why: str
    url: str
    action: str
    due_on: dt.date | None = None
    amount: Money | None = None
    passport: str = ""


def todos(actor: Actor, on: dt.date) -> list[Todo]:
    """Return what waits for this very person, what has a day first."""
    found = [todo for source in SOURCES for todo in source(actor, on)]
    return sorted(found, key=lambda todo: (todo.due_on is None, todo.due_on or on))


def _questionnaires(actor: Actor, _on: dt.date) -> list[Todo]:
    found = []
    for row in open_assessments(actor):
        asked, answered = len(row.questionnaire.content["items"]), len(row.answers)
        done = {"answered": answered, "asked": asked}
        progress = gettext("%(answered)s of %(asked)s answered. It shapes how your money is invested.") % done
        first = gettext("%(asked)s questions, about ten minutes. It shapes how your money is invested.") % done
        found.append(
            Todo(
                icon="shield-check",
                what=gettext("Answer the risk questionnaire"),
                why=progress if answered else first,
                url=reverse("portal:questionnaire", kwargs={"assessment_id": row.public_id}),
                action=gettext("Go on") if answered else gettext("Start"),
            )
        )
    return found


def _acknowledgements(actor: Actor, on: dt.date) -> list[Todo]:
    return [
        Todo(
            icon="shield-check",
            what=gettext("Confirm your risk level"),
            why=gettext("Your advisor needs your yes before it counts."),
            url=reverse(
                "portal:acknowledgement", kwargs={"assessment_id": assessment.public_id, "purpose": asked.purpose}
            ),
            action=gettext("Read and confirm"),
        )
        for assessment, asked in acknowledgements_for(actor, on)
    ]


def _signatures(actor: Actor, _on: dt.date) -> list[Todo]:
    rows = (
        Signature.objects.visible_to(actor)
        .to_be_given_by(actor)
        .select_related("request__document__household__advisor")
    )
    return [
        Todo(
            icon="sign",
            what=gettext("Sign: %(paper)s") % {"paper": row.request.document.title},
            why=gettext("%(advisor)s asks for your signature.")
            % {"advisor": str(row.request.document.household.advisor)},
            url=reverse("portal:signature", kwargs={"signature_id": row.public_id}),
            action=gettext("Read and sign"),
        )
        for row in rows.order_by("sent_at", "id")
    ]


def _trades(actor: Actor, _on: dt.date) -> list[Todo]:
    return [
        Todo(
            icon="chart-pie",
            what=gettext("Approve trades: %(purpose)s") % {"purpose": row.purpose},
            why=gettext("%(advisor)s asks for your word before anything is ordered.")
            % {"advisor": str(row.household.advisor)},
            url=reverse("portal:trade", kwargs={"proposal_id": row.public_id}),
            action=gettext("Read and decide"),
            due_on=row.expires_on,
        )
        for row in waiting_for(actor)
    ]


def _papers(actor: Actor, _on: dt.date) -> list[Todo]:
    return [
        Todo(
            icon="upload",
            what=gettext("Send: %(paper)s") % {"paper": row.title},
            why=row.note or gettext("%(advisor)s needs it for your file.") % {"advisor": row.asked_by},
            url=reverse("portal:request", kwargs={"request_id": row.public_id}),
            action=gettext("Upload"),
            due_on=row.due_on,
        )
        for row in DocumentRequest.objects.visible_to(actor).open()
    ]


def _steps(actor: Actor, on: dt.date) -> list[Todo]:
    return [
        Todo(
            icon="route",
            what=row.words,
            why=gettext("It is a step of your plan."),
            url=reverse("portal:plan-step", kwargs={"step_id": row.public_id}),
            action=gettext("Tell that it is done"),
            due_on=row.due_on,
        )
        for row in own_steps(actor).filter(status=StepStatus.OPEN, due_on__lte=on + SOON)
    ]


def _invoices(actor: Actor, on: dt.date) -> list[Todo]:
    return [
        Todo(
            icon="receipt",
            what=gettext("Pay invoice %(number)s") % {"number": bill.invoice.number},
            why=gettext("is due."),
            amount=bill.due,
            passport=f"{reverse('portal:invoice', kwargs={'invoice_id': bill.invoice.public_id})}?receipt",
            url=reverse("portal:invoice", kwargs={"invoice_id": bill.invoice.public_id}),
            action=gettext("Pay"),
            due_on=bill.invoice.due_on,
        )
        for bill in bill_list(actor, on).bills
        if bill.can_be_paid
    ]


SOURCES: list[Callable[[Actor, dt.date], list[Todo]]] = [
    _questionnaires,
    _acknowledgements,
    _signatures,
    _papers,
    _trades,
    _steps,
    _invoices,
]
