"""What the journey of a portfolio begins with: a household whose file is complete, a model in force, and no account.

Run as a program inside the live site's environment: `python -m tests.journeys.portfolio_story`.
"""

from __future__ import annotations

import datetime as dt
import json
import sys

import django

django.setup()

from django_tenants.utils import tenant_context  # noqa: E402 - after the set-up

from apps.accounts.policies import Role  # noqa: E402
from apps.market.models import AssetClass  # noqa: E402
from tests.cast import firm, person  # noqa: E402
from tests.factories import clients, models, portfolios, trades  # noqa: E402
from tests.journeys.papers import Quarter  # noqa: E402
from tests.journeys.portal_story import session_of  # noqa: E402


def build(today: dt.date) -> dict[str, str]:
    """Build the story; return sessions and ids."""
    ada, paul, connie = (person(role, name) for role, name in _TEAM)
    quarter = Quarter.before(today)
    yesterday = today - dt.timedelta(days=1)
    half = quarter.first + dt.timedelta(days=45)
    stocks, other = (
        portfolios.instrument(ada, symbol, {quarter.first: "100", half: "104", quarter.last: "110", yesterday: "112"})
        for symbol in ("STK", "STK2")
    )
    bonds = portfolios.instrument(
        ada,
        "BND",
        {quarter.first: "100", quarter.last: "101", yesterday: "102"},
        asset_class=AssetClass.GOVERNMENT_BONDS,
    )
    household = clients.household(ada)
    trades.complete_file(household, ada)
    models.mandate(household, models.approved(ada, paul, (stocks, other, bonds)), ada)
    head = household.people.get(relationship="head")
    return {
        "household": str(household.public_id),
        **{user.full_name.lower(): session_of(user) for user in (ada, paul, connie)},
        "client": session_of(head.user),
    }


_TEAM = ((Role.ADVISOR, "Ada"), (Role.PRINCIPAL, "Paul"), (Role.COMPLIANCE, "Connie"))

if __name__ == "__main__":
    with tenant_context(firm("alpha")):
        json.dump(build(dt.date.today()), sys.stdout)
