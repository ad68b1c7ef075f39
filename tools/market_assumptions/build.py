"""Write the dated table of capital-market assumptions from market history.

Usage: python tools/market_assumptions/build.py [effective-from, default 2026-01-01]
"""

from __future__ import annotations

import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
from estimate import (
    CREDIT_LOSS,
    INFLATION_YEARS,
    Inflation,
    arithmetic_means,
    correlations,
    degrees_of_freedom,
    inflation_process,
    volatilities,
    yearly_log_returns,
    yields_of,
)
from history import History, load

TARGET = Path(__file__).resolve().parents[2] / "apps" / "market" / "reference"
DEFAULT_EFFECTIVE = "2026-01-01"

NAMES = {
    "us_equity": "US equities, whole market by value",
    "us_small_equity": "US equities of small companies",
    "corporate_bonds": "US corporate bonds, medium grade (Baa), 10 years",
    "high_grade_bonds": "US corporate bonds, high grade (Aaa), 10 years",
    "cash": "Cash, one-month Treasury bills",
}
SOURCES = {
    "us_equity": "K. R. French, Mkt-RF + RF (value-weighted CRSP, dividends included)",
    "us_small_equity": "K. R. French, Mkt-RF + RF + SMB",
    "corporate_bonds": "Moody's Baa yield, par 10-year bond repriced monthly",
    "high_grade_bonds": "Moody's Aaa yield, par 10-year bond repriced monthly",
    "cash": "K. R. French, RF (Ibbotson one-month bill)",
}
METHODS = {
    "us_equity": "mean: cash + mean excess return over bills less one standard error",
    "us_small_equity": "mean: cash + mean excess return over bills less one standard error",
    "corporate_bonds": f"mean: Baa yield at the end of the sample less {CREDIT_LOSS:.3f} for defaults and downgrades",
    "high_grade_bonds": "mean: Aaa yield at the end of the sample",
    "cash": "mean: inflation + mean real return of bills since 1957 (core prices)",
}
VOLATILITY_METHOD = "; volatility: overlapping 12-month log returns"
VOLATILITY_METHODS = {"cash": "; volatility: monthly log returns"}
NOTES = (
    "The samples end in 2018. The S&P 500 price index from 2018-12 to 2022-12 was compared, not used.",
    (
        "Small companies are the market plus the small-minus-big factor: the market is taken as all big companies, and "
        "no trading costs are charged."
    ),
    (
        "International equities, government bonds and real estate are left out: no series of public packages carries "
        "them monthly with a defensible history. Aaa corporates are no stand-in for Treasuries (correlation 0.89)."
    ),
    "Bonds are synthetic: a par bond repriced at the index yield, without defaults.",
    (
        "Returns are independent from month to month and, unless plans are tried on fat tails, lognormal: crashes are "
        "milder than in history, recoveries are not foreseen."
    ),
    "Inflation follows the regime of the last 30 years of core prices; the 1970s are outside of it.",
    "The level of interest rates does not wander: cash and bonds are safer over decades than in history.",
    "Dividend yields and their qualified shares are set near index values, not estimated.",
)


def _text(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _head(history: History, as_of: str, effective: date) -> list[str]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("arch", "statsmodels", "skfolio"))
    first, last = history.returns.index[0], history.returns.index[-1]
    source = f"History from {packages}: K. R. French Data Library, Moody's via FRED, BLS consumer prices"
    return [
        "# Capital-market assumptions, built by tools/market_assumptions/build.py. Do not edit by hand.",
        "# Parameters only; the series belong to their owners. Method: docs/engine/capital_market_assumptions.md",
        f"key = {_text('history_' + as_of)}",
        f"as_of = {as_of}",
        f"effective_from = {effective.isoformat()}",
        f"source = {_text(source)}",
        f'span = "{first} to {last}"',
        "notes = [",
        *[f"  {_text(note)}," for note in NOTES],
        "]",
        "",
    ]


def _inflation(process: Inflation, shrinkage: float) -> list[str]:
    return [
        "[inflation]",
        "# Ornstein-Uhlenbeck process of the continuous yearly rate; it starts at its mean.",
        f"mean = {process.mean:.4f}",
        f"reversion = {process.reversion:.4f}",
        f"volatility = {process.volatility:.4f}",
        f"initial = {process.mean:.4f}",
        f'source = "BLS core consumer prices (CPILFESL), 12-month log changes {process.first} to {process.last}"',
        f'method = "mean, deviation and one-year autocorrelation of the last {INFLATION_YEARS} years matched"',
        f"correlation_shrinkage = {shrinkage:.1f}",
        "",
    ]


def _assets(history: History, means: dict[str, float]) -> list[str]:
    spreads = volatilities(history.returns, means)
    yields = yields_of(means, history)
    past = yearly_log_returns(history.returns)
    lines: list[str] = []
    for key in history.returns.columns:
        lines += [
            "[[assets]]",
            f"key = {_text(key)}",
            f"name = {_text(NAMES[key])}",
            f"arithmetic_mean = {means[key]:.4f}",
            f"volatility = {spreads[key]:.4f}",
            f"taxable_yield = {yields[key][0]:.4f}",
            f"qualified_share = {yields[key][1]:.2f}",
            f"is_equity = {str(key.endswith('equity')).lower()}",
            f"historical_geometric_mean = {np.expm1(past[key].mean()):.4f}",
            f"source = {_text(SOURCES[key])}",
            f"method = {_text(METHODS[key] + VOLATILITY_METHODS.get(key, VOLATILITY_METHOD))}",
            "",
        ]
    return lines


def _tails(history: History) -> list[str]:
    equities = [key for key in history.returns.columns if key.endswith("equity")]
    degrees, low, high = degrees_of_freedom(history.returns[equities])
    return [
        "[tails]",
        "# Student-t of monthly log returns, for plans that are tried on markets with fat tails.",
        f"degrees_of_freedom = {degrees:.1f}",
        f"range = [{low:.1f}, {high:.1f}]",
        f"source = {_text(SOURCES['us_small_equity'])}",
        'method = "likelihood of a bivariate Student-t of both equity classes, monthly log returns; range: 95 %"',
        "",
    ]


def _correlation(keys: list[str], matrix: np.ndarray) -> list[str]:
    rows = ["  [" + ", ".join(f"{value:.4f}" for value in row) + "]," for row in matrix]
    order = ", ".join(_text(key) for key in [*keys, "inflation"])
    return [
        "[correlation]",
        f"order = [{order}]",
        'method = "assets: overlapping 12-month log returns; inflation: residuals of quarterly prices 1959 to 2009"',
        "matrix = [",
        *rows,
        "]",
        "",
    ]


def main() -> None:
    """Estimate, check, write, and print what was not used in the estimate: the years after the sample."""
    effective = date.fromisoformat(sys.argv[1] if len(sys.argv) > 1 else DEFAULT_EFFECTIVE)
    history = load()
    inflation = inflation_process(history.core_prices)
    means = arithmetic_means(history, inflation)
    matrix, shrinkage = correlations(history)
    as_of = history.returns.index[-1].end_time.date().isoformat()
    lines = _head(history, as_of, effective) + _inflation(inflation, shrinkage) + _assets(history, means)
    lines += _tails(history)
    lines += _correlation(list(history.returns.columns), matrix)
    target = TARGET / f"capital_market_assumptions_{as_of}.toml"
    target.write_text("\n".join(lines), encoding="utf-8")
    later = history.index_prices[history.index_prices.index > history.returns.index[-1]]
    years = len(later) / 12.0
    growth = float((later.iloc[-1] / later.iloc[0]) ** (1.0 / years) - 1.0)
    print(f"wrote {target.name}; smallest eigenvalue {np.linalg.eigvalsh(matrix)[0]:.4f}")
    print(f"outside the sample: S&P 500 prices {later.index[0]} to {later.index[-1]}, {growth:.2%} a year")


if __name__ == "__main__":
    main()
