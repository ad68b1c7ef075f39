"""Market history from packages: monthly total returns and price levels, with the repairs they need."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from arch.data import core_cpi, default, frenchdata
from skfolio.datasets import load_sp500_index
from statsmodels.datasets import macrodata

BOND_YEARS = 10


@dataclass(frozen=True, slots=True)
class History:
    """Monthly simple total returns per class, yields per year, core prices monthly, all prices quarterly."""

    returns: pd.DataFrame
    yields: pd.DataFrame
    core_prices: pd.Series
    quarterly_prices: pd.Series
    index_prices: pd.Series


def _factors() -> pd.DataFrame:
    """Fama-French factors in fractions, by month.

    The stored index is a year and month read as nanoseconds since 1970; the digits are still there.
    """
    table = frenchdata.load()
    stamps = pd.to_datetime(table.index.astype("int64").astype(str), format="%Y%m")
    table.index = pd.PeriodIndex(stamps, freq="M")
    return table / 100.0


def par_bond_returns(yields: pd.Series, years: int = BOND_YEARS) -> pd.Series:
    """Monthly total return of a par bond bought at last month's yield and sold a month later.

    Price after a month of a bond with coupon y0, half-yearly, at yield y1: p = (y0/y1)(1 - v) + v with
    v = (1 + y1/2)^(-2(years - 1/12)); return p - 1 + y0/12. No defaults: an index replaces what is downgraded.
    """
    before = yields.shift(1)
    discount = (1.0 + yields / 2.0) ** (-2.0 * (years - 1.0 / 12.0))
    price = before / yields * (1.0 - discount) + discount
    return (price - 1.0 + before / 12.0).dropna()


def load() -> History:
    """Read everything; months are periods, returns and yields fractions."""
    factors = _factors()
    yields = default.load() / 100.0
    yields.index = yields.index.to_period("M")
    market = factors["Mkt-RF"] + factors["RF"]
    returns = pd.DataFrame(
        {
            "us_equity": market,
            "us_small_equity": market + factors["SMB"],
            "corporate_bonds": par_bond_returns(yields["BAA"]),
            "high_grade_bonds": par_bond_returns(yields["AAA"]),
            "cash": factors["RF"],
        }
    ).dropna()
    core = core_cpi.load()["CPILFESL"]
    core.index = core.index.to_period("M")
    macro = macrodata.load_pandas().data
    quarters = pd.PeriodIndex([f"{int(y)}Q{int(q)}" for y, q in zip(macro.year, macro.quarter, strict=True)], freq="Q")
    quarterly = pd.Series(macro.cpi.to_numpy(), index=quarters)
    index = load_sp500_index()["SP500"]
    return History(returns, yields, core, quarterly, index.groupby(index.index.to_period("M")).last())
