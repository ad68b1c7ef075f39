"""Required distributions: ages, divisors and amounts of the published cases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from apps.kernel.life_tables import uniform_divisor
from apps.kernel.required_ages import start_age
from apps.portfolios.engine.distributions import lifetime_divisor, required_distribution
from tests.golden.loader import GoldenFolders


def uniform_lifetime_divisor(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"divisor": float(uniform_divisor(case_input["age"]))}


def rmd_start_age(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"age": float(start_age(dt.date.fromisoformat(case_input["birth"])))}


def _amount(age: int, balance: Any) -> float:
    """Of somebody born in 1940, who has been past the first year for long."""
    told = required_distribution(dt.date(1940, 1, 1), 1940 + age, Decimal(str(balance)))
    return float(told.amount) if told is not None else 0.0


def rmd_amount(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"rmd": _amount(case_input["age"], case_input["prior_year_end_balance"])}


def rmd_fraction(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"fraction": float(1 / uniform_divisor(case_input["age"]))}


def rmd_by_account(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """A Roth account asks for nothing while its owner lives."""
    balances = case_input["balances"]
    return {kind: 0.0 if kind == "roth" else _amount(case_input["age"], value) for kind, value in balances.items()}


def rmd_table_choice(case_input: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """Tables by the numbers of Publication 590-B."""
    spouse = case_input["spouse_age"] if case_input["spouse_sole_beneficiary"] else None
    table, divisor = lifetime_divisor(case_input["owner_age"], spouse)
    return {"table": {"uniform": "III", "joint": "II"}[table], "divisor": float(divisor)}


ADAPTERS = {
    "uniform_lifetime_divisor": uniform_lifetime_divisor,
    "rmd_start_age": rmd_start_age,
    "rmd_amount": rmd_amount,
    "rmd_fraction": rmd_fraction,
    "rmd_by_account": rmd_by_account,
    "rmd_table_choice": rmd_table_choice,
}
