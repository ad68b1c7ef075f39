"""Compiled kernels keep the order of operations and divide like numpy."""

from __future__ import annotations

import math
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numba.core.errors import NumbaError
from numpy.typing import NDArray

from apps.plans.engine.compiled import compiled, compiled_with_arrays, digest_of


@compiled
def _sum(first: float, second: float, third: float) -> float:
    return first + second + third


@compiled
def _ratio(top: float, bottom: float) -> float:
    return top / bottom


@compiled
def _twice(top: float, bottom: float) -> float:
    return 2.0 * _ratio(top, bottom)


def _running(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.empty(amounts.size)
    total = 0.0
    for place in range(amounts.size):
        total += amounts[place]
        sums[place] = total
    return sums


@compiled
def _halve(amounts: NDArray[np.float64]) -> None:
    for place in range(amounts.size):
        amounts[place] /= 2.0


def test_sums_are_not_regrouped() -> None:
    assert _sum(1e16, 1.0, -1e16) == (1e16 + 1.0) - 1e16
    assert _sum(1e16, -1e16, 1.0) == 1.0


def test_a_division_by_zero_gives_infinity_instead_of_an_exception() -> None:
    assert math.isinf(_ratio(1.0, 0.0))


def test_the_cached_name_changes_with_code_constants_tuple_classes_and_called_kernels() -> None:
    def module(body: str) -> str:
        names: dict[str, Any] = {"compiled": compiled, "NamedTuple": NamedTuple, "__name__": "made_up"}
        exec(compile(body, "made_up.py", "exec"), names)  # noqa: S102 - a module of this test's own text
        return digest_of(names["kernel"])

    text = (
        "RATE = 2.0\nclass Facts(NamedTuple):\n    amount: float\ndef kernel(facts):\n    return facts.amount * RATE\n"
    )
    base = module(text)
    assert base == module(text)
    assert base != module(text.replace("2.0", "3.0"))
    assert base != module(text.replace("amount: float\n", "amount: float\n    year: int\n"))
    assert base != module(text.replace("* RATE", "+ RATE"))


def test_the_cached_name_changes_with_a_kernel_that_stands_further_down(tmp_path: Path) -> None:
    text = "def kernel(x):\n    return below(x)\nDIGEST = digest_of(kernel)\ndef below(x):\n    return x + 1.0\n"

    def digest(body: str) -> str:
        path = tmp_path / f"kernels_{len(list(tmp_path.iterdir()))}.py"
        path.write_text("from apps.plans.engine.compiled import digest_of\n" + body)
        spec = spec_from_file_location("kernels", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return str(module.DIGEST)

    assert digest(text) == digest(text)
    assert digest(text) != digest(text.replace("+ 1.0", "+ 2.0"))


def test_a_kernel_that_calls_another_carries_its_digest() -> None:
    assert _twice.py_func.__qualname__.startswith("_twice_")  # type: ignore[attr-defined]
    without = digest_of(_ratio.py_func)  # type: ignore[attr-defined]
    assert without != digest_of(_twice.py_func)  # type: ignore[attr-defined]
    assert _twice(1.0, 2.0) == 1.0


def test_a_kernel_that_makes_an_array_must_say_so() -> None:
    with pytest.raises(NumbaError):
        compiled(_running)(np.ones(3))
    assert compiled_with_arrays(_running)(np.ones(3)).tolist() == [1.0, 2.0, 3.0]


def test_a_kernel_works_in_views_of_what_it_is_given_and_leaves_it_to_its_owner() -> None:
    table = np.ones((3, 4))
    for _ in range(3):
        _halve(table[1])
    assert table.sum(axis=1).tolist() == [4.0, 0.5, 4.0]
