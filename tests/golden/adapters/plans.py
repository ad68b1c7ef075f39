"""Taxes and simulation: each case becomes a table and a status, or a saver in simple markets."""

from __future__ import annotations

import math
import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from apps.plans.engine.assumptions import AssetAssumption, AssumptionSet, InflationAssumption
from apps.plans.engine.drawing import draw_cube
from apps.plans.engine.inputs import (
    Account,
    Adult,
    CubeSpec,
    Goal,
    GoalKind,
    GoalPriority,
    ProjectionInputs,
    Spending,
    TaxTreatment,
)
from apps.plans.engine.monte_carlo import Simulation, simulate
from apps.plans.engine.tax_deductions import salt_deduction
from apps.plans.engine.tax_schedules import gains_tax, tax_on_taxable_income
from apps.plans.engine.tax_tables import FilingStatus, TaxTable, tax_table_from_mapping
from apps.plans.engine.taxes import (
    TaxableBenefits,
    additional_medicare_tax,
    net_capital,
    net_investment_income_tax,
    senior_deduction,
    taxable_social_security,
)
from tests.golden.loader import GoldenFolders

REFERENCE = Path(__file__).resolve().parents[3] / "apps" / "plans" / "reference"
NEWEST = 2026
ZERO = Decimal(0)

# The convention of the cases: at least 100,000 paths. Batches of a power of two keep Sobol points balanced.
N_PATHS, N_BATCHES = 131_072, 8


@cache
def _table(year: int) -> TaxTable:
    with (REFERENCE / f"federal_tax_{year}.toml").open("rb") as file:
        return tax_table_from_mapping(tomllib.load(file))


def _amount(case: dict[str, Any], key: str) -> Decimal:
    return Decimal(str(case.get(key, 0)))


def _status(case: dict[str, Any]) -> FilingStatus:
    names = {"mfs_together": FilingStatus.MARRIED_SEPARATE, "mfs_apart": FilingStatus.MARRIED_SEPARATE}
    return names.get(case["status"]) or FilingStatus(case["status"])


def _schedule_tax(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"tax": tax_on_taxable_income(_table(case["year"]), _status(case), _amount(case, "taxable_income"))}


def _table_band_tax(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """The tax table taxes the middle of a band of income, to the dollar."""
    low, high = (Decimal(str(edge)) for edge in case["taxable_income_band"])
    tax = tax_on_taxable_income(_table(case["year"]), _status(case), (low + high) / 2)
    return {"tax": tax.quantize(Decimal(1), rounding=ROUND_HALF_UP)}


def _taxable(case: dict[str, Any], key: str) -> Decimal:
    return max(ZERO, _amount(case, key) - _table(case["year"]).of(_status(case)).standard_deduction)


def _gross_income_tax(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    taxable = _taxable(case, "ordinary_income")
    return {"taxable_income": taxable, "tax": tax_on_taxable_income(_table(case["year"]), _status(case), taxable)}


def _wages_tax(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    taxable = _taxable(case, "wages")
    tax = tax_on_taxable_income(_table(case["year"]), _status(case), taxable)
    return {"taxable_income": taxable, "income_tax": tax}


def _ltcg_tax(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """Deductions reduce ordinary income first; what is left of them reduces the gains."""
    table, status = _table(case["year"]), _status(case)
    income, gains = _amount(case, "ordinary_income"), _amount(case, "long_term_gains")
    taxable = max(ZERO, income + gains - table.of(status).standard_deduction)
    preferential = min(taxable, gains)
    return {"capital_gains_tax": gains_tax(table, status, taxable - preferential, preferential)}


def _senior(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    table = _table(min(case["year"], NEWEST))
    amount = senior_deduction(table, _status(case), case["seniors_65_plus"], _amount(case, "magi"), case["year"])
    return {"deduction": amount}


def _salt(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    paid, magi, year = _amount(case, "salt_paid"), _amount(case, "magi"), case["year"]
    amount = salt_deduction(_table(min(year, NEWEST)), _status(case), paid, magi, year)
    return {"deduction": amount}


def _capital_loss(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    table, status = _table(case["year"]), _status(case)
    net = net_capital(table, status, _amount(case, "short_term_gain"), _amount(case, "long_term_gain"))
    dividends = _amount(case, "qualified_dividends")
    agi = _amount(case, "wages") + dividends + net.counted
    taxable = max(ZERO, agi - table.of(status).standard_deduction)
    preferential = min(taxable, dividends + net.preferential)
    ordinary = taxable - preferential
    tax = tax_on_taxable_income(table, status, ordinary) + gains_tax(table, status, ordinary, preferential)
    return {"agi": agi, "income_tax": tax, "carryforward": net.short_term_carried + net.long_term_carried}


def _niit(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    income, magi = _amount(case, "net_investment_income"), _amount(case, "magi")
    return {"tax": net_investment_income_tax(_table(NEWEST), _status(case), income, magi)}


def _additional_medicare(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"tax": additional_medicare_tax(_table(NEWEST), _status(case), _amount(case, "earned_income"))}


def _benefits(case: dict[str, Any]) -> TaxableBenefits:
    return taxable_social_security(
        _table(NEWEST),
        _status(case),
        other_income=_amount(case, "other_income"),
        benefits=_amount(case, "benefits"),
        lives_with_spouse=case["status"] == "mfs_together",
    )


def _taxable_benefits(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"taxable": _benefits(case).total}


def _tier_1(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"amount": _benefits(case).tier_1}


def _tier_2(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"amount": _benefits(case).tier_2}


def _saver(
    asset: AssetAssumption, *, start: float, years: int, yearly: float, n_paths: int, n_batches: int
) -> Simulation:
    """One untaxed fund and no inflation; ``yearly`` is spent in the last month of each year."""
    goals = tuple(
        Goal(f"year_{year}", GoalKind.LIFE_EVENT, GoalPriority.ESSENTIAL, yearly, date(2026 + year, 12, 1), 1, "USD")
        for year in range(years)
        if yearly > 0.0
    )
    assumptions = AssumptionSet(
        key="golden",
        effective_from=date(2026, 1, 1),
        source="the case",
        assets=(asset,),
        inflation=InflationAssumption(0.0, 0.5, 0.0, 0.0),
        correlation=((1.0, 0.0), (0.0, 1.0)),
    )
    inputs = ProjectionInputs(
        start_date=date(2026, 1, 1),
        currency="USD",
        filing_status=FilingStatus.SINGLE,
        adults=(Adult("saver", date(1976, 1, 1), date(2026, 1, 1), 50 + years),),
        accounts=(Account("fund", "saver", TaxTreatment.TAX_FREE, start, start, ((asset.key, 1.0),), 0.0, "USD"),),
        contributions=(),
        incomes=(),
        spending=Spending(0.0, 1.0, "USD"),
        debts=(),
        goals=goals,
        withdrawal_order=(TaxTreatment.TAX_FREE,),
        surplus_account="fund",
        surplus_saved_share=0.0,
        tax_table=_table(NEWEST),
        assumptions=assumptions,
        simulation=CubeSpec(seed=2026, n_paths=n_paths, n_batches=n_batches, n_months=12 * years),
    )
    cube = draw_cube(assumptions, inputs.simulation, np.random.default_rng(inputs.simulation.seed))
    return simulate(inputs, cube, with_flows=False)


def _fund(mean: float, volatility: float) -> AssetAssumption:
    return AssetAssumption("fund", mean, volatility, 0.0, 0.0, is_equity=True)


def _lognormal_terminal(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    fund = _fund(case["mean_simple"], case["sd_simple"])
    simulation = _saver(
        fund, start=case["start"], years=case["years"], yearly=0.0, n_paths=N_PATHS, n_batches=N_BATCHES
    )
    wealth = simulation.recorded.wealth[-1]
    low, middle, high = np.percentile(wealth, [5, 50, 95])
    return {"mean": float(wealth.mean()), "median": float(middle), "p05": float(low), "p95": float(high)}


def _prob_shortfall(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    """The simple mean and deviation of a lognormal with these log moments (identities of the distribution)."""
    log_mean, log_sd = case["log_mean"], case["log_sd"]
    growth = math.exp(log_mean + 0.5 * log_sd**2)
    fund = _fund(growth - 1.0, growth * math.sqrt(math.expm1(log_sd**2)))
    simulation = _saver(
        fund, start=case["start"], years=case["years"], yearly=0.0, n_paths=N_PATHS, n_batches=N_BATCHES
    )
    return {"probability": float((simulation.recorded.wealth[-1] < case["target"]).mean())}


def _zero_volatility(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    simulation = _saver(
        _fund(case["rate"], 0.0),
        start=case["start"],
        years=case["years"],
        yearly=case["withdrawal_end_of_year"],
        n_paths=1,
        n_batches=1,
    )
    return {"ending": float(simulation.recorded.wealth[-1, 0])}


def _success_bounds(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    simulation = _saver(
        _fund(0.05, 0.25), start=1_000.0, years=30, yearly=case["withdrawal"], n_paths=4096, n_batches=4
    )
    return {"success": simulation.success().value}


ADAPTERS = {
    "tax_on_taxable_income": _schedule_tax,
    "tax_table_band": _table_band_tax,
    "tax_on_gross_ordinary_income": _gross_income_tax,
    "tax_on_wages": _wages_tax,
    "taxable_income_only": _wages_tax,
    "ltcg_tax": _ltcg_tax,
    "senior_deduction_2025_2028": _senior,
    "salt_deduction": _salt,
    "capital_loss_limit": _capital_loss,
    "niit": _niit,
    "additional_medicare_tax": _additional_medicare,
    "taxable_ss": _taxable_benefits,
    "social_security_tier_1": _tier_1,
    "social_security_tier_2": _tier_2,
    "lognormal_terminal": _lognormal_terminal,
    "prob_shortfall": _prob_shortfall,
    "zero_volatility": _zero_volatility,
    "success_bounds": _success_bounds,
}
