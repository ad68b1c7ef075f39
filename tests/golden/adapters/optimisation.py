"""Mean-variance portfolios: the planning engine's frontier answers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from apps.plans.engine.frontier import Portfolio, efficient_return, maximum_sharpe
from apps.plans.engine.moments import Moments
from apps.plans.engine.weight_limits import WeightLimits, weight_limits
from tests.golden.loader import GoldenFolders

Input = dict[str, Any]
RISK_FREE = 0.02


def _problem(case_input: Input, folders: GoldenFolders) -> tuple[Moments, WeightLimits]:
    table = json.loads(folders.data(case_input["data"]).read_text(encoding="utf-8"))
    moments = Moments(np.array(table["mu"]), np.array(table["cov"]))
    size = len(table["mu"])
    # One pair for all assets, or a pair for each.
    low, high = np.broadcast_to(np.array(case_input.get("bounds", [0, 1]), float), (size, 2)).T
    return moments, weight_limits(size, low, high)


def _told(found: Portfolio, risk_free: float) -> Input:
    return {
        "return": found.expected_return,
        "volatility": found.volatility,
        "sharpe": (found.expected_return - risk_free) / found.volatility,
    }


def max_sharpe(case_input: Input, folders: GoldenFolders) -> Input:
    """The best ratio of excess return to volatility."""
    risk_free = case_input.get("rf", RISK_FREE)
    return _told(maximum_sharpe(*_problem(case_input, folders), risk_free), risk_free)


def least_risk_of_return(case_input: Input, folders: GoldenFolders) -> Input:
    """The safest portfolio that returns what is asked."""
    found = efficient_return(*_problem(case_input, folders), case_input["target_return"])
    return _told(found, case_input.get("rf", RISK_FREE))


ADAPTERS = {"max_sharpe": max_sharpe, "efficient_return": least_risk_of_return}
