from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.kernel.money import Rate
from apps.portfolios.engine.lots import TermRates
from apps.portfolios.engine.rebalancing.settings import Mode, RunSettings
from tests.apps.portfolios.engine.rebalancing.households import settings


@pytest.mark.parametrize(
    "broken",
    [
        {"gain_budget": Decimal(-1)},
        {"minimum_amount": Decimal(-1)},
        {"long_within_days": -1},
        {"cost_rate": Rate(Decimal("-0.01"))},
        {"off_target_price": Decimal(-1)},
    ],
)
def test_amounts_and_rates_below_zero_are_refused(broken):
    with pytest.raises(InvalidInputError):
        settings(**broken)


def test_long_gains_are_taxed_no_higher_than_short():
    with pytest.raises(InvalidInputError):
        RunSettings(Mode.FULL, TermRates(Rate(Decimal("0.1")), Rate(Decimal("0.2"))))


def test_modes_say_which_way_they_trade():
    assert {mode for mode in Mode if settings(mode).may_sell} == {
        Mode.FULL,
        Mode.TO_BAND,
        Mode.RAISE_CASH,
        Mode.HARVEST,
    }
    assert {mode for mode in Mode if not settings(mode).may_buy} == {Mode.RAISE_CASH, Mode.HOLD}
