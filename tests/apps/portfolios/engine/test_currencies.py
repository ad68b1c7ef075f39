from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.currencies import gain_in_base


def test_a_gain_abroad_is_the_local_gain_and_what_the_rate_made():
    found = gain_in_base(Decimal(100), Decimal(120), Decimal("0.9"), Decimal("0.8"))
    assert (found.value, found.cost, found.gain, found.currency_effect) == (96, 90, 6, -10)
    assert found.return_local == Decimal("0.2")


def test_nothing_paid_has_no_return():
    assert gain_in_base(Decimal(0), Decimal(5), Decimal(1), Decimal(1)).return_with_currency is None


def test_a_rate_of_nothing_is_refused():
    with pytest.raises(InvalidInputError):
        gain_in_base(Decimal(1), Decimal(1), Decimal(0), Decimal(1))
