"""What the journey of a plan begins with: a couple whose money is known but for what the advisor has yet to ask.

Run as a program inside the live site's environment: `python -m tests.journeys.planning_story build` builds it, `fall`
lets the market fall and asks for the night.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from decimal import Decimal

import django

django.setup()

from django.db.models import F  # noqa: E402 - after the set-up
from django_tenants.utils import tenant_context  # noqa: E402 - after the set-up

from apps.accounts.models import User  # noqa: E402
from apps.accounts.policies import Role  # noqa: E402
from apps.clients.models import Household, Person  # noqa: E402
from apps.clients.services.households import onboard_household  # noqa: E402
from apps.core import jobs  # noqa: E402
from apps.core.actors import Actor  # noqa: E402
from apps.market.models import AssetClass, Security  # noqa: E402
from apps.money.services.facts import add_fact  # noqa: E402
from apps.plans.models import Plan, PlanMeasurement  # noqa: E402
from apps.portfolios.models import Registration  # noqa: E402
from apps.portfolios.services.accounts import OwnerShare  # noqa: E402
from tests.cast import firm, person  # noqa: E402
from tests.days import today  # noqa: E402
from tests.factories import clients, compliance, market, portfolios  # noqa: E402
from tests.journeys.people import PASSWORD  # noqa: E402
from tests.journeys.portal_story import session_of  # noqa: E402

BOUGHT = dt.date(2025, 3, 3)
SHARES, BONDS = "STK", "BND"


def build(today: dt.date) -> dict[str, str]:
    """Build the story; return sessions and ids."""
    ada, mallory = person(Role.ADVISOR, "Ada"), person(Role.ADVISOR, "Mallory")
    household = _couple(ada)
    _invested(household, ada, today)
    _expects_social_security(household, ada, today)
    adults = household.people.filter(relationship__in=("head", "partner")).order_by("pk")
    told = {"household": str(household.public_id), "ada": session_of(ada), "mallory": session_of(mallory)}
    return told | {adult.first_name.lower(): _client(adult, ada) for adult in adults}


def _couple(ada: User) -> Household:
    """Rosa and Miguel with Ana and Leo: nobody asked Miguel when he wants to stop, nor what they live on."""

    def member(relationship: str, first_name: str, born: dt.date, **more: object) -> dict[str, object]:
        named = {"relationship": relationship, "first_name": first_name, "last_name": "Costa", "date_of_birth": born}
        return {**named, **more}

    people = [
        member("head", "Rosa", dt.date(1976, 5, 17), annual_income=Decimal(165_000), email="rosa@costa.test"),
        member("partner", "Miguel", dt.date(1974, 1, 3), annual_income=Decimal(88_000), email="miguel@costa.test"),
        member("child", "Ana", dt.date(2012, 9, 1)),
        member("child", "Leo", dt.date(2015, 2, 28)),
    ]
    details = {"filing_status": "joint", "state": "MA"}
    return onboard_household(name="Costa", advisor=ada, people=people, details=details, by=ada.as_actor())


def _invested(household: Household, ada: User, today: dt.date) -> None:
    """A brokerage account and two for retirement, in shares and bonds that have prices."""
    yesterday = today - dt.timedelta(days=1)
    shares = portfolios.instrument(ada, SHARES, {BOUGHT: "100", yesterday: "120"})
    bonds = portfolios.instrument(
        ada, BONDS, {BOUGHT: "100", yesterday: "101"}, asset_class=AssetClass.GOVERNMENT_BONDS
    )
    rosa, miguel = household.people.filter(relationship__in=("head", "partner")).order_by("pk")
    for name, form, owner, units in (
        ("Brokerage", Registration.INDIVIDUAL, rosa, 2600),
        ("Rosa's 401(k)", Registration.PLAN_401K, rosa, 3600),
        ("Miguel's IRA", Registration.TRADITIONAL_IRA, miguel, 1800),
    ):
        account = portfolios.account(
            household, ada, name=name, registration=form, owners=(OwnerShare(owner),), number=f"9000-{units}"
        )
        cash = 200 * units
        portfolios.entry(account, ada, "deposit", BOUGHT, cash=str(cash + 20_000))
        for held, part in ((shares, "0.7"), (bonds, "0.3")):
            bought = int(2 * units * Decimal(part))
            portfolios.entry(
                account, ada, "buy", BOUGHT, instrument=held, units=str(bought), cash=str(-100 * bought), price="100"
            )


def _expects_social_security(household: Household, ada: User, today: dt.date) -> None:
    for adult, amount, at in (("Rosa", 34_000, 2043), ("Miguel", 22_000, 2041)):
        fields = {
            "name": "Social Security",
            "person": household.people.get(first_name=adult),
            "kind": "social_security",
            "annual_amount": Decimal(amount),
            "starts_on": dt.date(at, 6, 1),
            "as_of": today,
        }
        add_fact(kind="income", household=household, fields=fields, by=ada.as_actor())


def _client(adult: Person, ada: User) -> str:
    """Let an adult into the portal, with a risk profile in force; return their session."""
    user = clients.portal_user(adult, email=f"{adult.first_name.lower()}@costa.test")
    user.set_password(PASSWORD)
    user.save()
    compliance.in_force(adult, ada)
    return session_of(user)


def fall(today: dt.date) -> dict[str, str]:
    """Let a day go by, shares lose thirty per cent and bonds four; ask for the firm's night, as its clock does."""
    a_day = dt.timedelta(days=1)
    PlanMeasurement.objects.update(day=F("day") - a_day)
    Plan.objects.update(in_force_at=F("in_force_at") - a_day)
    for symbol, close in ((SHARES, "84"), (BONDS, "97")):
        market.told(Security.objects.get(symbol=symbol), {today: close})
    asked = jobs.enqueue("plans.monitor_night", by=Actor.system("plans.monitor_everywhere"))
    return {"job": str(asked.public_id)}


if __name__ == "__main__":
    with tenant_context(firm("alpha")):
        json.dump({"build": build, "fall": fall}[sys.argv[1]](today()), sys.stdout)
