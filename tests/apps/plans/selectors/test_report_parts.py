"""What paper adds to the pages: the sheet, the taxes and the falls, from the frozen question and answer."""

from dataclasses import replace

import pytest

from apps.plans.engine.falls import FallStep, MarketFall
from apps.plans.selectors import overview_builders as build
from apps.plans.selectors import report_parts
from apps.plans.selectors.run_values import inputs_of, result_of
from tests.factories import plans

FALL = MarketFall("2008", "2007-11", "2009-02", (FallStep(16, 0.0, (("us_equity", -0.5), ("cash", 0.02))),), "by hand")


@pytest.fixture
def found(ada):
    plan = plans.drafted(ada, plans.invested_household(ada))
    run = plans.computed(plan, ada)
    return build.Found(plan, run, inputs_of(run), result_of(run))


def test_the_parts_say_what_the_run_was_asked_and_answered(found):
    part = report_parts.sheet(found)
    inputs = found.question.inputs
    assert part.owned.number == pytest.approx(sum(account.balance for account in inputs.accounts))
    assert part.net.number == pytest.approx(part.owned.number + part.owed.number)
    assert sum(group.share.number for group in part.groups) == pytest.approx(1.0)
    assert [group.label for group in part.groups] == ["Cash", "Taxable"]
    assert {line.name for group in part.groups for line in group.lines} == {"Savings", "Brokerage"}

    flows = build.flows(found)
    for line, flow in zip(report_parts.taxes(found, flows), flows, strict=True):
        assert line.federal.number + line.state.number == pytest.approx(flow.taxes.number, abs=1)
        assert line.total.number == pytest.approx(flow.taxes.number + flow.medicare.number, abs=1)
        assert line.share.number is None or 0 <= line.share.number < 0.6

    falls = report_parts.great_falls(found, (FALL,), build.allocation(found, advised=False))
    invested, weights = falls.invested.number, dict(found.result.current.weights)
    assert invested == 265_000
    assert falls.lines[0].loss_now.number == pytest.approx(
        invested * (-0.5 * weights["us_equity"] + 0.02 * weights["cash"]), abs=1
    )
    assert falls.lines[0].loss_then.value is None
    assert falls.lines[0].period == "November 2007 to February 2009"
    assert report_parts.great_falls(found, (), None) is None
    unknown = replace(FALL, steps=(FallStep(16, 0.0, (("cash", 0.02),)),))
    assert (
        report_parts.great_falls(found, (unknown,), build.allocation(found, advised=False)).lines[0].now.value is None
    )
