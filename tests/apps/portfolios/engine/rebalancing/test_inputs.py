from dataclasses import replace
from decimal import Decimal

import pytest

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.rebalancing.inputs import Restriction, RestrictionKind, WeightCap
from tests.apps.portfolios.engine.rebalancing.households import account, inputs, lot, security, target

A = security("A", 100)


@pytest.mark.parametrize(
    "broken",
    [
        lambda: inputs([A, A], [account()], []),
        lambda: inputs([security("A", 0)], [account()], []),
        lambda: inputs([A], [account(lots=[lot("1", "A", -1, 100)])], []),
        lambda: inputs([A], [account(lots=[lot("1", "B", 1, 100)])], []),
        lambda: inputs([A], [account(lots=[lot("1", "A", 1, 100), lot("1", "A", 1, 100)])], []),
        lambda: inputs([A], [account(needs="-1")], []),
        lambda: inputs([A], [account()], [target("B", "0.5")]),
        lambda: inputs([A], [account()], [target("A", "0.5"), target("A", "0.5")]),
        lambda: inputs([A, security("B", 1)], [account()], [target("A", "0.6"), target("B", "0.5")]),
        lambda: inputs([A], [account()], [target("A", "-0.1")]),
        lambda: inputs([A], [account()], [], caps=(WeightCap(("taxable",), ("B",), Decimal("0.5")),)),
    ],
)
def test_contradictions_are_refused(broken):
    with pytest.raises(InvalidInputError):
        broken()


def test_an_account_is_in_one_pool():
    household = inputs([A], [account()], [target("A", "1")])
    with pytest.raises(InvalidInputError):
        replace(household, pools=household.pools * 2)


def test_a_security_without_a_group_stands_for_itself_alone():
    assert security("A", 1).group != security("B", 1, group="A").group


def test_a_restriction_covers_a_security_or_a_class_in_one_account_or_all():
    assert Restriction(RestrictionKind.HOLD, security_id="A").covers("any", A)
    assert Restriction(RestrictionKind.HOLD, account_id="one", asset_class="equity").covers("one", A)
    assert not Restriction(RestrictionKind.HOLD, account_id="one", security_id="A").covers("two", A)
    assert not Restriction(RestrictionKind.HOLD, asset_class="bonds").covers("one", A)


def test_what_an_account_must_keep_is_the_sum_of_its_needs():
    assert account(needs="12.50").required_cash == Decimal("12.50")
