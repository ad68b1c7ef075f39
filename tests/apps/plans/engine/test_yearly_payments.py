"""Gifts and medical costs as they are stated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.kernel.errors import InvalidInputError
from tests.apps.plans.engine.test_kernel_deductions import GIVEN


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("payments[church].annual_amount", {"annual_amount": -1.0}),
        ("payments[church].annual_amount", {"annual_amount": float("nan")}),
        ("payments[church].last_year", {"first_year": 2030, "last_year": 2029}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, change: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        replace(GIVEN, **change)
    assert refused.value.field == field


def test_one_year_is_a_window() -> None:
    assert replace(GIVEN, first_year=2030, last_year=2030).last_year == 2030
