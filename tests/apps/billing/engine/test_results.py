from dataclasses import FrozenInstanceError, fields, is_dataclass

import pytest

from apps.billing.engine.household import calculate_household_fee
from tests.apps.billing.engine.builders import account, bill, graduated

FEE = calculate_household_fee(bill([account("a", 333_333.33), account("b", 1)], graduated()))


def parts_of(value):
    if is_dataclass(value):
        for field in fields(value):
            yield from parts_of(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts_of(item)
    else:
        yield value


def test_no_part_of_a_fee_or_its_receipt_is_a_float():
    assert not [part for part in parts_of(FEE) if isinstance(part, float)]


def test_a_receipt_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        FEE.receipt.posted_total = 0
