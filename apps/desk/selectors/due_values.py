"""What waits about values, calls and services: old values, capital that is called, quality checks that are due."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from apps.accounts.policies import Permission
from apps.desk.selectors.due_items import MOST_OF_A_KIND, Asked, DueItem
from apps.portfolios.models import AssetFlow
from apps.portfolios.selectors.old_values import old_values
from apps.portfolios.selectors.service_offerings import services_to_check


def calls_due(asked: Asked) -> list[DueItem]:
    """Return the capital calls that are announced (one query)."""
    if not asked.actor.can(Permission.EDIT_PORTFOLIOS):
        return []
    rows = (
        AssetFlow.objects.visible_to(asked.actor)
        .announced()
        .filter(asked.of_household("asset__account__household"))
        .select_related("asset__account__household")
        .order_by("day", "pk")
    )
    return [
        DueItem(
            title=gettext("Capital call of %(fund)s") % {"fund": row.asset.account.name},
            why=gettext("The fund calls capital. Have the cash ready, and record when it was paid."),
            url=reverse("portfolios:asset-detail", kwargs={"asset_id": row.asset.public_id}),
            action=gettext("Look at the call"),
            due_on=row.day,
            household=row.asset.account.household.name,
            tone="bad" if row.day < asked.on else "warn",
            icon="chart-pie",
        )
        for row in rows[:MOST_OF_A_KIND]
    ]


def old_values_due(asked: Asked) -> list[DueItem]:
    """Return the households with something whose value is older than the firm's limit (a fixed number of queries)."""
    if not asked.actor.can(Permission.EDIT_PORTFOLIOS):
        return []
    return [
        DueItem(
            title=gettext("Values of %(household)s") % {"household": row.household},
            why=ngettext(
                "%(number)s holding was last valued too long ago.",
                "%(number)s holdings were last valued too long ago.",
                row.number,
            )
            % {"number": row.number},
            url=reverse("portfolios:household-portfolio", kwargs={"household_id": row.household_id}),
            action=gettext("Look at them"),
            household=row.household,
            icon="clock",
        )
        for row in old_values(asked.actor, asked.on, asked.of_household("account__household"))[:MOST_OF_A_KIND]
    ]


def checks_due(asked: Asked) -> list[DueItem]:
    """Return the quality checks of services that are due (a few queries)."""
    if not asked.actor.can(Permission.EDIT_PORTFOLIOS):
        return []
    return [
        DueItem(
            title=gettext("Quality check of %(service)s") % {"service": each.row.offering.name},
            why=gettext("The service asks for a review of the household: go through its checks."),
            url=reverse("portfolios:service-check", kwargs={"taken_id": each.row.public_id}),
            action=gettext("Go through the checks"),
            due_on=each.due_on,
            household=each.row.household.name,
            icon="check",
        )
        for each in services_to_check(asked.actor, asked.on, asked.of_household("household"))[:MOST_OF_A_KIND]
    ]
