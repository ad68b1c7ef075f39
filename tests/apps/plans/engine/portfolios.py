"""Drawn optimisation problems."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from apps.plans.engine.moments import Moments
from apps.plans.engine.weight_limits import GroupLimit, WeightLimits, weight_limits


def drawn_moments(seed: int, size: int, factors: int = 3) -> Moments:
    """Yearly moments of a few factors and own risks."""
    dice = np.random.default_rng(seed)
    loads = dice.normal(0.1, 0.08, (size, factors))
    covariance = loads @ loads.T + np.diag(dice.uniform(0.005, 0.05, size))
    return Moments(dice.normal(0.07, 0.04, size), covariance)


def drawn_limits(seed: int, size: int) -> WeightLimits:
    """Bounds and groups that some weights keep: they are laid around a drawn portfolio."""
    dice = np.random.default_rng(seed)
    inside = dice.dirichlet(np.ones(size))
    low = np.where(dice.random(size) < 0.3, inside * dice.random(size), 0.0)
    high = np.where(dice.random(size) < 0.5, inside + (1 - inside) * dice.random(size) * 0.3, 1.0)
    groups = []
    for _ in range(dice.integers(0, 4)):
        members = tuple(np.flatnonzero(dice.random(size) < 0.4).tolist()) or (0,)
        share = float(inside[list(members)].sum())
        groups.append(GroupLimit(members, share * dice.random(), min(1.0, share + 0.3 * dice.random())))
    return weight_limits(size, low, high, groups)


seeds = st.integers(0, 1_000_000)
sizes = st.integers(2, 25)
