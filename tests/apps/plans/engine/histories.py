"""A made-up history for tests: no market ever did this."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np

from apps.plans.engine.history import History

KEYS = ("equity", "bonds", "cash", "inflation")


@cache
def made_up(n_months: int = 240) -> History:
    """Correlated months with a crash; bonds rise where equities fall."""
    dice = np.random.default_rng(42)
    equity = 0.008 + 0.045 * dice.standard_normal(n_months)
    equity[60:66] = -0.09 + 0.01 * dice.standard_normal(6)
    bonds = 0.004 - 0.1 * (equity - 0.008) + 0.01 * dice.standard_normal(n_months)
    inflation = 0.002 + 0.001 * dice.standard_normal(n_months)
    rows = np.stack([equity, bonds, inflation + 0.0005, inflation], axis=1)
    return History(date(1990, 1, 1), KEYS, tuple(tuple(row) for row in rows.tolist()))
