"""The same answer has the same bytes."""

from __future__ import annotations

from apps.plans.engine.results import Estimate
from apps.plans.engine.what_if_results import WhatIfAnswer


def answer() -> WhatIfAnswer:
    sure = Estimate(0.5, 0.0, 2)
    return WhatIfAnswer(8, sure, sure, (1.0,), sure, None, (), (), "c")


def test_the_same_answer_gives_the_same_bytes_and_what_was_not_asked_is_none() -> None:
    assert answer().to_json_bytes() == answer().to_json_bytes()
    assert b'"shortfall":null' in answer().to_json_bytes()
    assert answer().spending is None
