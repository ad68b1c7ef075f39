"""Flows of one year as a picture: every place stands once, each ribbon as wide as its amount."""

import re

import pytest

from apps.core.paper_charts import drawn
from apps.core.paper_sankey import _columns, _placed

FLOWS = [
    {"source": "Pay", "target": "Purse", "value": 60.0},
    {"source": "Rent", "target": "Purse", "value": 40.0},
    {"source": "Purse", "target": "Living", "value": 75.0},
    {"source": "Purse", "target": "Taxes", "value": 25.0},
]
SPEC = {
    "kind": "sankey", "title": "Flows", "currency": "USD", "frames": [{"label": "2030", "flows": FLOWS}],
    "meanings": {"Taxes": "tax", "Pay": "wages"},
}  # fmt: skip


def test_sources_stand_left_of_the_purse_and_uses_right():
    assert _columns(FLOWS) == {"Pay": 0, "Rent": 0, "Purse": 1, "Living": 2, "Taxes": 2}


def test_heights_follow_amounts():
    nodes = _placed(FLOWS)
    assert nodes["Purse"].value == 100.0
    assert nodes["Pay"].height / nodes["Rent"].height == pytest.approx(1.5)
    assert nodes["Living"].height / nodes["Taxes"].height == pytest.approx(3.0)
    assert nodes["Living"].bottom > nodes["Taxes"].bottom + nodes["Taxes"].height
    assert all(node.bottom >= 0.0 and node.bottom + node.height <= 1.0 for node in nodes.values())


def test_a_year_is_a_vector_in_the_colours_of_its_meanings_and_the_same_each_time():
    svg = drawn(SPEC)
    assert svg == drawn(SPEC)
    assert "<image" not in svg
    assert {"#b4532a", "#0f5c4a"} <= set(re.findall(r"fill: (#[0-9a-f]{6})", svg))


def test_more_than_one_year_and_a_circle_are_refused():
    with pytest.raises(ValueError, match="one frame"):
        drawn({**SPEC, "frames": SPEC["frames"] * 2})
    circle = [*FLOWS, {"source": "Living", "target": "Pay", "value": 1.0}]
    with pytest.raises(ValueError, match="circle"):
        drawn({**SPEC, "frames": [{"label": "2030", "flows": circle}]})


def test_a_year_without_flows_is_an_empty_picture():
    assert drawn({**SPEC, "frames": [{"label": "2030", "flows": []}]}).startswith("<svg")
