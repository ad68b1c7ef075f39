"""Lives, premiums, limits and withdrawals: the product's own tables, history from the data of the cases."""

from __future__ import annotations

import csv
import io
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from apps.plans.engine.backtest import backtest, mixed
from apps.plans.engine.limits import contribution_limits, limits_tables_from_mapping
from apps.plans.engine.medicare import medicare_table_from_mapping, premiums
from apps.plans.engine.mortality import LifeTable, Sex, last_survivor, life_expectancy, life_table_from_mapping
from apps.plans.engine.spending_rules import GuytonKlinger, YearPassed, guyton_klinger_step
from apps.plans.engine.tax_tables import FilingStatus
from tests.golden.loader import GoldenFolders

REFERENCE = Path(__file__).resolve().parents[3] / "apps" / "plans" / "reference"
HISTORY = "data/us_real_returns_1928.csv"
# Long high-grade corporates, which the study held, are in no public series: their spread over Treasuries is taken as
# a third of that of Baa.
HIGH_GRADE = {"baa_corp_real": 1 / 3, "tbond10_real": 2 / 3}


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((REFERENCE / name).read_text(encoding="utf-8"))


@cache
def _lives() -> LifeTable:
    return life_table_from_mapping(_read("mortality_2022.toml"))


def _survival(sex: str, age: int) -> Any:
    return _lives().survival(Sex(sex), age, _lives().year)


def _expectancy(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"years": life_expectancy(_survival(case["sex"], case["age"]))}


def _alive(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    return {"probability": float(_survival(case["sex"], case["age"])[case["years"]])}


def _either_alive(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    both = last_survivor(_survival("male", case["male_age"]), _survival("female", case["female_age"]))
    return {"probability": float(both[case["years"]])}


def _irmaa(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    table = medicare_table_from_mapping(_read("medicare_2026.toml"))
    names = {"joint": FilingStatus.MARRIED_JOINT, "separate": FilingStatus.MARRIED_SEPARATE}
    status = names.get(case["status"]) or FilingStatus(case["status"])
    told = premiums(table, status, Decimal(str(case["magi"])))
    total = told.part_b + told.income_related + Decimal(str(case["part_d_base"]))
    return {"tier": told.step, "monthly_total": total}


def _limits(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    table = limits_tables_from_mapping(_read("retirement_limits.toml"))[case["year"]]
    told = contribution_limits(table, case["age_at_year_end"])
    return {
        "elective_deferral_max": told.elective_deferral,
        "ira_max": told.ira,
        "hsa_self_max": told.hsa_self,
        "hsa_family_max": told.hsa_family,
    }


def _guyton_klinger(case: dict[str, Any], _folders: GoldenFolders) -> dict[str, Any]:
    year = YearPassed(
        spent=case["last_withdrawal"],
        portfolio=case["portfolio"],
        inflation=case["inflation"],
        market=case["last_return"],
        years_left=case["years_left"],
    )
    told = guyton_klinger_step(GuytonKlinger(case["initial_rate"]), year)
    return {"withdrawal": told.amount, "rule": told.step.value}


def _history(folders: GoldenFolders, path: str) -> dict[int, dict[str, float]]:
    rows = csv.DictReader(io.StringIO(folders.data(path).read_text(encoding="utf-8")))
    return {int(row["year"]): {name: float(told) for name, told in row.items() if name != "year"} for row in rows}


def _study(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    """The study's months: a twelfth of the rate at a time. Its first two years lie before the series."""
    history = _history(folders, HISTORY)
    stocks = case["stock_pct"] / 100
    shares = {"sp500_real": stocks} | {name: (1 - stocks) * part for name, part in HIGH_GRADE.items()}
    years = [year for year in sorted(history) if case["period"][0] <= year <= case["period"][1]]
    real = np.array([[history[year][name] for name in shares] for year in years])
    returns = mixed(np.array(list(shares.values())), real)
    if not case["inflation_adjusted"]:
        returns = (1 + returns) * (1 + np.array([history[year]["inflation"] for year in years])) - 1
    told = backtest(returns, years[0], rate=case["withdrawal_pct"] / 100, years=case["years"], payments=12)
    return {"success_pct": 100 * told.success}


def _backtest(case: dict[str, Any], folders: GoldenFolders) -> dict[str, Any]:
    history = _history(folders, case["data"])
    years = range(case["first_year"], case["last_year"] + 1)
    real = np.array([[history[year]["sp500_real"], history[year][case["bond"]]] for year in years])
    returns = mixed(np.array([case["stock_share"], 1 - case["stock_share"]]), real)
    told = backtest(returns, years[0], rate=case["withdrawal_rate"], years=case["years"])
    return {"windows": told.windows, "successes": told.successes}


ADAPTERS = {
    "life_expectancy": _expectancy,
    "survival_probability_table": _alive,
    "joint_last_survivor": _either_alive,
    "irmaa_2026": _irmaa,
    "limits": _limits,
    "gk_step": _guyton_klinger,
    "trinity_nominal_success": _study,
    "trinity_real_success": _study,
    "backtest_success_10y_treasury": _backtest,
}
