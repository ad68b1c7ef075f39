"""Inputs refuse what cannot be projected, and name the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from apps.kernel.errors import DomainError, MixedCurrenciesError
from apps.plans.engine.inputs import (
    Account,
    Adult,
    Boundary,
    CubeSpec,
    Debt,
    Goal,
    GoalKind,
    GoalPriority,
    Growth,
    ProjectionInputs,
    Spending,
    TaxTreatment,
)
from tests.apps.plans.engine.households import MIX, account, family

ESSENTIAL = GoalPriority.ESSENTIAL


def goal(**changes: object) -> Goal:
    house = Goal("house", GoalKind.HOME, ESSENTIAL, 1.0, date(2030, 1, 1), 1, "USD")
    return replace(house, **changes)  # type: ignore[arg-type]


REFUSALS: list[tuple[str, Callable[[], object]]] = [
    ("accounts[x].balance", lambda: account("x", TaxTreatment.TAXABLE, -1.0)),
    ("accounts[x].balance", lambda: account("x", TaxTreatment.TAXABLE, float("nan"))),
    ("accounts[x].allocation", lambda: account("x", TaxTreatment.TAXABLE, 1.0, mix=(("equity", 0.5),))),
    ("accounts[x].allocation", lambda: account("x", TaxTreatment.TAXABLE, 1.0, mix=(("a", 0.5), ("a", 0.5)))),
    ("accounts[x].annual_fee", lambda: Account("x", "", TaxTreatment.CASH, 1.0, 1.0, MIX, 1.2, "USD")),
    ("growth.annual_rate", lambda: Growth(2.5, inflation_linked=False)),
    ("spending.monthly_amount", lambda: Spending(-5.0, 0.7, "USD")),
    ("debts[card].monthly_payment", lambda: Debt("card", 10_000.0, 0.24, 200.0, "USD")),
    ("goals[house].annual_amount", lambda: goal(annual_amount=-1.0)),
    ("goals[house].years", lambda: goal(years=0)),
    ("goals[house].start", lambda: goal(kind=GoalKind.RETIREMENT, years=0)),
    ("adults[ana].horizon_age", lambda: Adult("ana", date(1980, 1, 1), date(2040, 1, 1), 121)),
    ("simulation", lambda: CubeSpec(seed=1, n_paths=10, n_batches=3, n_months=120)),
    ("simulation.seed", lambda: CubeSpec(seed=-1, n_paths=10, n_batches=2, n_months=120)),
    ("start_date.day", lambda: replace(family(), start_date=date(2026, 7, 2))),
    ("adults", lambda: replace(family(), adults=())),
    ("adults", lambda: replace(family(), adults=(family().adults[0],) * 2)),
    ("surplus_account", lambda: replace(family(), surplus_account="mattress")),
    ("surplus_saved_share", lambda: replace(family(), surplus_saved_share=1.5)),
    ("withdrawal_order", lambda: replace(family(), withdrawal_order=(TaxTreatment.EDUCATION,))),
    ("goals[house].start", lambda: replace(family(), goals=(goal(start=date(2026, 6, 30)),))),
    ("goals", lambda: replace(family(), goals=(family().goals[0], replace(family().goals[0], key="again")))),
    ("incomes[ana].owner", lambda: replace(family(), incomes=(replace(family().incomes[0], owner="eve"),))),
    (
        "contributions[own].account",
        lambda: replace(family(), contributions=(replace(family().contributions[0], account="mattress"),)),
    ),
    (
        "accounts[x].allocation",
        lambda: replace(
            family(), accounts=(*family().accounts, account("x", TaxTreatment.TAXABLE, 1.0, mix=(("tulips", 1.0),)))
        ),
    ),
    (
        "adults[ana].birth_date",
        lambda: replace(
            family(), adults=(replace(family().adults[0], birth_date=date(2027, 1, 1)), family().adults[1])
        ),
    ),
    (
        "adults[ben].horizon_age",
        lambda: replace(family(), adults=(family().adults[0], replace(family().adults[1], horizon_age=46))),
    ),
]


@pytest.mark.parametrize(("field", "build"), REFUSALS)
def test_what_cannot_be_projected_is_refused_with_its_field_and_a_mend(field: str, build: Callable[[], object]) -> None:
    with pytest.raises(DomainError) as refusal:
        build()
    assert refusal.value.field == field
    assert field in str(refusal.value) or refusal.value.mend


def test_a_second_currency_is_refused() -> None:
    with pytest.raises(MixedCurrenciesError) as refusal:
        replace(family(), spending=Spending(1.0, 1.0, "EUR"))
    assert refusal.value.field == "spending.currency"


def test_a_complete_household_is_accepted() -> None:
    assert isinstance(family(), ProjectionInputs)
    assert family().incomes[0].end is Boundary.RETIREMENT
