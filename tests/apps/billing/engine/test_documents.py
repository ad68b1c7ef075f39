import json
from datetime import date
from decimal import Decimal

import pytest

from apps.billing.engine.documents import digest, plain, restored
from apps.billing.engine.inputs import AccountValues, Exclusion, ExclusionReason, HouseholdBilling
from apps.billing.engine.terms import FeeTerms
from apps.kernel.errors import InvalidInputError
from tests.apps.billing.engine.builders import account, bill, flow, graduated, usd


def test_a_bill_survives_json_without_losing_a_digit():
    facts = {"flows": (flow(date(2026, 5, 2), "0.10"),), "exclusions": (Exclusion(ExclusionReason.CASH),)}
    billing = bill([account("a", "400000.00", **facts)], graduated())
    again = restored(HouseholdBilling, json.loads(json.dumps(plain(billing))))
    assert again == billing
    assert digest(again) == digest(billing)


def test_the_digest_changes_with_a_cent():
    assert digest(bill([account("a", "1.00")], graduated())) != digest(bill([account("a", "1.01")], graduated()))


def test_sets_are_written_in_one_order():
    assert plain(Exclusion(ExclusionReason.CASH))["uses"] == ["billing", "breakpoint"]


@pytest.mark.parametrize("data", [{}, {"account_id": 1, "values": []}, None, "account"])
def test_data_of_another_shape_is_refused(data):
    with pytest.raises(InvalidInputError, match="This is no stored AccountValues"):
        restored(AccountValues, data)


def test_a_stored_value_that_breaks_a_rule_is_refused_as_the_rule_says():
    data = plain(graduated())
    data["tiers"] = []
    with pytest.raises(InvalidInputError, match="A schedule needs tiers"):
        restored(FeeTerms, data)


def test_what_json_cannot_hold_exactly_is_refused():
    with pytest.raises(InvalidInputError, match="A float"):
        plain((1.5,))
    assert plain(usd("1E+3")) == {"amount": "1000", "currency": "USD"}
    assert Decimal(plain(usd("1E+3"))["amount"]) == 1000
