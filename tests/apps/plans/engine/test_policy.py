"""What a firm aims for and allows is refused when it makes no sense, by the name of the field."""

from __future__ import annotations

from typing import Any

import pytest

from apps.kernel.errors import InvalidInputError
from apps.plans.engine.policy import AdvicePolicy, RiskLimit

LIMIT: dict[str, Any] = {
    "level": "balanced",
    "max_volatility": 0.13,
    "max_equity_share": 0.7,
    "max_weights": (("equity", 0.5),),
    "min_weights": (),
}
POLICY: dict[str, Any] = {
    "target": 0.85,
    "saving_account": "brokerage",
    "max_savings_rate": 0.6,
    "latest_retirement_age": 72,
    "risk_limit": RiskLimit(**LIMIT),
    "debt_payment": 300.0,
    "emergency_months": 6,
    "emergency_fill_months": 24,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_volatility", 0.0),
        ("max_volatility", float("nan")),
        ("max_equity_share", 1.01),
        ("max_weights", (("equity", 1.5),)),
        ("min_weights", (("equity", 0.1), ("equity", 0.2))),
    ],
)
def test_a_risk_limit_that_makes_no_sense_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises(InvalidInputError) as refused:
        RiskLimit(**{**LIMIT, field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("target", 1.0),
        ("max_savings_rate", -0.1),
        ("latest_retirement_age", 39),
        ("debt_payment", -1.0),
        ("emergency_months", 61),
        ("emergency_fill_months", 0),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_by_its_field(field: str, value: object) -> None:
    with pytest.raises(InvalidInputError) as refused:
        AdvicePolicy(**{**POLICY, field: value})
    assert refused.value.field == field


def test_a_policy_may_do_without_a_risk_limit() -> None:
    assert AdvicePolicy(**{**POLICY, "risk_limit": None}).risk_limit is None
