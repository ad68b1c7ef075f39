"""What is due with households themselves."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext

from apps.accounts.policies import Permission
from apps.clients.models import Household
from apps.core.actors import Actor
from apps.core.templatetags.formats import date_text
from apps.desk.selectors.due_items import MOST_OF_A_KIND, DueItem


def reviews_due(actor: Actor, on: dt.date) -> list[DueItem]:
    """Return households whose review is due, for people who advise (one query)."""
    if not actor.can(Permission.EDIT_HOUSEHOLDS):
        return []
    rows = Household.objects.visible_to(actor).active().filter(next_review_on__lte=on).order_by("next_review_on", "id")
    return [
        DueItem(
            kind=gettext("Review"),
            title=gettext("Review with %(household)s") % {"household": household.name},
            why=gettext("It was agreed for %(day)s.") % {"day": date_text(household.next_review_on)},
            url=reverse("desk:household", kwargs={"household_id": household.public_id}),
            action=gettext("Open the household"),
            due_on=household.next_review_on,
            household=household.name,
            tone="bad" if household.next_review_on < on else "warn",
            icon="calendar",
        )
        for household in rows[:MOST_OF_A_KIND]
        if household.next_review_on is not None
    ]
