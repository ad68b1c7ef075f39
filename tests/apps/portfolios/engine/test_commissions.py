"""Commissions by the schedule, worked by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.commissions import CommissionTerms, commission, is_as_agreed

D = Decimal


@pytest.mark.parametrize(
    ("terms", "quantity", "amount", "charged"),
    [
        ({}, "100", "5000", "0"),
        ({"per_trade": "4.95"}, "100", "5000", "4.95"),
        ({"per_share": "0.005", "least": "1"}, "100", "5000", "1"),
        ({"per_share": "0.005", "least": "1"}, "1000", "50000", "5"),
        ({"rate": "0.001", "most": "39"}, "100", "50000", "39"),
        ({"per_trade": "1", "per_share": "0.01", "rate": "0.0005"}, "10", "333.30", "1.27"),
        ({"per_trade": "4.95", "least": "10"}, "0", "0", "0"),
    ],
)
def test_a_commission_follows_the_schedule(terms: dict[str, str], quantity: str, amount: str, charged: str) -> None:
    told = CommissionTerms(**{name: D(value) for name, value in terms.items()})
    assert commission(told, D(quantity), D(amount)) == D(charged)


def test_more_than_agreed_is_seen_beyond_what_may_come_on_top() -> None:
    terms = CommissionTerms(per_trade=D("4.95"), allowance=D("0.10"))
    assert is_as_agreed(terms, D(10), D(500), D("4.95"))
    assert is_as_agreed(terms, D(10), D(500), D("5.05"))
    assert is_as_agreed(terms, D(10), D(500), D(0))
    assert not is_as_agreed(terms, D(10), D(500), D("5.06"))


@pytest.mark.parametrize("terms", [{"per_trade": "-1"}, {"most": "-1"}, {"least": "2", "most": "1"}])
def test_terms_that_cannot_be_are_refused(terms: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        CommissionTerms(**{name: D(value) for name, value in terms.items()})
