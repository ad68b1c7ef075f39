from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from tests.factories import clients, money

OWED = {"balance": Decimal(10_000), "annual_rate": Decimal("0.05")}


@pytest.mark.parametrize("payment", ["0", "1", "41.66"])
def test_a_payment_that_the_interest_eats_up_is_refused_with_the_least_one(ada, payment):
    with pytest.raises(InvalidInputError, match=r"give at least \$41\.67") as wrong:
        money.fact("debt", clients.household(ada), ada, **OWED, monthly_payment=Decimal(payment))
    assert wrong.value.field == "monthly_payment"


def test_the_least_payment_is_taken_and_what_is_paid_off_needs_none(ada):
    household = clients.household(ada)
    assert money.fact("debt", household, ada, **OWED, monthly_payment=Decimal("41.67")).pk
    assert money.fact("debt", household, ada, name="Old", balance=Decimal(0), monthly_payment=Decimal(0)).pk


def test_interest_of_whole_cents_needs_a_cent_more(ada):
    told = {"balance": Decimal(12_000), "annual_rate": Decimal("0.05"), "monthly_payment": Decimal(50)}
    with pytest.raises(InvalidInputError, match=r"at least \$50\.01"):
        money.fact("debt", clients.household(ada), ada, **told)
