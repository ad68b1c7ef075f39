"""Write what great falls of the market did to each class of assets, in steps of a year.

Usage: python tools/market_assumptions/falls.py

Writes `apps/plans/reference/market_falls.toml`; the same packages give the same file to the byte. Prices: all
consumer prices (CPI-U, in statsmodels) once a quarter, between which months follow a line of logarithms; the figure of
a quarter is that of the month after it (46.8 of the last quarter of 1973 is January 1974's). Before 1959 the changes of
whole years as the US Bureau of Labor Statistics publishes them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from history import History, load

TABLE = Path(__file__).resolve().parents[2] / "apps" / "plans" / "reference" / "market_falls.toml"
# key, first month, last month, whether reports tell it
STRETCHES = (
    ("2008", "2007-11", "2009-02", True),
    ("2000", "2000-09", "2002-09", True),
    ("1973", "1973-01", "1974-09", True),
    ("1929", "1929-09", "1932-06", False),
    ("1966", "1966-01", "1982-12", False),
)
# change of consumer prices from December to December, CPI-U
EARLY_PRICES = {1929: 0.006, 1930: -0.064, 1931: -0.093, 1932: -0.103}
MONTHS = 12

HEAD = """\
# What great falls of the US market, and a long stagflation, did to each class of assets that plans know: the one table
# of them. Total return in dollars of each step, dividends and coupons included, without costs, and the change of
# consumer prices; computed from the same series as the capital-market assumptions of 2018-11-30 by
# tools/market_assumptions/falls.py (docs/engine/capital_market_assumptions.md). Parameters only; the series belong to
# their owners. No second source confirms the bonds and the small companies; the market's fall of 2007 to 2009 agrees
# with the month-end total return of the S&P 500 (-51 %) to a percent.
as_of = 2018-11-30
"""
SOURCE = (
    "K. R. French Data Library (value-weighted US market, SMB, bills) and Moody's yields via FRED, as in arch 8.0.0; "
    "bonds are par bonds of 10 years repriced monthly; consumer prices: US Bureau of Labor Statistics"
)


def price_changes(history: History) -> pd.Series:
    """Return each month's change of the logarithm of consumer prices, by month."""
    quarterly = np.log(history.quarterly_prices)
    after = [quarter.asfreq("M", "end") + 1 for quarter in quarterly.index]
    months = pd.period_range(after[0], after[-1], freq="M")
    known = pd.Series(quarterly.to_numpy(), index=pd.PeriodIndex(after, freq="M")).reindex(months)
    late = known.interpolate().diff().dropna()
    early = {
        pd.Period(year=year, month=month, freq="M"): np.log1p(change) / MONTHS
        for year, change in EARLY_PRICES.items()
        for month in range(1, MONTHS + 1)
    }
    return pd.concat([pd.Series(early), late])


def steps_of(history: History, prices: pd.Series, first: str, last: str) -> list[dict[str, float]]:
    """Return the months and changes of each step of a stretch: whole years, and what is left."""
    months = pd.period_range(first, last, freq="M")
    found = []
    for at in range(0, len(months), MONTHS):
        part = months[at : at + MONTHS]
        changes = (1.0 + history.returns.loc[part]).prod() - 1.0
        inflation = float(np.expm1(prices.loc[part].sum()))
        found.append({"months": len(part), "inflation": inflation, **changes.to_dict()})
    return found


def main() -> None:
    """Write the table."""
    history = load()
    prices = price_changes(history)
    lines = [f'{HEAD}source = "{SOURCE}"', ""]
    for key, first, last, is_told in STRETCHES:
        lines += ["[[falls]]", f'key = "{key}"', f'first_month = "{first}"', f'last_month = "{last}"']
        lines += [f"in_reports = {str(is_told).lower()}", "steps = ["]
        for step in steps_of(history, prices, first, last):
            told = ", ".join(
                f"{name} = {value}" if name == "months" else f"{name} = {value:.4f}" for name, value in step.items()
            )
            lines.append(f"  {{ {told} }},")
        lines += ["]", ""]
    TABLE.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
