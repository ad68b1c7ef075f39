"""Print how well predictors would have forecast equity premiums out of sample, against the mean of the past.

Usage: python tools/market_assumptions/forecasts.py

R²_OS = 1 - sum of squared errors of the forecast over those of the historical mean (Campbell & Thompson 2008, equation
4): expanding windows, at each month only what was known then. A forecast is used only where it is positive.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from history import History, load

FIRST = 240
HORIZONS = (1, 12)


def predictors(history: History) -> dict[str, pd.Series]:
    """What was known at the end of a month."""
    yields, returns = history.yields, history.returns
    bill = 12.0 * returns["cash"]
    excess = np.log1p(returns["us_equity"]) - np.log1p(returns["cash"])
    return {
        "Baa yield less bill": yields["BAA"] - bill,
        "Baa yield less Aaa yield": yields["BAA"] - yields["AAA"],
        "Aaa yield": yields["AAA"],
        "bill": bill,
        "inflation of the last year": np.log(history.core_prices).diff(12),
        "return of the last year": excess.rolling(12).sum(),
    }


def out_of_sample(known: pd.Series, excess: pd.Series, horizon: int) -> tuple[float, float, int]:
    """R²_OS of a regression on what was known, the same with negative forecasts cut off, and how many forecasts."""
    later = excess.rolling(horizon).sum().shift(-horizon)
    both = pd.concat([known, later], axis=1).dropna().to_numpy()
    told, came = both[:, 0], both[:, 1]
    errors = []
    for month in range(FIRST, len(came)):
        # the outcome of a month is known a horizon later
        past = month - horizon + 1
        slope, level = np.polyfit(told[:past], came[:past], 1)
        forecast = level + slope * told[month]
        errors.append([came[month] - forecast, came[month] - max(forecast, 0.0), came[month] - came[:past].mean()])
    squares = (np.array(errors) ** 2).sum(axis=0)
    return float(1 - squares[0] / squares[2]), float(1 - squares[1] / squares[2]), len(errors)


def main() -> None:
    """Print a line for each predictor and horizon, and which of them beat the mean."""
    history = load()
    excess = np.log1p(history.returns["us_equity"]) - np.log1p(history.returns["cash"])
    better = []
    for name, known in predictors(history).items():
        for horizon in HORIZONS:
            plain, cut, count = out_of_sample(known, excess, horizon)
            print(f"{name}, {horizon} months: R2_OS {plain:.2%}, cut off at zero {cut:.2%}, {count} forecasts")
            if plain > 0:
                better.append(name)
    print("used: " + (", ".join(better) or "none, no forecast beats the mean of the past"))


if __name__ == "__main__":
    main()
