"""Refusals name the field."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apps.kernel.errors import DomainError
from apps.plans.engine import checks


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: checks.finite(float("inf"), "amount"),
        lambda: checks.not_negative(-0.01, "amount"),
        lambda: checks.within(2.0, 0.0, 1.0, "amount"),
        lambda: checks.annual_rate(7.0, "amount"),
        lambda: checks.unique(["a", "a"], "amount"),
        lambda: checks.unique([""], "amount"),
        lambda: checks.known("b", ["a"], "amount"),
        lambda: checks.same_currency("EUR", "USD", "amount"),
    ],
)
def test_each_check_names_the_field_and_how_to_mend_it(refuse: Callable[[], None]) -> None:
    with pytest.raises(DomainError) as refusal:
        refuse()
    assert refusal.value.field == "amount"
    assert refusal.value.mend
    assert "amount" in str(refusal.value)


def test_good_values_pass() -> None:
    checks.within(1.0, 0.0, 1.0, "amount")
    checks.unique(["a", "b"], "amount")
    checks.same_currency("USD", "USD", "amount")
