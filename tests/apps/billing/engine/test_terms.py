import pytest

from apps.billing.engine.terms import FeeTerms, Limit, ScheduleKind, Tier, Timing, ValueBasis
from apps.kernel.errors import InvalidInputError
from tests.apps.billing.engine.builders import TIERS, flat, graduated, in_advance, rate, usd


def test_a_schedule_without_an_open_end_is_refused():
    with pytest.raises(InvalidInputError, match="last one must have no upper end"):
        graduated(tiers=TIERS[:2])


@pytest.mark.parametrize("edges", [(5, 5), (5, 4), (0, 4)])
def test_tiers_whose_ends_do_not_rise_are_refused(edges):
    tiers = (*(Tier(usd(edge), rate("0.01")) for edge in edges), TIERS[-1])
    with pytest.raises(InvalidInputError, match="must rise"):
        graduated(tiers=tiers)


def test_an_open_end_in_the_middle_is_refused():
    with pytest.raises(InvalidInputError, match="must rise"):
        graduated(tiers=(TIERS[-1], TIERS[-1]))


def test_a_negative_rate_is_refused():
    with pytest.raises(InvalidInputError, match="must not be negative"):
        flat("-0.01")


def test_a_flat_fee_has_one_rate():
    with pytest.raises(InvalidInputError, match="one rate, not 3"):
        graduated(kind=ScheduleKind.FLAT)


@pytest.mark.parametrize("facts", [{}, {"fixed_annual": usd(-1)}, {"fixed_annual": usd(1), "tiers": TIERS}])
def test_a_fixed_fee_is_an_amount_and_nothing_else(facts):
    with pytest.raises(InvalidInputError, match="needs an annual amount"):
        FeeTerms(ScheduleKind.FIXED, **facts)


@pytest.mark.parametrize("discount", ["-0.01", "1.01"])
def test_a_discount_lies_between_nothing_and_all(discount):
    with pytest.raises(InvalidInputError, match="between 0 % and 100 %"):
        flat(discount=rate(discount))


@pytest.mark.parametrize("basis", [ValueBasis.PERIOD_END, ValueBasis.AVERAGE_DAILY_BALANCE])
def test_a_fee_in_advance_needs_a_value_that_is_known(basis):
    with pytest.raises(InvalidInputError, match="opening value"):
        flat(timing=Timing.ADVANCE, value_basis=basis)
    assert in_advance(flat).timing is Timing.ADVANCE


def test_a_minimum_above_the_maximum_is_refused():
    with pytest.raises(InvalidInputError, match="above the maximum"):
        flat(minimum=Limit(usd(2)), maximum=Limit(usd(1)))


def test_a_negative_limit_is_refused():
    with pytest.raises(InvalidInputError):
        Limit(usd(-1))
