from datetime import date
from fractions import Fraction

import pytest

from apps.billing.engine.credits import credit_lines
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import Credit
from apps.billing.engine.results import WarningCode
from apps.billing.engine.terms import PeriodFraction
from apps.kernel.errors import InvalidInputError
from tests.apps.billing.engine.builders import account, bill, cents, flat, rate, usd

DIVIDED = flat(period_fraction=PeriodFraction.DIVIDE)


def test_a_credit_is_shared_in_proportion_to_the_fees():
    accounts = [account("a", 300_000), account("b", 100_000)]
    fee = calculate_household_fee(bill(accounts, DIVIDED, credits=(Credit("Goodwill", usd(100)),)))
    assert cents(fee) == ["675.00", "225.00"]


def test_a_waiver_of_one_account_leaves_the_others_alone():
    accounts = [account("a", 300_000), account("b", 100_000)]
    waiver = Credit("First quarter free", share=rate(1), account_id="b")
    assert cents(calculate_household_fee(bill(accounts, DIVIDED, credits=(waiver,)))) == ["750.00", "0.00"]


def test_a_credit_is_prorated_with_the_fee_that_it_reduces():
    young = account("a", 364_000, funded_on=date(2026, 6, 1))
    fee = calculate_household_fee(bill([young], DIVIDED, credits=(Credit("Goodwill", usd(91)),)))
    assert fee.total == usd("270.00")  # (910 - 91) x 30/91


def test_a_credit_above_the_fee_makes_it_nothing_and_is_warned_of():
    fee = calculate_household_fee(bill([account("a", 100_000)], DIVIDED, credits=(Credit("Goodwill", usd(1000)),)))
    assert fee.total == usd(0)
    assert [w.code for w in fee.warnings] == [WarningCode.CREDIT_ABOVE_FEE]
    assert "of 1000 is more than the fee that is left, 250" in fee.warnings[0].message % dict(fee.warnings[0].params)


def test_credits_come_off_one_after_the_other():
    lines, warned = credit_lines(
        [Credit("First", usd(60)), Credit("Second", usd(60))], {"a": Fraction(100)}, {"a": Fraction(1)}, "USD"
    )
    assert [line.granted for line in lines] == [60, 40]
    assert len(warned) == 1


@pytest.mark.parametrize("facts", [{}, {"amount": usd(1), "share": rate(1)}, {"amount": usd(-1)}, {"share": rate(2)}])
def test_a_credit_that_is_neither_amount_nor_share_is_refused(facts):
    with pytest.raises(InvalidInputError):
        Credit("x", **facts)
