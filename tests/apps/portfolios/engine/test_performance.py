import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.kernel.flows import FlowTiming
from apps.portfolios.engine.performance import (
    DailyRecord,
    Day,
    FeeBasis,
    Span,
    daily_earnings,
    first_day_of,
    money_weighted,
    period_figures,
    time_weighted,
    total_of,
)

D = Decimal
FIRST = date(2025, 1, 1)
END = FlowTiming.END_OF_DAY
TIMINGS = st.sampled_from(list(FlowTiming))
CENTS = st.integers(0, 5_000_000).map(lambda cents: D(cents) / 100)
DAYS = st.builds(
    Day, value=st.integers(100_000, 9_000_000).map(lambda cents: D(cents) / 100), money_in=CENTS, money_out=CENTS
)
RECORDS = st.builds(
    DailyRecord, first_day=st.just(FIRST), opening=st.just(D(10_000)), days=st.lists(DAYS, min_size=2).map(tuple)
)


def record(opening, *days):
    return DailyRecord(FIRST, D(opening), tuple(Day(*(D(part) for part in each)) for each in days))


def net(found, timing=END):
    return time_weighted(found, timing, FeeBasis.NET).total.value


def test_dollars_may_rise_while_the_time_weighted_return_falls():
    months = record(10_000, (9000,), (59_000, 50_000), (63_000,))
    assert net(months) == pytest.approx(-0.0390, abs=5e-5)
    assert money_weighted(months).value > 0


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        (FlowTiming.END_OF_DAY, (1200 - 150 + 40) / 1000),
        (FlowTiming.START_OF_DAY, 1200 / (1000 + 150 - 40)),
        (FlowTiming.IN_START_OUT_END, (1200 + 40) / (1000 + 150)),
    ],
)
def test_a_flow_counts_when_the_firm_says(timing, expected):
    assert net(record(1000, (1200, 150, 40)), timing) == pytest.approx(expected - 1)


def test_a_fee_from_the_portfolio_lowers_net_only_and_one_from_elsewhere_too():
    inside = record(1000, (1090, 0, 0, 10, 0))
    assert net(inside) == pytest.approx(0.09)
    assert time_weighted(inside, END, FeeBasis.GROSS).total.value == pytest.approx(0.10)
    elsewhere = record(1000, (1100, 0, 0, 0, 10))
    assert net(elsewhere) == pytest.approx(0.09)
    assert time_weighted(elsewhere, END, FeeBasis.GROSS).total.value == pytest.approx(0.10)
    assert money_weighted(inside).value == pytest.approx(money_weighted(elsewhere).value)


@given(RECORDS, TIMINGS, st.data())
def test_the_returns_of_two_parts_link_to_that_of_the_whole(found, timing, data):
    cut = data.draw(st.integers(1, len(found.days) - 1))
    middle = FIRST + timedelta(days=cut)
    parts = found.between(FIRST, middle - timedelta(days=1)), found.between(middle, found.last_day)
    linked = math.prod(1 + net(part, timing) for part in parts if net(part, timing) is not None)
    whole = net(found, timing)
    if whole is None:
        assert all(net(part, timing) is None for part in parts)
    else:
        assert 1 + whole == pytest.approx(linked, rel=1e-9)


@given(RECORDS, TIMINGS)
def test_the_amounts_of_a_period_add_up_to_the_cent(found, timing):
    figures = period_figures(found, timing)
    assert figures.opening + figures.money_in - figures.money_out + figures.gain == figures.closing


@given(st.lists(DAYS, min_size=3, max_size=3), st.lists(DAYS, min_size=3, max_size=3))
def test_a_household_is_the_sum_of_its_accounts(one, other):
    accounts = [DailyRecord(FIRST, D(10_000), tuple(days)) for days in (one, other)]
    whole = total_of(accounts)
    for day, parts in zip(whole.days, zip(one, other, strict=True), strict=True):
        assert day.value == sum(part.value for part in parts)
        assert day.money_in - day.money_out == sum(part.money_in - part.money_out for part in parts)
    figures, parts = period_figures(whole, END), [period_figures(account, END) for account in accounts]
    assert figures.gain == sum(part.gain for part in parts)


def test_a_transfer_between_accounts_is_no_flow_of_the_household():
    gave, took = record(1000, (600, 0, 400)), record(1000, (1400, 400))
    day = total_of([gave, took]).days[0]
    assert (day.value, day.money_in, day.money_out) == (2000, 0, 0)


@given(st.lists(st.floats(-0.2, 0.25), min_size=2, max_size=30), st.lists(CENTS, min_size=30, max_size=30), TIMINGS)
def test_flows_do_not_change_the_time_weighted_return(market, flows, timing):
    """Build an account on the market's path: its return is the market's, whatever came in."""
    value, days, growth = 10_000.0, [], 1.0
    for gain, flow in zip(market, flows, strict=False):
        paid = float(flow)
        value = value * (1 + gain) + paid if timing is END else (value + paid) * (1 + gain)
        days.append(Day(D(repr(value)), D(repr(paid))))
        growth *= 1 + gain
    found = DailyRecord(FIRST, D(10_000), tuple(days))
    assert net(found, timing) == pytest.approx(growth - 1, rel=1e-9, abs=1e-9)


def test_without_flows_money_and_time_weigh_the_same():
    found = record(1000, (1050,), (1100,))
    assert money_weighted(found).value == pytest.approx(0.1)
    assert net(found) == pytest.approx(0.1)


def test_the_first_day_counts_from_its_flow_and_a_day_with_nothing_breaks_the_chain():
    found = record(0, (1010, 1000), (0, 0, 1010), (0,), (550, 500))
    linked = time_weighted(found, END, FeeBasis.NET)
    assert linked.total.value == pytest.approx(1.01 * 1.1 - 1)
    assert linked.broken_days == (date(2025, 1, 3),)
    assert found.inception == FIRST
    nothing = record(0, (0,), (0,))
    assert nothing.inception is None
    assert time_weighted(nothing, END, FeeBasis.NET).total.value is None
    assert money_weighted(nothing).value is None


def test_a_year_and_less_is_not_annualised():
    short = period_figures(DailyRecord(FIRST, D(1000), tuple([Day(D(1100))] * 365)), END)
    assert short.annual_net.value is None
    assert "annualised" in short.annual_net.reason
    leap = period_figures(DailyRecord(date(2024, 1, 1), D(1000), tuple([Day(D(1100))] * 366)), END)
    assert leap.annual_net.value is None
    ends_in_february = first_day_of(Span.ONE_YEAR, date(2025, 2, 28), date(2020, 1, 1))
    leap = period_figures(DailyRecord(ends_in_february, D(1000), tuple([Day(D(1100))] * 366)), END)
    assert leap.annual_net.value is None
    two = period_figures(DailyRecord(FIRST, D(1000), tuple([Day(D(1210))] * 730)), END)
    assert two.annual_net.value == two.annual_gross.value == pytest.approx(0.1)
    assert two.annual_money_weighted.value == pytest.approx(0.1)


def test_days_outside_of_the_record_are_refused():
    found = record(1000, (1000,), (1100,))
    with pytest.raises(InvalidInputError, match="outside"):
        found.between(FIRST, FIRST + timedelta(days=2))
    with pytest.raises(InvalidInputError, match="outside"):
        found.between(FIRST - timedelta(days=1), FIRST)
    with pytest.raises(InvalidInputError, match="same days"):
        total_of([found, found.between(FIRST, FIRST)])
    with pytest.raises(InvalidInputError):
        total_of([])
    with pytest.raises(InvalidInputError, match="one day"):
        time_weighted(DailyRecord(FIRST, D(1), ()), END, FeeBasis.NET)


@pytest.mark.parametrize(
    ("span", "first"),
    [
        (Span.MONTH, date(2024, 2, 1)),
        (Span.QUARTER, date(2024, 1, 1)),
        (Span.YEAR, date(2024, 1, 1)),
        (Span.ONE_YEAR, date(2023, 3, 1)),
        (Span.THREE_YEARS, date(2021, 3, 1)),
        (Span.INCEPTION, date(2020, 5, 6)),
    ],
)
def test_spans_end_on_the_day_of_the_report(span, first):
    assert first_day_of(span, date(2024, 2, 29), date(2020, 5, 6)) == first
    assert first_day_of(Span.ONE_YEAR, date(2025, 8, 20), FIRST) == date(2024, 8, 21)
    assert first_day_of(Span.QUARTER, date(2025, 12, 31), FIRST) == date(2025, 10, 1)


@given(RECORDS, TIMINGS, st.sampled_from(list(FeeBasis)))
def test_daily_earnings_are_the_links_of_the_chain(found, timing, basis):
    earned = daily_earnings(found, timing, basis)
    whole = time_weighted(found, timing, basis).total.value
    if whole is not None:
        assert math.prod(1 + each for each in earned.returns) - 1 == pytest.approx(whole, rel=1e-9, abs=1e-9)
