"""Reminding people of the steps that are theirs."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.clients.models import Person
from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.core.tenancy.addresses import site_url
from apps.notices.selectors.digests import takes_digest
from apps.notices.services.mails import queue_mail
from apps.plans.models import PlanStep, StepOwner

AHEAD = dt.timedelta(days=7)
Recipient = tuple[str, str, str, bool]


@service
def remind_of_steps(*, on: dt.date, by: Actor) -> int:
    """Remind owners of what is due within a week, and once more when it is overdue; return how many mails went out.

    One mail a person tells all steps at once: a client's own go to that person (or to the adults with a portal
    account), the others to the household's advisor, unless the digest tells the advisor (services/digests.py).
    """
    rows = PlanStep.objects.select_for_update(of=("self",)).due_by(on + AHEAD)
    rows = rows.filter(Q(reminded_on=None) | Q(due_on__lt=on, reminded_on__lte=F("due_on")))
    told: dict[Recipient, list[PlanStep]] = defaultdict(list)
    for step in rows.select_related("household__advisor", "person__user").order_by("due_on", "pk"):
        for recipient in _recipients(step):
            told[recipient].append(step)
        step.reminded_on = on
        step.save(update_fields=["reminded_on", "updated_at"])
        audit.record("plans.remind_of_step", by=by, target=step, after={"reminded_on": on})
    for (address, name, locale, is_client), steps in told.items():
        context = {
            "name": name,
            "steps": [_line(each) for each in steps],
            "is_client": is_client,
            "action_url": site_url("/portal/plan/#steps" if is_client else "/plans/steps/"),
            "action_label": _("Open the steps"),
        }
        queue_mail(kind="plans/steps_due", to=address, context=context, by=by, locale=locale)
    return len(told)


def _line(step: PlanStep) -> dict[str, object]:
    """What a mail says of a step; words of a template are translated when it is written, somebody's own are not."""
    return {
        "title": step.title,
        "is_own": not step.code,
        "due_on": step.due_on,
        "household": step.household.name,
    }


def _recipients(step: PlanStep) -> list[Recipient]:
    """Return who is told; a client's step without anybody to tell goes to the advisor."""
    if step.owner == StepOwner.CLIENT:
        people = [step.person] if step.person else list(_adults(step))
        found = [_of_person(each) for each in people if each.user is not None and each.email]
        if found:
            return found
    advisor = step.household.advisor
    return [] if takes_digest(advisor) else [_of_advisor(advisor)]


def _adults(step: PlanStep) -> list[Person]:
    return list(Person.objects.filter(household=step.household).adults().select_related("user"))


def _of_person(person: Person) -> Recipient:
    return person.email, person.first_name, person.user.locale if person.user else "", True


def _of_advisor(user: User) -> Recipient:
    return user.email, user.full_name, user.locale, False
