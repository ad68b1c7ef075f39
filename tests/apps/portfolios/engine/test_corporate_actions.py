from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.portfolios.engine.corporate_actions import (
    MergerTerms,
    capital_returned,
    merged_lots,
    renamed_lots,
    split_lots,
    spun_off_lots,
    stock_dividend_lots,
)
from apps.portfolios.engine.lots import Lot, exact_sum
from apps.portfolios.engine.transactions import FairValues, SplitRatio

D = Decimal


def lot(name, quantity, cost, on=date(2020, 1, 2)):
    return Lot(name, "OLD", on, D(str(quantity)), None if cost is None else D(str(cost)))


def ratio(new, old=1):
    return SplitRatio(D(str(new)), D(str(old)))


def test_a_stock_dividend_spreads_the_cost_over_more_shares():
    (held,) = stock_dividend_lots([lot("a", 100, 1050)], ratio(5, 100))
    assert (held.quantity, held.cost, held.unit_cost, held.acquired_on) == (105, 1050, 10, date(2020, 1, 2))


def test_a_symbol_change_moves_lots_as_they_are():
    held = [lot("a", 1, 10), lot("b", 2, None)]
    assert [(x.security_id, x.lot_id, x.quantity, x.cost) for x in renamed_lots(held, "NEW")] == [
        ("NEW", "a", 1, 10),
        ("NEW", "b", 2, None),
    ]


def test_a_merger_of_shares_alone_carries_cost_and_date():
    merged = merged_lots([lot("a", 100, 1000)], MergerTerms("NEW", ratio("0.75"), D(0), D(0)))
    assert merged.paid == ()
    (held,) = merged.lots
    assert (held.security_id, held.quantity, held.cost, held.acquired_on) == ("NEW", 75, 1000, date(2020, 1, 2))


@pytest.mark.parametrize(
    ("cost", "gain", "new_cost"),
    [
        (1000, 500, 1000),  # worth 2,000 and 500 in cash: 1,500 are gained, the cash alone is taxed
        (2300, 200, 2000),  # 200 are gained, less than the cash
        (2600, 0, 2100),  # a loss of 100 is not recognised, the cash lowers the cost
    ],
)
def test_cash_of_a_merger_is_taxed_as_far_as_there_is_gain(cost, gain, new_cost):
    merged = merged_lots([lot("a", 100, cost)], MergerTerms("NEW", ratio("0.5"), D(500), D(40)))
    (paid,) = merged.paid
    assert (paid.cash, paid.cash - paid.cost) == (500, gain)
    assert merged.lots[0].cost == new_cost


def test_each_lot_of_a_merger_has_its_own_gain():
    held = [lot("gains", 100, 1000), lot("loses", 100, 5000), lot("unknown", 50, None)]
    merged = merged_lots(held, MergerTerms("NEW", ratio(1), D(500), D(20)))
    assert [(x.cash, x.cost) for x in merged.paid] == [(200, 0), (200, 200), (100, None)]
    assert [x.cost for x in merged.lots] == [1000, 4800, None]


def test_a_spin_off_shares_cost_by_fair_value_and_keeps_the_date():
    # 1 for 4; parent 40, subsidiary 40 a share: 10 of 50 goes along
    spun = spun_off_lots([lot("a", 100, 3000), lot("b", 20, None)], "SUB", ratio(1, 4), FairValues(D(40), D(40)), "evt")
    assert [(x.quantity, x.cost) for x in spun.kept] == [(100, 2400), (20, None)]
    assert [(x.lot_id, x.security_id, x.quantity, x.cost, x.acquired_on) for x in spun.spun] == [
        ("a/evt", "SUB", 25, 600, date(2020, 1, 2)),
        ("b/evt", "SUB", 5, None, date(2020, 1, 2)),
    ]


def test_a_return_of_capital_beyond_cost_is_paid_without_cost():
    returned = capital_returned([lot("a", 10, 5), lot("b", 10, 100), lot("c", 20, None)], D(40))
    assert [x.cost for x in returned.lots] == [0, 90, None]
    assert [(x.lot.lot_id, x.cash, x.cost) for x in returned.paid] == [("a", 5, 0)]


holdings = st.lists(
    st.tuples(st.decimals("0.0001", "9999", places=4), st.decimals("0", "99999", places=2)), min_size=1, max_size=6
)
ratios = st.tuples(st.integers(1, 40), st.integers(1, 40))
cash_amounts = st.decimals("0", "99999", places=2)
values = st.decimals("0.01", "999", places=2)


@given(holdings, ratios, cash_amounts, values, values)
@settings(deadline=None)
def test_every_action_keeps_the_ratio_and_the_cost(raw, terms, cash, old_value, new_value):
    held = [lot(str(place), quantity, cost) for place, (quantity, cost) in enumerate(raw)]
    shares, cost = exact_sum(x.quantity for x in held), exact_sum(x.cost for x in held)
    by = ratio(*terms)

    def near(lots, factor):
        assert abs(exact_sum(x.quantity for x in lots) - shares * factor) <= D("1e-9")

    near(split_lots(held, by), by.new / by.old)
    near(stock_dividend_lots(held, by), 1 + by.new / by.old)
    merged = merged_lots(held, MergerTerms("NEW", by, cash, new_value))
    near(merged.lots, by.new / by.old)
    assert exact_sum(x.cost for x in merged.lots) + exact_sum(x.cost for x in merged.paid) == cost
    assert exact_sum(x.cash for x in merged.paid) == cash
    assert all(0 <= paid.cost <= paid.cash for paid in merged.paid)
    assert all(x.cost >= 0 for x in merged.lots)
    spun = spun_off_lots(held, "SUB", by, FairValues(old_value, new_value), "evt")
    near(spun.kept, 1)
    near(spun.spun, by.new / by.old)
    assert exact_sum(x.cost for x in (*spun.kept, *spun.spun)) == cost
    returned = capital_returned(held, cash)
    gain = exact_sum(x.cash for x in returned.paid)
    assert exact_sum(x.cost for x in returned.lots) == cost - cash + gain
