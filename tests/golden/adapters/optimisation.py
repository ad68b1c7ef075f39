"""Mean-variance portfolios: the planning engine's frontier answers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import numpy as np

from apps.plans.engine.frontier import Portfolio, efficient_return, maximum_sharpe
from apps.plans.engine.moments import Moments
from apps.plans.engine.weight_limits import WeightLimits, weight_limits
from apps.plans.engine.whole_shares import capped_weights, whole_shares
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


def _exact(told: dict[str, Any]) -> dict[str, Decimal]:
    return {key: Decimal(str(value)) for key, value in told.items()}


def pieces(case_input: Input, _folders: GoldenFolders) -> Input:
    """Whole shares of what the weights mean."""
    cash = Decimal(str(case_input["cash"]))
    found = whole_shares(_exact(case_input["weights"]), _exact(case_input["prices"]), cash)
    return {"allocation": dict(found.shares), "leftover": found.left}


def under_a_cap(case_input: Input, _folders: GoldenFolders) -> Input:
    """Weights of which none is above the cap."""
    return {"weights": capped_weights(_exact(case_input["weights"]), Decimal(str(case_input["cap"])))}


ADAPTERS = {
    "max_sharpe": max_sharpe,
    "efficient_return": least_risk_of_return,
    "whole_share_allocation": pieces,
    "cap_weights": under_a_cap,
}
