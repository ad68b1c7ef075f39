from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.transactions import FairValues, SplitRatio
from tests.apps.portfolios.engine.builders import K, day, entry

EVEN = SplitRatio(Decimal(1), Decimal(1))


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (K.BUY, {"amount": 10}),
        (K.BUY, {"quantity": 1}),
        (K.BUY, {"amount": 10, "quantity": 0}),
        (K.BUY, {"amount": 10, "quantity": -1}),
        (K.BUY, {"amount": 10, "quantity": 1, "security": ""}),
        (K.DEPOSIT, {}),
        (K.DEPOSIT, {"amount": -1}),
        (K.DEPOSIT, {"amount": 1, "quantity": 1}),
        (K.SPLIT, {}),
        (K.REVERSAL, {}),
        (K.STOCK_DIVIDEND, {}),
        (K.SYMBOL_CHANGE, {}),
        (K.SYMBOL_CHANGE, {"into": "ACME"}),
        (K.BUY, {"amount": 10, "quantity": 1, "into": "B"}),
        (K.MERGER, {"into": "B"}),
        (K.MERGER, {"split": EVEN}),
        (K.MERGER, {"into": "B", "split": EVEN, "amount": 5}),  # cash needs the value of the new shares
        (K.SPIN_OFF, {"into": "B", "split": EVEN}),
        (K.CASH_IN_LIEU, {"amount": 5}),
    ],
)
def test_a_transaction_without_what_its_kind_needs_is_refused(kind, facts):
    with pytest.raises(InvalidInputError, match=r"Transaction t \(.*Complete the transaction"):
        entry("t", kind, day(1, 2), **facts)


def test_the_kind_says_in_which_direction_cash_and_shares_move():
    buy, sell = entry("b", K.BUY, day(1, 2), 10, 1), entry("s", K.SELL, day(1, 2), 10, 1)
    assert (buy.cash.amount, buy.units) == (-10, 1)
    assert (sell.cash.amount, sell.units) == (10, -1)
    reinvested = entry("r", K.REINVEST, day(1, 2), 10, 1)
    assert (reinvested.cash, reinvested.units) == (None, 1)
    fraction = entry("c", K.CASH_IN_LIEU, day(1, 2), 5, "0.5")
    assert (fraction.cash.amount, fraction.units) == (5, Decimal("-0.5"))
    paid = entry("m", K.MERGER, day(1, 2), 5, into="B", split=EVEN, fair_values=FairValues(Decimal(0), Decimal(1)))
    assert (paid.cash.amount, paid.units) == (5, 0)
    assert entry("n", K.MERGER, day(1, 2), into="B", split=EVEN).cash is None


@pytest.mark.parametrize(("new", "old"), [(0, 1), (1, 0), (-2, 1)])
def test_a_split_of_nothing_is_refused(new, old):
    with pytest.raises(InvalidInputError):
        SplitRatio(Decimal(new), Decimal(old))


@pytest.mark.parametrize(("old", "new"), [(0, 0), (-1, 2), (2, -1)])
def test_fair_values_of_nothing_are_refused(old, new):
    with pytest.raises(InvalidInputError, match="Fair market values"):
        FairValues(Decimal(old), Decimal(new))
