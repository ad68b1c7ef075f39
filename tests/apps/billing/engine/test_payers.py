from decimal import Decimal

import pytest

from apps.billing.engine.errors import BillingRefusedError, RetirementPayerError
from apps.billing.engine.household import calculate_household_fee
from apps.billing.engine.inputs import Payer, PayerKind
from apps.billing.engine.payers import check_payers
from apps.billing.engine.results import WarningCode
from apps.kernel.errors import InvalidInputError
from tests.apps.billing.engine.builders import account, bill, flat, usd


def test_a_taxable_account_may_pay_for_a_retirement_account():
    ira = account("ira", 100_000, is_retirement=True, payer=Payer(PayerKind.ACCOUNT, "joint"))
    fee = calculate_household_fee(bill([ira, account("joint", 300_000)], flat()))
    assert [(c.account_id, c.amount) for c in fee.charges] == [("joint", usd("997.26"))]
    assert [(line.account_id, line.payer_account_id) for line in fee.accounts] == [("ira", "joint"), ("joint", "joint")]


def test_a_retirement_account_never_pays_for_another():
    joint = account("joint", 300_000, payer=Payer(PayerKind.ACCOUNT, "ira"))
    with pytest.raises(RetirementPayerError, match=r"IRC 4975.*taxable account pay") as refusal:
        check_payers([joint, account("ira", 100_000, is_retirement=True)])
    assert refusal.value.code == "retirement_payer"


def test_a_retirement_account_pays_its_own_fee():
    ira = account("ira", 100_000, is_retirement=True, payer=Payer(PayerKind.ACCOUNT, "ira"))
    assert calculate_household_fee(bill([ira], flat())).charges[0].account_id == "ira"


def test_invoiced_accounts_are_collected_together():
    invoiced = Payer(PayerKind.INVOICE)
    accounts = [account("a", 100_000, payer=invoiced), account("b", 100_000), account("c", 100_000, payer=invoiced)]
    fee = calculate_household_fee(bill(accounts, flat()))
    assert [(c.kind, c.account_id, str(c.amount.amount)) for c in fee.charges] == [
        (PayerKind.INVOICE, "", "498.63"),
        (PayerKind.ACCOUNT, "b", "249.32"),
    ]


def test_a_payer_outside_the_household_is_refused():
    with pytest.raises(BillingRefusedError, match="is not in the household"):
        check_payers([account("a", 1, payer=Payer(PayerKind.ACCOUNT, "elsewhere"))])


def test_an_account_that_stands_twice_is_refused():
    with pytest.raises(BillingRefusedError, match="twice"):
        check_payers([account("a", 1), account("a", 2)])


@pytest.mark.parametrize(("kind", "account_id"), [(PayerKind.ACCOUNT, ""), (PayerKind.OWN, "a")])
def test_a_payer_names_an_account_when_and_only_when_it_is_one(kind, account_id):
    with pytest.raises(InvalidInputError, match="Name the paying account"):
        Payer(kind, account_id)


def test_a_payer_without_the_cash_is_warned_of():
    short = account("a", 100_000, available_cash=usd("249.31"))
    warned = calculate_household_fee(bill([short], flat())).warnings
    assert [(w.code, w.account_id) for w in warned] == [(WarningCode.CASH_SHORT, "a")]
    assert Decimal(dict(warned[0].params)["fee"]) == Decimal("249.32")
    enough = account("a", 100_000, available_cash=usd("249.32"))
    assert not calculate_household_fee(bill([enough], flat())).warnings
