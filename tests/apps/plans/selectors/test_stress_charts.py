import datetime as dt

from apps.core.templatetags.charts import chart_table
from apps.plans.selectors.figures import Figure
from apps.plans.selectors.stress_charts import stress_charts

DAY = dt.date(2026, 3, 1)


def effect(name: str, change: float, wealth: float):
    return name, Figure(change, "points", "", ""), wealth


def test_both_charts_begin_with_the_hardest_and_say_what_it_does():
    chance, left = stress_charts([effect("Fall", -0.1, -9000.0), effect("Crisis", -0.25, -100.0)], "USD", DAY)
    assert chance["x"]["values"] == ["Crisis", "Fall"]
    assert chance["series"][0]["values"] == [-25.0, -10.0]
    assert chance["title"] == "Crisis takes most of the chance: −25.0 points"
    assert left["x"]["values"] == ["Fall", "Crisis"]
    assert left["title"] == "Fall costs most: in the middle future $9,000 less are left"
    assert left["unit"] == "At the end of the plan, in USD of today"
    assert chance["as_of"] == left["as_of"] == "2026-03-01"
    rows = chart_table(left).rows
    assert [(row.head, row.cells[0].text) for row in rows] == [("Fall", "−$9,000"), ("Crisis", "−$100")]


def test_where_nothing_is_lowered_the_charts_say_so():
    chance, left = stress_charts([effect("Calm", 0.0, 10.0)], "USD", DAY)
    assert chance["title"] == "No test lowers the chance"
    assert left["title"] == "No test leaves less at the end"
