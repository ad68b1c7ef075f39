import re
from pathlib import Path

import pytest

from apps.core import paper_charts
from apps.core.paper_charts import as_address, drawn

SOURCE = Path(__file__).resolve().parents[3] / "static" / "src"
YEARS = {"label": "Year", "values": [2026, 2027, 2028]}
SPECS = {
    "fan": {
        "kind": "fan", "title": "Fan", "format": "money", "currency": "USD", "x": YEARS,
        "series": [{"name": "Middle", "values": [1.0, 2.0, 3.0], "meaning": "main"},
                   {"name": "Steady", "values": [1.0, 1.5, None], "meaning": "target", "style": "dashed"}],
        "bands": [{"name": "Wide", "low": [0.5, 1.0, 1.5], "high": [2.0, 3.0, 5.0]}],
        "markers": [{"x": 2027, "label": "College --> <script>", "met": False}],
    },
    "lines": {"kind": "lines", "title": "Lines", "x": YEARS, "format": "percent",
              "lines": [{"y": 0.2, "label": "Limit"}],
              "series": [{"name": "A", "values": [0.1, 0.2, 0.3]}]},
    "bars": {"kind": "bars", "title": "Bars", "x": YEARS, "series": [
        {"name": "A", "values": [1.0, 2.0, 3.0], "stack": "in"},
        {"name": "B", "values": [1.0, 1.0, 1.0], "stack": "in"},
        {"name": "C", "values": [2.0, 3.0, 4.0], "style": "line", "meaning": "target"}]},
    "lying": {"kind": "bars", "title": "Lying", "lying": True, "format": "money", "currency": "USD",
              "x": {"label": "Test", "values": ["Shares fall", "A long life"]},
              "series": [{"name": "Change", "values": [-3.0, None]}]},
    "waterfall": {"kind": "waterfall", "title": "Waterfall", "x": YEARS,
                  "series": [{"name": "A", "values": [3.0, -1.0, 2.0]}]},
    "allocation": {"kind": "allocation", "title": "Mix", "x": YEARS, "format": "percent",
                   "series": [{"name": "Now", "values": [0.5, 0.3, 0.2]},
                              {"name": "Target", "values": [0.4, 0.4, 0.2]}],
                   "bands": [{"name": "Tolerance", "low": [0.3, 0.3, 0.1], "high": [0.5, 0.5, 0.3]}]},
    "frontier": {"kind": "frontier", "title": "Frontier", "format": "percent",
                 "x": {"label": "Swing", "values": [0.01, 0.1, 0.2]},
                 "series": [{"name": "Best", "values": [0.03, 0.06, 0.08]}],
                 "points": [{"x": 0.12, "y": 0.05, "label": "Held", "meaning": "target"}],
                 "edges": [{"x": 0.15, "label": "Limit"}]},
    "scatter": {"kind": "scatter", "title": "Scatter", "x": {"label": "Willing", "values": []},
                "y": {"label": "Able", "values": []}, "points": [
                    {"x": 30.0, "y": 41.5, "label": "Ana", "group": "One"},
                    {"x": 52.0, "y": 70.0, "label": "Luis", "group": "Two"}]},
    "donut": {"kind": "donut", "title": "Donut", "x": YEARS, "series": [{"name": "A", "values": [3.0, 1.0, 2.0]}]},
}  # fmt: skip


@pytest.mark.parametrize("kind", SPECS)
def test_a_chart_is_a_vector_and_the_same_each_time(kind):
    svg = drawn(SPECS[kind])
    assert svg.startswith("<svg")
    assert "<image" not in svg
    assert "<script" not in svg
    assert drawn(SPECS[kind]) == svg
    assert as_address(svg).startswith("data:image/svg+xml;base64,")


def test_the_firms_accent_takes_the_place_of_the_main_colour():
    assert "#123456" in drawn(SPECS["fan"], accent="#123456")
    assert paper_charts.COLOURS["main"] not in drawn(SPECS["fan"], accent="#123456")


def test_paper_has_the_colours_of_the_screen():
    tokens = (SOURCE / "css" / "tokens.css").read_text()
    light = dict(re.findall(r"--chart-(\w+): (#[0-9a-f]{6});", tokens[: tokens.index('data-bs-theme="dark"')]))
    assert {name: light[name] for name in paper_charts.COLOURS} == paper_charts.COLOURS
    script = (SOURCE / "js" / "chart-options.js").read_text()
    meanings = script[script.index("const MEANINGS") : script.index("};")]
    assert dict(re.findall(r"(\w+): \"(\w+)\"", meanings)) == paper_charts.MEANINGS
    assert tuple(re.findall(r"\"(\w+)\"", re.search(r"const ORDER = \[(.*?)\]", script).group(1))) == paper_charts.ORDER


def test_a_fan_draws_its_band_its_lines_and_its_goal():
    """A snapshot of what is drawn: shapes by colour, whatever the version of the drawing library names them."""
    svg = drawn(SPECS["fan"])
    strokes = re.findall(r"stroke: (#[0-9a-f]{6})", svg)
    fills = re.findall(r"fill: (#[0-9a-f]{6}); fill-opacity: ([0-9.]+)", svg)
    assert strokes.count("#0f5c4a") >= 1
    assert strokes.count("#868b85") >= 1
    assert strokes.count("#b4532a") >= 1
    assert ("#0f5c4a", "0.13") in fills


def test_days_along_a_chart_are_written_as_people_write_them():
    days = {"label": "Day", "values": [f"2025-03-{day:02}" for day in range(1, 31)]}
    svg = drawn({**SPECS["lines"], "x": days, "series": [{"name": "A", "values": [0.1] * 30}]})
    assert "Mar 1, 2025" in svg
    assert "2025-03-01" not in svg
