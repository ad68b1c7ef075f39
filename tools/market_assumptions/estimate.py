"""Estimates from history: each function is one formula, explained in docs/engine/capital_market_assumptions.md."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from history import History
from scipy.special import gammaln

INFLATION_YEARS = 30
# Set, not estimated: Moody's long-run yearly default rate of Baa issuers, about 0.3 %, at a recovery of about 40 %,
# and the price of downgrades; the synthetic index has neither.
CREDIT_LOSS = 0.003
# Set, not estimated: dividend yields near those of the S&P 500 and of small-company indices at the end of the sample.
DIVIDEND_YIELDS = {"us_equity": 0.019, "us_small_equity": 0.014}
QUALIFIED_SHARES = {"us_equity": 0.95, "us_small_equity": 0.75}


@dataclass(frozen=True, slots=True)
class Inflation:
    """Process of the continuous yearly rate."""

    mean: float
    reversion: float
    volatility: float
    first: str
    last: str


def inflation_process(prices: pd.Series) -> Inflation:
    """Match mean, standard deviation and one-year autocorrelation of 12-month log inflation, last 30 years.

    For an Ornstein-Uhlenbeck process the autocorrelation over a year is exp(-kappa) and the variance
    sigma² / (2 kappa).
    """
    window = np.log(prices).diff(12).dropna().iloc[-12 * INFLATION_YEARS :]
    autocorrelation = float(window.autocorr(12))
    if not 0.0 < autocorrelation < 1.0:
        raise ValueError(f"12-month inflation has an autocorrelation of {autocorrelation}: no reverting process fits")
    reversion = -math.log(autocorrelation)
    volatility = float(window.std()) * math.sqrt(2.0 * reversion)
    return Inflation(float(window.mean()), reversion, volatility, str(window.index[0]), str(window.index[-1]))


def yearly_log_returns(returns: pd.DataFrame) -> pd.DataFrame:
    """Overlapping 12-month log returns: they see the autocorrelation that monthly ones would hide."""
    return np.log1p(returns).rolling(12).sum().dropna()


def volatilities(returns: pd.DataFrame, means: dict[str, float]) -> dict[str, float]:
    """Standard deviation of yearly simple returns of the lognormal with the history's log volatility.

    Cash is measured on monthly returns: over a year the level of rates moves, but a bill does not lose money, which
    independent draws with the yearly deviation would make it do one year in seven.
    """
    spread = yearly_log_returns(returns).std()
    spread["cash"] = np.log1p(returns["cash"]).std() * math.sqrt(12.0)
    return {key: (1.0 + means[key]) * math.sqrt(math.expm1(float(spread[key]) ** 2)) for key in returns.columns}


def prudent_premium(excess: pd.Series) -> float:
    """Mean yearly excess return over bills less one standard error of that mean."""
    months = len(excess)
    return float(12.0 * excess.mean() - math.sqrt(12.0) * excess.std() * math.sqrt(12.0 / months))


def arithmetic_means(history: History, inflation: Inflation) -> dict[str, float]:
    """Expected nominal returns by building blocks: inflation, real bills, premiums of equities, yields of bonds."""
    core = np.log(history.core_prices).diff().dropna()
    bills = np.log1p(history.returns["cash"]).reindex(core.index).dropna()
    real_bills = 12.0 * float((bills - core.reindex(bills.index)).mean())
    cash = inflation.mean + real_bills
    excess = history.returns.sub(history.returns["cash"], axis=0)
    last = history.yields.iloc[-1]
    return {
        "us_equity": cash + prudent_premium(excess["us_equity"]),
        "us_small_equity": cash + prudent_premium(excess["us_small_equity"]),
        "corporate_bonds": float(last["BAA"]) - CREDIT_LOSS,
        "high_grade_bonds": float(last["AAA"]),
        "cash": cash,
    }


def degrees_of_freedom(returns: pd.DataFrame) -> tuple[float, float, float]:
    """Fit a multivariate Student-t to monthly log returns; the most likely degrees to a tenth, and their 95 % range.

    Location and shape by expectation and maximisation at each degree (Liu & Rubin 1995); the range holds those whose
    log likelihood lies at most 1.92 below (half the 95 % quantile of chi-square with one degree).
    """
    moves = np.log1p(returns).to_numpy()
    degrees = np.round(np.arange(2.1, 15.0, 0.1), 1)
    likely = np.array([_log_likelihood(moves, float(each)) for each in degrees])
    held = degrees[likely > likely.max() - 1.92]
    return float(degrees[likely.argmax()]), float(held[0]), float(held[-1])


def _log_likelihood(moves: np.ndarray, degrees: float) -> float:
    months, size = moves.shape
    middle, shape = moves.mean(axis=0), np.cov(moves.T)
    for _ in range(200):
        far = np.einsum("ij,jk,ik->i", moves - middle, np.linalg.inv(shape), moves - middle)
        weights = (degrees + size) / (degrees + far)
        moved = weights @ moves / weights.sum()
        shape = (weights[:, None] * (moves - moved)).T @ (moves - moved) / months
        if np.abs(moved - middle).max() < 1e-10:
            break
        middle = moved
    far = np.einsum("ij,jk,ik->i", moves - middle, np.linalg.inv(shape), moves - middle)
    level = gammaln((degrees + size) / 2) - gammaln(degrees / 2) - size / 2 * math.log(degrees * math.pi)
    level -= 0.5 * np.linalg.slogdet(shape)[1]
    return float(months * level - (degrees + size) / 2 * np.log1p(far / degrees).sum())


def correlations(history: History) -> tuple[np.ndarray, float]:
    """Of yearly log returns, with a row for inflation shocks; returns the matrix and the shrinkage it needed.

    Inflation shocks are residuals of an autoregression of quarterly inflation, correlated with quarterly log returns.
    Two samples need not fit together: the inflation row shrinks by tenths until the matrix is positive definite.
    """
    assets = yearly_log_returns(history.returns).corr().to_numpy()
    rates = np.log(history.quarterly_prices).diff().dropna()
    slope, level = np.polyfit(rates.to_numpy()[:-1], rates.to_numpy()[1:], 1)
    shocks = pd.Series(rates.to_numpy()[1:] - level - slope * rates.to_numpy()[:-1], index=rates.index[1:])
    log_returns = np.log1p(history.returns)
    quarterly = log_returns.groupby(log_returns.index.asfreq("Q")).sum()
    row = quarterly.reindex(shocks.index).dropna().corrwith(shocks).to_numpy()
    for tenths in range(11):
        matrix = np.eye(len(row) + 1)
        matrix[:-1, :-1] = assets
        matrix[-1, :-1] = matrix[:-1, -1] = row * (1.0 - tenths / 10.0)
        matrix = np.round(matrix, 4)
        if float(np.linalg.eigvalsh(matrix)[0]) > 1e-4:
            return matrix, tenths / 10.0
    raise ValueError("the correlations of the assets alone are not positive definite")


def yields_of(means: dict[str, float], history: History) -> dict[str, tuple[float, float]]:
    """What a taxable account is taxed on each year: (yield, share taxed as qualified dividends)."""
    last = history.yields.iloc[-1]
    return {
        "us_equity": (DIVIDEND_YIELDS["us_equity"], QUALIFIED_SHARES["us_equity"]),
        "us_small_equity": (DIVIDEND_YIELDS["us_small_equity"], QUALIFIED_SHARES["us_small_equity"]),
        "corporate_bonds": (float(last["BAA"]), 0.0),
        "high_grade_bonds": (float(last["AAA"]), 0.0),
        "cash": (means["cash"], 0.0),
    }
