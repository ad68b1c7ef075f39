"""The first steps in the portal: shown once, remembered for the person."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from apps.accounts.models import User

TOUR = "first-portal"


def first_tour(user: User) -> dict[str, Any] | None:
    """Return the tour, None once it was seen."""
    if TOUR in user.tours_seen:
        return None
    steps = [
        {
            "target": "#answer",
            "title": gettext("Are we on track"),
            "text": gettext("The answer in dollars, from the plan that your advisor published for you."),
        },
        {
            "target": "#todos",
            "title": gettext("What you need to do"),
            "text": gettext("What your advisor waits for: a questionnaire, a paper, a signature, an invoice."),
        },
        {
            "target": "",
            "title": gettext("Where a figure comes from"),
            "text": gettext("A dotted line under a number opens how it was reckoned, as of which day, and from what."),
        },
    ]
    return {"id": TOUR, "done_url": reverse("accounts:finish-tour"), "steps": steps}
