"""The first steps of each role: shown once on the first page, remembered for the person."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.policies import Role

Step = tuple[str, str | Promise, str | Promise]

_TODAY: Step = (
    "#today-queue",
    _("Your day"),
    _("What waits for you stands here: why it is due, and the one click that does it."),
)
_SEARCH: Step = (
    "#open-search",
    _("Find anything"),
    _("Press / or Ctrl K and type a name, the last four of an account, or what you want to do."),
)
_HOUSEHOLDS: Step = (
    "#nav-users",
    _("Households"),
    _("A household’s page holds its people, plan, portfolio, money, papers and billing, with the next step on top."),
)
_FIGURES: Step = (
    "",
    _("Where a figure comes from"),
    _("A dotted line under a number opens its passport: method, day, inputs."),
)

# targets are places of the layout, which every page has; a step whose place is missing is left out
STEPS: dict[str, tuple[Step, ...]] = {
    Role.PRINCIPAL: (
        _TODAY,
        (
            "#nav-settings",
            _("Set the firm up"),
            _("Profile, brand, people, approvals and partners are in the settings. Start with the people."),
        ),
        _HOUSEHOLDS,
        (
            "#nav-receipt",
            _("Billing"),
            _("A run calculates the fees of a period; a second person approves it before it is locked and invoiced."),
        ),
        (
            "#nav-shield-check",
            _("Compliance"),
            _("Every act is on a trail that nobody can change. Verify and export it here."),
        ),
        _SEARCH,
        _FIGURES,
    ),
    Role.ADVISOR: (
        _TODAY,
        (
            "#nav-users",
            _("Take a household on"),
            _("By form, or by importing a client list: what the file says is shown before anything is written."),
        ),
        (
            "#nav-route",
            _("Generate the plan"),
            _("From the household’s facts and goals. You decide on each piece of advice before the client reads it."),
        ),
        (
            "#nav-chart-pie",
            _("Portfolios"),
            _("Bring the custodian’s files; differences from your own book are listed with their likely cause."),
        ),
        _SEARCH,
        _FIGURES,
    ),
    Role.COMPLIANCE: (
        _TODAY,
        (
            "#nav-shield-check",
            _("Compliance"),
            _(
                "What needs attention, the trail by client, person and period, and exports that an examiner can check "
                "without Steward."
            ),
        ),
        _HOUSEHOLDS,
        _SEARCH,
        _FIGURES,
    ),
    Role.SUPPORT: (
        _TODAY,
        (
            "#nav-users",
            _("Households"),
            _("Contacts, papers and what is asked for. Balances and identifiers stay hidden from your role."),
        ),
        _SEARCH,
    ),
}


def first_tour(user: User) -> dict[str, Any] | None:
    """Return the tour of the person's role, None once it was seen or for who has none."""
    tour = f"first-{user.role}"
    steps = STEPS.get(user.role)
    if steps is None or tour in user.tours_seen:
        return None
    told = [{"target": target, "title": str(title), "text": str(text)} for target, title, text in steps]
    return {"id": tour, "done_url": reverse("accounts:finish-tour"), "steps": told}
