from decimal import Decimal

import pytest

from tests.golden.compare import differences
from tests.golden.loader import GoldenCase


def case(expected, tolerance=None, **more):
    facts = {"also_acceptable": (), "all_roots": ()} | more
    return GoldenCase("area", "1", "f", {}, expected, tolerance or {}, folder=0, **facts)


@pytest.mark.parametrize(
    ("expected", "tolerance", "actual", "holds"),
    [
        (100, {"abs": 0.5}, Decimal("100.5"), True),
        (100, {"abs": 0.5}, Decimal("100.51"), False),
        (100, {"rel": 0.01}, 101, True),
        (100, {"abs": 0.5, "rel": 0.01}, 101, True),
        (0.1, {}, Decimal("0.1"), True),
        (0, {"abs": 1}, None, False),
        (0, {"abs": 1}, float("nan"), False),
        (1, {"abs": 1}, True, False),
        (None, {"abs": 1}, None, True),
        (None, {"abs": 1}, 0, False),
        (True, {}, 1, False),
        ("freeze", {}, "freeze", True),
        ([1, 2], {}, [1, 2], True),
        ([1, 2], {}, [1], False),
        ({"a": 1}, {}, {"a": 1, "more": 2}, True),
        ({"a": 1}, {}, {}, False),
    ],
)
def test_an_output_agrees_or_not(expected, tolerance, actual, holds):
    assert (differences(case({"x": expected}, tolerance), {"x": actual}) == []) is holds


def test_a_listed_alternative_or_root_is_as_right():
    robust = case({"rate": 0.5}, {"abs": 1e-7}, also_acceptable=(None,), all_roots=(0.25,))
    assert differences(robust, {"rate": None}) == []
    assert differences(robust, {"rate": 0.25}) == []
    assert differences(robust, {"rate": 0.3}) != []


def test_a_difference_says_where_and_what():
    assert differences(case({"a": [{"b": 1}]}, {"abs": 0.1}), {"a": [{"b": 2}]}) == [
        ".a[0].b: 2 instead of 1 within {'abs': 0.1}"
    ]


def test_refusals_are_compared_by_kind_and_not_by_word():
    assert differences(case({"error": "insufficient"}), {"error": "oversold"}) == []
    assert differences(case({"error": "ambiguous"}), {"error": "oversold"}) != []
    assert differences(case({"error": "ambiguous"}), {"sold": []}) != []
