import pytest

from apps.portfolios.engine.rebalancing.proposal import rebalance
from apps.portfolios.engine.rebalancing.results import DriftLine, LineKind
from tests.apps.portfolios.engine.rebalancing.households import account, inputs, lot, security, settings, target


def test_a_line_says_whether_it_lies_outside_its_band():
    line = DriftLine("pool", LineKind.HOLDING, "A", 0.5, 0.4, 0.6, before=0.61, after=0.6)
    assert (line.is_out_before, line.is_out_after) == (True, False)


def test_the_gap_is_a_share_of_the_value():
    household = inputs([security("A", 300)], [account(cash="1000", lots=[lot("1", "A", 1, 300)])], [target("A", "1")])
    proposal = rebalance(household, settings())
    # 4 shares of 300 leave 100 of 1,300 uninvested: off two targets at half a dollar each, dearer by a sixth of a step
    assert proposal.gap == pytest.approx(100 / 1300, rel=0.05)
    assert proposal.tracking_after == pytest.approx(100 / 1300)
