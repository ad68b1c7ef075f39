"""What paper adds to the pages: the sheet, the taxes and the falls, from the frozen question and answer."""

from dataclasses import replace
from datetime import date

import pytest

from apps.plans.engine.falls import FallStep, MarketFall
from apps.plans.engine.life_events import Thing
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


HOUSE = Thing("house", 555_000.0, 0.03, 200_000.0, None, 0.06, (0.0, 0.0), False, "", "", "USD")
SOLD = replace(HOUSE, key="shop", value=100_000.0, sale_day=date(2020, 1, 1), selling_cost=0.0)


def test_what_is_owned_besides_accounts_counts_in_what_it_is_worth_but_not_in_what_is_lived_on(found):
    before = report_parts.sheet(found)
    events = replace(found.question.inputs.events, things=(HOUSE, SOLD))
    inputs = replace(found.question.inputs, events=events)
    part = report_parts.sheet(replace(found, question=replace(found.question, inputs=inputs)))
    assert [(line.name, line.amount.number) for line in part.things] == [("house", 555_000)]
    assert part.worth.number == 555_000
    assert part.owned.number == before.owned.number
    assert part.net.number == pytest.approx(before.net.number + 555_000)
    assert [group.share for group in part.groups] == [group.share for group in before.groups]
    assert before.things == ()


def test_ages_of_the_cash_flow_are_those_as_its_year_begins(found):
    lines = build.flows(found)
    born = [adult.birth_date for adult in found.question.inputs.adults]
    start = found.question.inputs.start_date
    # whole months count, whatever the day
    assert lines[0].ages == tuple(start.year - day.year - (start.month < day.month) for day in born)
    assert lines[1].ages == tuple(start.year + 1 - day.year - (day.month > 1) for day in born)
    bands = {band.calendar_year: band.ages for band in found.result.projection.bands}
    assert [line.ages for line in lines] == [bands[line.calendar_year] for line in lines]


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
