"""Compiled kernels keep the order of operations unless they say otherwise, and their cache knows what they hold."""

from __future__ import annotations

import math

from apps.portfolios.engine.compiled import compiled, digest_of, regrouped


@compiled
def _sum(first: float, second: float, third: float) -> float:
    return first + second + third


@compiled
def _ratio(top: float, bottom: float) -> float:
    return top / bottom


@regrouped
def _total(numbers: list[float]) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total


def test_sums_are_not_regrouped() -> None:
    assert _sum(1e16, 1.0, -1e16) == (1e16 + 1.0) - 1e16


def test_a_division_by_zero_gives_infinity_and_a_nan_stays_one() -> None:
    assert math.isinf(_ratio(1.0, 0.0))
    assert math.isnan(_total([1.0, math.nan]))


def test_the_cached_name_changes_with_code_and_constants() -> None:
    def module(text: str) -> str:
        names: dict[str, object] = {"__name__": "made_up"}
        exec(compile(text, "made_up.py", "exec"), names)  # noqa: S102 - a module of this test's own text
        return digest_of(names["kernel"])  # type: ignore[arg-type]

    text = "RATE = 2.0\ndef kernel(amount):\n    return amount * RATE\n"
    assert module(text) == module(text)
    assert module(text) != module(text.replace("2.0", "3.0"))
    assert module(text) != module(text.replace("*", "+"))
    assert _ratio.py_func.__qualname__.startswith("_ratio_")  # type: ignore[attr-defined]
