"""Households for tests, made by the product's own service."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.accounts.models import User
from apps.clients.models import Household
from apps.clients.services.households import onboard_household
from apps.core.actors import Actor


def household(advisor: User, *, name: str = "Rivera", by: Actor | None = None) -> Household:
    """Two partners with two children."""
    people = [
        {"relationship": "head", "first_name": "Ana", "last_name": name, "date_of_birth": dt.date(1980, 5, 17), "annual_income": Decimal(140_000), "retirement_age": 65, "email": f"ana.{name.lower()}@example.com"},
        {"relationship": "partner", "first_name": "Luis", "last_name": name, "date_of_birth": dt.date(1978, 1, 3), "annual_income": Decimal(95_000), "retirement_age": 65},
        {"relationship": "child", "first_name": "Eva", "last_name": name, "date_of_birth": dt.date(2012, 9, 1)},
        {"relationship": "child", "first_name": "Tom", "last_name": name, "date_of_birth": dt.date(2015, 2, 28)},
    ]  # fmt: skip
    details = {"filing_status": "joint", "state": "MA"}
    return onboard_household(name=name, advisor=advisor, people=people, details=details, by=by or advisor.as_actor())
