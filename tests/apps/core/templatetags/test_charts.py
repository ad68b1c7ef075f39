"""The table of a chart, and the geometry of the dial."""

from __future__ import annotations

from decimal import Decimal

from apps.core.templatetags.charts import ChartSpec, Dial, chart_table

FAN: ChartSpec = {
    "kind": "fan",
    "title": "The money lasts in 81 of 100 futures",
    "format": "money",
    "as_of": "2026-03-31",
    "x": {"label": "Year", "values": [2026, 2027]},
    "series": [{"name": "Median", "values": [1000.0, None], "meaning": "main"}],
    "bands": [{"name": "10 to 90", "low": [900.0, 950.0], "high": [1100.0, 1200.5]}],
}


def test_a_chart_carries_the_same_figures_as_a_table() -> None:
    table = chart_table(FAN)
    assert table.heads == ["Year", "Median", "10 to 90, low", "10 to 90, high"]
    assert [cell.text for cell in table.rows[1].cells] == ["–", "$950", "$1,201"]
    assert [cell.raw for cell in table.rows[1].cells] == ["", "950.0", "1200.5"]


def test_flows_are_a_table_by_year() -> None:
    spec: ChartSpec = {
        "kind": "sankey",
        "title": "A third is saved",
        "format": "money",
        "frames": [{"label": "2026", "flows": [{"source": "Wages", "target": "Tax", "value": 48000.0}]}],
    }
    [row] = chart_table(spec).rows
    assert [row.head, *(cell.text for cell in row.cells)] == ["2026", "Wages", "Tax", "$48,000"]


def test_the_dial_marks_its_target_and_a_shortfall() -> None:
    drawn = Dial.of(Decimal("0.81"), "Chance", target=Decimal("0.5"))
    assert (drawn.arc, drawn.reading, drawn.short) == ("81.0", "81%", False)
    assert (drawn.target_x1, drawn.target_y2) == ("84.0", "4.0")
    assert Dial.of(0.81, "Chance", target=0.85).short


def test_a_frontier_lists_what_is_named_and_then_its_line() -> None:
    spec: ChartSpec = {
        "kind": "frontier",
        "title": "Mixes",
        "format": "percent",
        "x": {"label": "Swing", "values": [0.01, 0.2]},
        "series": [{"name": "Best", "values": [0.03, 0.08]}],
        "points": [{"x": 0.12, "y": 0.05, "label": "Held"}],
    }
    table = chart_table(spec)
    assert table.heads == ["Mix", "Swing", "Expected return"]
    assert [(row.head, *(cell.text for cell in row.cells)) for row in table.rows] == [
        ("Held", "12.0%", "5.0%"),
        ("Best", "1.0%", "3.0%"),
        ("Best", "20.0%", "8.0%"),
    ]


def test_a_map_of_points_lists_each_with_its_group_and_both_values() -> None:
    spec: ChartSpec = {
        "kind": "scatter",
        "title": "Two groups",
        "format": "number",
        "x": {"label": "Tolerance", "values": []},
        "y": {"label": "Capacity", "values": []},
        "points": [
            {"x": 30.0, "y": 41.5, "label": "Ana", "group": "Cautious"},
            {"x": 52.0, "y": 70.0, "label": "Luis", "group": "Bold"},
        ],
    }
    table = chart_table(spec)
    assert table.heads == ["Name", "Group", "Tolerance", "Capacity"]
    assert [(row.head, *(cell.text for cell in row.cells)) for row in table.rows] == [
        ("Ana", "Cautious", "30", "41.5"),
        ("Luis", "Bold", "52", "70"),
    ]
