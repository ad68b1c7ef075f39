"""Simulated rates of exchange."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from math import exp, log, sqrt

import pytest

from apps.market.engine.rate_simulation import PULL, SMALLEST, level_on, next_rate

LEVELS = [(dt.date(2024, 1, 1), Decimal(1)), (dt.date(2024, 1, 3), Decimal(4))]


def test_a_level_lies_on_the_line_of_logarithms_and_nowhere_outside_the_table() -> None:
    assert level_on(LEVELS, dt.date(2024, 1, 2)) == pytest.approx(2)
    assert level_on(LEVELS, dt.date(2024, 1, 3)) == pytest.approx(4)
    assert level_on(LEVELS, dt.date(2024, 1, 4)) is None
    assert level_on(LEVELS, dt.date(2023, 12, 31)) is None


def test_a_rate_is_pulled_to_its_level_and_wanders_without_one() -> None:
    assert float(next_rate(Decimal(1), 2.0, 0.1, 0.0)) == pytest.approx(exp(PULL * log(2)))
    assert next_rate(Decimal("1.25"), None, 0.1, 0.0) == Decimal("1.25")
    assert float(next_rate(Decimal(1), None, 0.1, 1.5)) == pytest.approx(exp(0.15 / sqrt(252)))
    assert next_rate(SMALLEST, None, 5.0, -9.0) == SMALLEST
