"""Blends: weights drift, return to their targets by the rule, and a missing price is no zero."""

from datetime import date, timedelta

import numpy as np
import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.blends import RebalancingRule, blended, returns_to_targets

HALVES = np.array([0.5, 0.5])


def test_weights_drift_until_they_are_reset():
    parts = np.array([[0.1, 0.0], [0.1, 0.0], [0.1, 0.0]])
    found = blended(parts, np.tile(HALVES, (3, 1)), [True, False, True])
    assert found.weights[1] == pytest.approx([0.55 / 1.05, 0.5 / 1.05])
    assert found.returns == pytest.approx([0.05, 0.055 / 1.05, 0.05])


def test_without_resets_the_blend_is_what_the_parts_are_worth():
    dice = np.random.default_rng(7)
    parts = dice.normal(0, 0.02, (250, 3))
    targets = np.array([0.5, 0.3, 0.2])
    found = blended(parts, np.tile(targets, (250, 1)), [False] * 250)
    held = float(targets @ np.prod(1 + parts, axis=0))
    assert float(np.prod(1 + found.returns)) == pytest.approx(held, rel=1e-12)
    assert found.weights.sum(axis=1) == pytest.approx(np.ones(250))


def test_a_missing_price_of_a_part_with_weight_leaves_the_day_without_a_return():
    parts = np.array([[0.01, np.nan], [0.01, 0.02]])
    assert np.isnan(blended(parts, np.tile(HALVES, (2, 1)), [True, True]).returns[0])
    alone = blended(parts, np.tile(np.array([1.0, 0.0]), (2, 1)), [True, True])
    assert alone.returns == pytest.approx([0.01, 0.01])


def test_a_day_without_targets_has_no_return():
    found = blended(np.zeros((2, 1)), np.array([[0.0], [1.0]]), [True, True])
    assert np.isnan(found.returns[0])
    assert found.returns[1] == 0


def test_weights_that_are_not_the_whole_are_refused():
    with pytest.raises(InvalidInputError):
        blended(np.zeros((1, 2)), np.array([[0.5, 0.4]]), [True])
    with pytest.raises(InvalidInputError):
        blended(np.zeros((1, 2)), np.array([[1.0]]), [True])


def test_the_rule_says_on_which_days_parts_return():
    year = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]
    counts = {rule: sum(returns_to_targets(day, rule) for day in year) for rule in RebalancingRule}
    assert counts == {RebalancingRule.DAILY: 365, RebalancingRule.MONTHLY: 12, RebalancingRule.QUARTERLY: 4}
