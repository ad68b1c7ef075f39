"""Households and markets that the engine's tests share. No Django, no fixtures of the top conftest."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from apps.plans.engine.assumptions import (
    AssetAssumption,
    AssumptionSet,
    InflationAssumption,
    assumptions_from_mapping,
)
from apps.plans.engine.conversion_choices import ConversionPlan, ConversionRule
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.inputs import (
    STANDARD_WITHDRAWAL_ORDER,
    Account,
    Adult,
    Boundary,
    Contribution,
    CubeSpec,
    Debt,
    Goal,
    GoalKind,
    GoalPriority,
    Growth,
    Income,
    IncomeKind,
    ProjectionInputs,
    Spending,
    TaxTreatment,
)
from apps.plans.engine.medicare import MedicareTable, medicare_table_from_mapping
from apps.plans.engine.retirement_choices import BenefitClaim, MedicareCover
from apps.plans.engine.scenarios import ScenarioCube
from apps.plans.engine.tax_tables import FilingStatus, TaxTable, tax_table_from_mapping

APPS = Path(__file__).resolve().parents[4] / "apps"

REAL = Growth(0.0, inflation_linked=True)
NOMINAL = Growth(0.0, inflation_linked=False)
MIX = (("equity", 0.6), ("bonds", 0.4))


def read_toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


@cache
def tax_table(year: int = 2026) -> TaxTable:
    return tax_table_from_mapping(read_toml(APPS / "plans" / "reference" / f"federal_tax_{year}.toml"))


@cache
def published_assumptions() -> AssumptionSet:
    table = next((APPS / "market" / "reference").glob("capital_market_assumptions_*.toml"))
    return assumptions_from_mapping(read_toml(table))


def simple_assumptions(
    *, equity_volatility: float = 0.17, bond_volatility: float = 0.06, inflation_volatility: float = 0.01
) -> AssumptionSet:
    """Two risky classes, cash, and inflation of 2.5 %, without taxable yields on equities."""
    return AssumptionSet(
        key="simple",
        effective_from=date(2026, 1, 1),
        source="made up for tests",
        assets=(
            AssetAssumption("equity", 0.08, equity_volatility, 0.015, 1.0, is_equity=True),
            AssetAssumption("bonds", 0.045, bond_volatility, 0.045, 0.0, is_equity=False),
            AssetAssumption("cash", 0.03, 0.0, 0.03, 0.0, is_equity=False),
        ),
        inflation=InflationAssumption(0.025, 0.5, inflation_volatility, 0.025),
        correlation=(
            (1.0, 0.2, 0.0, -0.1),
            (0.2, 1.0, 0.1, -0.2),
            (0.0, 0.1, 1.0, 0.1),
            (-0.1, -0.2, 0.1, 1.0),
        ),
    )


def certain_assumptions(rate: float = 0.05) -> AssumptionSet:
    """One class that gives the same each month, and no inflation."""
    return AssumptionSet(
        key="certain",
        effective_from=date(2026, 1, 1),
        source="made up for tests",
        assets=(AssetAssumption("fund", rate, 0.0, 0.0, 0.0, is_equity=True),),
        inflation=InflationAssumption(0.0, 0.5, 0.0, 0.0),
        correlation=((1.0, 0.0), (0.0, 1.0)),
    )


def account(
    key: str, treatment: TaxTreatment, balance: float, *, mix: tuple[tuple[str, float], ...] = MIX, owner: str = "ana"
) -> Account:
    return Account(key, owner, treatment, balance, 0.8 * balance, mix, 0.006, "USD")


@cache
def family(n_paths: int = 512, n_batches: int = 8) -> ProjectionInputs:
    """Two partners in their forties, two children, a mortgage: every part of the engine is in use."""
    return ProjectionInputs(
        start_date=date(2026, 7, 1),
        currency="USD",
        filing_status=FilingStatus.MARRIED_JOINT,
        adults=(
            Adult("ana", date(1981, 3, 9), date(2046, 4, 1), 92),
            Adult("ben", date(1979, 11, 2), date(2045, 1, 1), 90),
        ),
        accounts=(
            account("brokerage", TaxTreatment.TAXABLE, 150_000.0, owner=""),
            account("plan_ana", TaxTreatment.TAX_DEFERRED, 240_000.0),
            account("plan_ben", TaxTreatment.TAX_DEFERRED, 180_000.0, owner="ben"),
            account("roth", TaxTreatment.TAX_FREE, 60_000.0),
            account("college", TaxTreatment.EDUCATION, 30_000.0, mix=(("bonds", 1.0),), owner=""),
            account("savings", TaxTreatment.CASH, 25_000.0, mix=(("cash", 1.0),), owner=""),
        ),
        contributions=(
            Contribution("own", "plan_ana", 900.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, False, "USD"),
            Contribution("match", "plan_ana", 300.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, True, "USD"),
            Contribution("college", "college", 250.0, NOMINAL, Boundary.PLAN_START, date(2037, 9, 1), False, "USD"),
        ),
        incomes=(
            Income("ana", "ana", IncomeKind.SALARY, 8_500.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, "USD"),
            Income("ben", "ben", IncomeKind.SALARY, 5_500.0, REAL, Boundary.PLAN_START, Boundary.RETIREMENT, "USD"),
            Income(
                "ss_ana", "ana", IncomeKind.SOCIAL_SECURITY, 2_700.0, REAL, date(2048, 4, 1), Boundary.HORIZON, "USD"
            ),
            Income(
                "ss_ben", "ben", IncomeKind.SOCIAL_SECURITY, 2_000.0, REAL, date(2046, 12, 1), Boundary.HORIZON, "USD"
            ),
            Income("pension", "ben", IncomeKind.PENSION, 600.0, NOMINAL, Boundary.RETIREMENT, Boundary.HORIZON, "USD"),
        ),
        spending=Spending(6_800.0, 0.7, "USD"),
        debts=(Debt("mortgage", 260_000.0, 0.055, 2_100.0, "USD"), Debt("car", 15_000.0, 0.079, 420.0, "USD")),
        goals=(
            Goal("retirement", GoalKind.RETIREMENT, GoalPriority.ESSENTIAL, 118_000.0, Boundary.RETIREMENT, 0, "USD"),
            Goal("college", GoalKind.EDUCATION, GoalPriority.IMPORTANT, 26_000.0, date(2033, 9, 1), 4, "USD"),
            Goal("boat", GoalKind.LIFE_EVENT, GoalPriority.ASPIRATIONAL, 40_000.0, date(2049, 6, 1), 1, "USD"),
        ),
        withdrawal_order=STANDARD_WITHDRAWAL_ORDER,
        surplus_account="brokerage",
        surplus_saved_share=0.5,
        tax_table=tax_table(2026),
        assumptions=simple_assumptions(),
        simulation=CubeSpec(seed=11, n_paths=n_paths, n_batches=n_batches, n_months=576),
    )


def saver(
    assumptions: AssumptionSet, *, balance: float, years: int, n_paths: int = 1, n_batches: int = 1
) -> ProjectionInputs:
    """One person with one untaxed account and no flows at all: what is left is the markets."""
    fund = assumptions.asset_keys[0]
    return ProjectionInputs(
        start_date=date(2026, 1, 1),
        currency="USD",
        filing_status=FilingStatus.SINGLE,
        adults=(Adult("ana", date(1980, 1, 1), date(2026, 1, 1), 46 + years),),
        accounts=(Account("fund", "ana", TaxTreatment.TAX_FREE, balance, balance, ((fund, 1.0),), 0.0, "USD"),),
        contributions=(),
        incomes=(),
        spending=Spending(0.0, 1.0, "USD"),
        debts=(),
        goals=(),
        withdrawal_order=(TaxTreatment.TAX_FREE,),
        surplus_account="fund",
        surplus_saved_share=0.0,
        tax_table=tax_table(2026),
        assumptions=assumptions,
        simulation=CubeSpec(seed=5, n_paths=n_paths, n_batches=n_batches, n_months=12 * years),
    )


def cube_of(inputs: ProjectionInputs) -> ScenarioCube:
    return draw_cube(inputs.assumptions, inputs.simulation, np.random.default_rng(inputs.simulation.seed))


def any_household(dice: Random) -> ProjectionInputs:
    """The family with other amounts, mixes, dates, priorities and order of accounts."""
    base = family()
    order = list(base.withdrawal_order)
    dice.shuffle(order)

    def mixed(item: Account) -> Account:
        equity = dice.randint(0, 10) / 10
        balance = item.balance * dice.uniform(0.0, 3.0)
        mix = (("equity", equity), ("bonds", 1.0 - equity))
        return replace(
            item,
            balance=balance,
            cost_basis=balance * dice.uniform(0.2, 1.2),
            allocation=mix,
            annual_fee=dice.uniform(0.0, 0.02),
        )

    def priced(item: Goal) -> Goal:
        return replace(
            item, annual_amount=item.annual_amount * dice.uniform(0.3, 1.6), priority=dice.choice(list(GoalPriority))
        )

    return replace(
        base,
        adults=tuple(
            replace(adult, retirement_date=date(dice.randint(2030, 2050), dice.randint(1, 12), 1))
            for adult in base.adults
        ),
        accounts=tuple(mixed(item) for item in base.accounts),
        contributions=tuple(replace(item, monthly_amount=dice.uniform(0.0, 2_000.0)) for item in base.contributions),
        incomes=tuple(
            replace(item, monthly_amount=item.monthly_amount * dice.uniform(0.3, 1.5))
            for item in base.incomes
            if dice.random() < 0.9
        ),
        spending=Spending(dice.uniform(2_000.0, 12_000.0), dice.uniform(0.5, 1.0), "USD"),
        goals=tuple(priced(item) for item in base.goals),
        withdrawal_order=tuple(order),
        surplus_saved_share=dice.random(),
    )


@cache
def family_cube(n_paths: int = 512, n_batches: int = 8) -> ScenarioCube:
    return cube_of(family(n_paths, n_batches))


def with_retirement_budget(inputs: ProjectionInputs, annual_amount: float) -> ProjectionInputs:
    goals = tuple(
        replace(goal, annual_amount=annual_amount) if goal.kind is GoalKind.RETIREMENT else goal
        for goal in inputs.goals
    )
    return replace(inputs, goals=goals)


@cache
def medicare_table(year: int = 2026) -> MedicareTable:
    return medicare_table_from_mapping(read_toml(APPS / "plans" / "reference" / f"medicare_{year}.toml"))


def insured(inputs: ProjectionInputs, *, charges_standard: bool = True) -> ProjectionInputs:
    """The household with premiums of Medicare, after two good years."""
    return replace(inputs, medicare=MedicareCover(medicare_table(), (260_000.0, 170_000.0), charges_standard))


def claiming(inputs: ProjectionInputs, ages: tuple[int, int] = (67 * 12, 64 * 12)) -> ProjectionInputs:
    """The household with claims instead of stated benefits; the first earned far more than the second."""
    amounts = (3_000.0, 900.0)
    claims = tuple(
        BenefitClaim(adult.key, amount, age, "USD")
        for adult, amount, age in zip(inputs.adults, amounts, ages, strict=True)
    )
    incomes = tuple(income for income in inputs.incomes if income.kind is not IncomeKind.SOCIAL_SECURITY)
    return replace(inputs, incomes=incomes, claims=claims)


def converting(inputs: ProjectionInputs, *plans: ConversionPlan) -> ProjectionInputs:
    """The household with conversions; the second adult has a Roth account to convert into, with nothing in it."""
    of_ben = account("roth_ben", TaxTreatment.TAX_FREE, 0.0, owner="ben")
    return replace(inputs, accounts=(*inputs.accounts, of_ben), conversions=plans)


def conversion(
    owner: str = "ana",
    rule: ConversionRule = ConversionRule.FILL_BRACKET,
    value: float = 0.12,
    years: tuple[int, int] = (2046, 2055),
) -> ConversionPlan:
    """A plan of one of the two, into their own Roth account."""
    target = "roth" if owner == "ana" else "roth_ben"
    return ConversionPlan(owner, target, rule, value, *years, "USD")
