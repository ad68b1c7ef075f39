import pytest

from apps.core.templatetags.charts import chart_table
from apps.kernel.errors import NotFoundError
from apps.plans.selectors import charts
from apps.plans.selectors.overviews import plan_overview
from apps.plans.selectors.passports import passport_of
from tests.factories import plans


@pytest.fixture
def plan(ada):
    plan = plans.drafted(ada)
    plans.computed(plan, ada)
    return plan


def test_the_charts_tell_what_the_overview_says(ada, plan):
    overview = plan_overview(plan.household, ada.as_actor(), plan)
    wealth = charts.wealth_chart(overview)
    assert f"{round(100 * overview.success.number)} of 100 futures" in wealth["title"]
    assert wealth["series"][0]["values"] == [line.real[3] for line in overview.years]
    assert {marker["label"] for marker in wealth["markers"]} == {"Retirement", "College"}
    assert all(low <= high for band in wealth["bands"] for low, high in zip(band["low"], band["high"], strict=True))
    frame = charts.cash_flow_chart(overview)["frames"][0]
    into = sum(flow["value"] for flow in frame["flows"] if flow["target"] == "Household")
    out = sum(flow["value"] for flow in frame["flows"] if flow["source"] == "Household")
    assert into == pytest.approx(out, rel=0.001)
    assert chart_table(charts.income_chart(overview)).rows
    assert charts.frontier_chart(overview) is None  # nobody said how much risk they may take


def test_a_figure_that_the_plan_does_not_show_has_no_passport(ada, plan):
    with pytest.raises(NotFoundError):
        passport_of(plan.household, ada.as_actor(), plan, "flow:999:wages")
    assert passport_of(plan.household, ada.as_actor(), plan, "savings_rate").steps[-1].name == "Search"
