"""A fan keeps its shape where most futures are, and says when some go on above it."""

from __future__ import annotations

from apps.core.templatetags.charts import ChartSpec
from apps.plans.selectors.fans import readable


def fan(outer: float, inner: float, path: float) -> ChartSpec:
    return ChartSpec(
        kind="fan",
        title="Wealth",
        x={"label": "Year", "values": [2026, 2027]},
        note="simulated returns",
        series=[{"name": "Middle future", "values": [path / 2, path]}],
        bands=[
            {"name": "90 of 100 futures", "low": [0.0, 0.0], "high": [1.0, outer]},
            {"name": "50 of 100 futures", "low": [0.0, 0.0], "high": [1.0, inner]},
        ],
    )


def test_few_rich_futures_do_not_press_the_others_flat() -> None:
    told = readable(fan(36e6, 9e6, 3e6))
    assert told["top"] == 15e6
    assert told["note"] == "simulated returns; the best futures go on above the chart"
    assert told["bands"] == fan(36e6, 9e6, 3e6)["bands"], "the table tells them all"
    assert readable(fan(36e6, 2e6, 9e6))["top"] == 15e6, "no path is cut off"
    assert readable(fan(400.0, 99.0, 99.0))["top"] == 150.0


def test_a_fan_that_can_be_read_is_left_alone() -> None:
    assert readable(fan(20e6, 9e6, 3e6)) == fan(20e6, 9e6, 3e6)
    assert readable(fan(0.0, 0.0, 0.0)) == fan(0.0, 0.0, 0.0)
