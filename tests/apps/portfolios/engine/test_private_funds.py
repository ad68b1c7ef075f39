"""Private funds: values carried between statements, multiples and the rate of return."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.errors import InvalidInputError
from apps.portfolios.engine.private_funds import FlowKind, FundFlow, Mark, carried_values, fund_figures
from apps.portfolios.engine.returns import xirr

D = Decimal
FIRST = dt.date(2022, 1, 3)


def on(days: int) -> dt.date:
    return FIRST + dt.timedelta(days=days)


def flow(days: int, kind: FlowKind, amount: str, *, again: bool = False) -> FundFlow:
    return FundFlow(on(days), kind, D(amount), again)


FLOWS = (
    flow(0, FlowKind.CALL, "200000"),
    flow(365, FlowKind.CALL, "150000"),
    flow(400, FlowKind.CALL_OUTSIDE, "5000"),
    flow(730, FlowKind.RETURN_OF_CAPITAL, "40000", again=True),
    flow(730, FlowKind.GAIN, "30000"),
    flow(800, FlowKind.INCOME, "7000"),
)
MARKS = (Mark(on(364), D(210000)), Mark(on(729), D(420000)))


def test_the_value_is_the_last_statement_with_what_moved_since() -> None:
    carried = {mark.day: mark.value for mark in carried_values(MARKS, FLOWS)}
    assert carried == {
        on(0): D(200000),
        on(364): D(210000),
        on(365): D(360000),
        on(400): D(365000),
        on(729): D(420000),
        on(730): D(350000),
        on(800): D(343000),
    }


def test_a_statement_of_the_day_of_a_flow_has_the_flow_in_it() -> None:
    assert carried_values([Mark(on(365), D(371000))], FLOWS[:2])[-1] == Mark(on(365), D(371000))


def test_more_given_than_was_stated_leaves_nothing() -> None:
    told = (flow(0, FlowKind.CALL, "100"), flow(9, FlowKind.GAIN, "250"))
    assert carried_values((), told)[-1].value == 0


def test_multiples_are_those_of_the_standard_and_add_up() -> None:
    found = fund_figures(D(500000), MARKS, FLOWS, on(1000))
    assert (found.paid_in, found.called, found.unfunded) == (D(355000), D(350000), D(190000))
    assert (found.distributed, found.value) == (D(77000), D(343000))
    assert found.dpi.value == pytest.approx(77 / 355)
    assert found.rvpi.value == pytest.approx(343 / 355)
    assert found.tvpi.value == pytest.approx(found.dpi.value + found.rvpi.value)
    assert found.pic.value == pytest.approx(355 / 500)


def test_the_rate_is_that_of_the_daily_flows_and_the_value() -> None:
    found = fund_figures(D(500000), MARKS, FLOWS, on(1000)).irr.value
    own = [(on(0), -200000.0), (on(365), -150000.0), (on(400), -5000.0), (on(730), 70000.0), (on(800), 7000.0)]
    assert found == pytest.approx(xirr([*own, (on(1000), 343000.0)]).value, abs=1e-9)
    # one call that is worth a tenth more after two years of 365 days
    whole = fund_figures(D(100), [Mark(on(730), D(121))], [flow(0, FlowKind.CALL, "100")], on(730))
    assert whole.irr.value == pytest.approx(0.1, abs=1e-9)


def test_what_came_later_is_not_known_yet() -> None:
    found = fund_figures(D(500000), MARKS, FLOWS, on(365))
    assert (found.paid_in, found.value, found.unfunded) == (D(350000), D(360000), D(150000))
    assert found.irr.value is None


def test_without_a_call_there_are_no_multiples() -> None:
    found = fund_figures(D(500000), (), (), on(0))
    assert (found.dpi.value, found.tvpi.value, found.irr.value, found.unfunded) == (None, None, None, D(500000))
    assert found.dpi.reason


@pytest.mark.parametrize("wrong", [{"amount": D(0)}, {"amount": D(-1)}, {"is_recallable": True}])
def test_a_flow_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        FundFlow(**{"day": FIRST, "kind": FlowKind.CALL, "amount": D(5), **wrong})


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3000), st.sampled_from(FlowKind), st.decimals("0.01", "900000", places=2), st.booleans()
        ),
        max_size=30,
    )
)
def test_a_dollar_called_is_paid_in_and_unfunded_only_once(
    told: list[tuple[int, FlowKind, Decimal, bool]],
) -> None:
    calls = {FlowKind.CALL, FlowKind.CALL_OUTSIDE}
    flows = [FundFlow(on(n), kind, amount, again and kind not in calls) for n, kind, amount, again in told]
    found = fund_figures(D(1_000_000), (), flows, on(3000))
    assert found.commitment == found.called - found.recallable + found.unfunded
    assert found.paid_in + found.distributed == sum((each.amount for each in flows), D(0))
    assert found.value >= 0
