"""Bands of a run wider or tighter than the model's."""

from decimal import Decimal

import pytest

from apps.portfolios.engine.rebalancing.bands import with_band_width
from apps.portfolios.engine.rebalancing.inputs import ClassTarget
from apps.portfolios.engine.rebalancing.proposal import rebalance
from apps.portfolios.engine.rebalancing.settings import Mode
from tests.apps.portfolios.engine.rebalancing.households import account, inputs, lot, security, settings, target

D = Decimal


def household():
    """66 of 100 in A, whose target is 60 with a band from 48 to 72; the rest in B."""
    held = [lot("a", "A", "66", "60"), lot("b", "B", "34", "30")]
    classes = (ClassTarget("equity", D("0.9"), D("0.5"), D(1)),)
    return inputs(
        [security("A", "1"), security("B", "1")],
        [account(lots=held)],
        [target("A", "0.6"), target("B", "0.4", band="0.25")],
        classes,
    )


@pytest.mark.parametrize(
    ("width", "low", "high"), [("1", "0.48", "0.72"), ("0.5", "0.54", "0.66"), ("0", "0.6", "0.6"), ("5", "0", "1")]
)
def test_bands_keep_their_middle_and_stay_within_the_whole(width, low, high):
    pool = with_band_width(household(), D(width)).pools[0]
    assert (pool.holdings[0].low, pool.holdings[0].high) == (D(low), D(high))
    assert pool.holdings[0].weight == D("0.6")
    assert pool.classes[0].high <= 1
    assert pool.outside_band == household().pools[0].outside_band * D(width)


def test_a_run_into_tighter_bands_trades_what_wider_ones_leave_alone():
    assert rebalance(household(), settings(Mode.TO_BAND)).trades == ()
    tight = rebalance(household(), settings(Mode.TO_BAND, band_width=D("0.2")))
    assert {each.security_id for each in tight.trades} == {"A", "B"}
