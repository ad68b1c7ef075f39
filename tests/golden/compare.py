"""Comparing what an adapter answers with what was published."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.golden.loader import GoldenCase

# Sources name the same refusal in different words; what is compared is the kind of refusal.
REFUSALS = {
    word: kind
    for kind, words in {
        "ambiguous": ("ambiguous", "ambiguous_lot"),
        "oversold": ("oversold", "oversell", "insufficient", "not_enough", "not enough", "exceeds_held"),
    }.items()
    for word in words
}
NUMBERS = (int, float, Decimal, Fraction)


def differences(case: GoldenCase, answer: Mapping[str, Any]) -> list[str]:
    """Return what differs from the expected outputs, or nothing where they or a listed alternative are met."""
    found = list(_walk("", case.expected, answer, case.tolerance))
    for other in _alternatives(case):
        if not found:
            break
        if not list(_walk("", other, answer, case.tolerance)):
            return []
    return found


def _alternatives(case: GoldenCase) -> Iterator[dict[str, Any]]:
    """Yield the outputs that are as right: a list of roots, or of whole or single outputs."""
    listed = [*case.also_acceptable, *case.all_roots]
    for other in listed:
        if isinstance(other, Mapping):
            yield {**case.expected, **other}
        elif len(case.expected) == 1:
            yield dict.fromkeys(case.expected, other)


def _walk(path: str, expected: Any, actual: Any, tolerance: Mapping[str, float]) -> Iterator[str]:
    if isinstance(expected, Mapping):
        if not isinstance(actual, Mapping):
            yield f"{path}: {actual!r} instead of named outputs"
            return
        for name, part in expected.items():
            if name not in actual:
                yield f"{path}.{name}: missing, {part!r} expected"
            elif name == "error" and REFUSALS.get(str(part), part) == REFUSALS.get(str(actual[name]), actual[name]):
                continue
            else:
                yield from _walk(f"{path}.{name}", part, actual[name], tolerance)
    elif isinstance(expected, list):
        if not isinstance(actual, Sequence) or isinstance(actual, str) or len(actual) != len(expected):
            yield f"{path}: {actual!r} instead of {expected!r}"
            return
        for place, (part, own) in enumerate(zip(expected, actual, strict=True)):
            yield from _walk(f"{path}[{place}]", part, own, tolerance)
    elif not _agrees(expected, actual, tolerance):
        yield f"{path}: {actual!r} instead of {expected!r} within {dict(tolerance)}"


def _agrees(expected: Any, actual: Any, tolerance: Mapping[str, float]) -> bool:
    """Numbers agree within max(abs, rel · |expected|); null is met by None alone, truth and text by themselves."""
    if expected is None or isinstance(expected, bool | str):
        return type(actual) is type(expected) and bool(actual == expected)
    if isinstance(actual, bool) or not isinstance(actual, NUMBERS):
        return False
    gap = abs(Fraction(str(actual)) - Fraction(str(expected))) if _is_finite(actual) else math.inf
    within = max(tolerance.get("abs", 0), tolerance.get("rel", 0) * abs(expected))
    return bool(gap <= Fraction(str(within)))


def _is_finite(number: Any) -> bool:
    return math.isfinite(number)
