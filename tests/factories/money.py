"""Facts of a household's money for tests, made by the product's own services."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.clients.models import Household
from apps.money.models import BankAccount, FactOfHousehold
from apps.money.services.bank_accounts import BankDetails, PostedEntry, add_bank_account, post_entries
from apps.money.services.facts import add_fact

DAY = dt.date(2025, 6, 15)


def bank_account(household: Household, by: User, **details: Any) -> BankAccount:
    """A checking account with a balance."""
    told = {
        "name": "Checking",
        "kind": "checking",
        "institution": "First Bank",
        "number": "000111222",
        "balance": Decimal("4200.00"),
        "balance_as_of": DAY,
        **details,
    }
    return add_bank_account(household=household, details=BankDetails(**told), by=by.as_actor())


def posted(account: BankAccount, by: User, *lines: tuple[str, str, str]) -> None:
    """Post entries given as (day, amount, payee)."""
    entries = [
        PostedEntry(f"k{n}-{day}-{payee}", dt.date.fromisoformat(day), Decimal(amount), payee)
        for n, (day, amount, payee) in enumerate(lines)
    ]
    post_entries(account=account, entries=entries, by=by.as_actor())


def fact(word: str, household: Household, by: User, **fields: Any) -> FactOfHousehold:
    """Add a fact; text becomes exact where the field is a number."""
    told: dict[str, Any] = {"name": word.title(), "as_of": DAY, **FACTS[word], **fields}
    if word in {"income", "former_spouse", "ira_basis", "roth_basis", "grant"}:
        told.setdefault("person", household.people.get(relationship="head"))
    return add_fact(kind=word, household=household, fields=told, by=by.as_actor())


FACTS: dict[str, dict[str, Any]] = {
    "income": {"kind": "salary", "annual_amount": Decimal(120_000)},
    "expense": {"category": "groceries", "monthly_amount": Decimal(900)},
    "saving": {"monthly_amount": Decimal(500)},
    "debt": {
        "kind": "mortgage",
        "balance": Decimal(310_000),
        "annual_rate": Decimal("0.065"),
        "monthly_payment": Decimal(2_100),
    },
    "property": {"kind": "home", "value": Decimal(650_000)},
    "insurance": {"kind": "life", "coverage": Decimal(500_000), "annual_premium": Decimal(600)},
    "phase": {"monthly_amount": Decimal(1_500)},
    "ira_basis": {"amount": Decimal(60_000), "tax_year": DAY.year - 1},
    "roth_basis": {"contributions": Decimal(40_000), "first_year": 2015, "tax_year": DAY.year - 1},
    "grant": {
        "kind": "rsu",
        "granted_on": dt.date(2025, 3, 1),
        "quantity": Decimal(1_000),
        "price": Decimal(90),
        "cliff_months": 12,
    },
    "payment": {"kind": "gift", "annual_amount": Decimal(6_000)},
    "windfall": {"amount": Decimal(80_000), "expected_on": dt.date(2034, 3, 1)},
    "former_spouse": {
        "date_of_birth": dt.date(1958, 4, 2),
        "monthly_amount": Decimal(2_400),
        "married_on": dt.date(1985, 6, 1),
        "died_on": dt.date(2019, 2, 3),
    },
}
