"""Judging facts at a checkpoint."""

from decimal import Decimal

import pytest

from apps.compliance.engine.checkpoints import ComplexityLimits, Fact, OrderFacts, complexities, judge, risk_fits


def test_all_facts_must_hold_and_nothing_looked_at_is_nothing_found():
    assert judge([Fact("a", holds=True), Fact("b", holds=True)]).passed
    assert not judge([]).passed
    judged = judge([Fact("a", holds=True), Fact("b", holds=False)])
    assert not judged.passed
    assert [fact.key for fact in judged.missing] == ["b"]


def test_orders_are_complex_above_a_limit_not_at_it():
    limits = ComplexityLimits(Decimal(1000), Decimal("0.25"), 5)
    assert complexities(OrderFacts(Decimal(1000), Decimal("0.25"), 5), limits) == ()
    assert complexities(OrderFacts(Decimal("1000.01"), Decimal("0.1"), 6), limits) == ("amount", "lines")
    assert complexities(OrderFacts(Decimal(1), Decimal("0.26"), 1), limits) == ("share",)


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [("0.5", "0.6", True), ("0.5", "0.61", False), ("0.8", "0.7", True), ("0.7", "0.7", True), ("0.7", "0.71", False)],
)
def test_a_share_fits_within_the_limit_or_on_the_way_to_it(before, after, fits):
    assert risk_fits(Decimal(before), Decimal(after), Decimal("0.6")) is fits
