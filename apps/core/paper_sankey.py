"""One frame of flows as a still picture: nodes in columns, each as high as its amount, ribbons between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from apps.core.templatetags import formats
from apps.core.templatetags.charts import ChartSpec, Flow

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NODE_WIDTH = 0.018
# the room between nodes, of the height of the picture
GAP = 0.045
# the least height of a node: one that pays a day's parking is still a line
LEAST = 0.004


@dataclass(slots=True)
class _Node:
    """A place of flows: its column, its amount, where it stands, and how much of it is drawn on either side."""

    name: str
    column: int
    value: float
    bottom: float = 0.0
    height: float = 0.0
    drawn: dict[str, float] = field(default_factory=lambda: {"in": 0.0, "out": 0.0})


def draw_sankey(axes: Axes, spec: ChartSpec, shade: Callable[[str, int], str], ink: str) -> None:
    """Draw the one frame of the specification; `shade` says the colour of a node by its name and place.

    Raises ValueError for more than one frame, or flows that run in a circle.
    """
    frames = spec.get("frames", [])
    if len(frames) != 1:
        raise ValueError("a still picture shows the flows of one frame")
    flows = [flow for flow in frames[0]["flows"] if flow["value"] > 0]
    nodes = _placed(flows)
    columns = max((node.column for node in nodes.values()), default=0)
    shades = {name: shade(name, place) for place, name in enumerate(nodes)}
    for flow in flows:
        _ribbon(axes, (nodes[flow["source"]], nodes[flow["target"]]), flow, shades, columns)
    for node in nodes.values():
        _box(axes, node, shades[node.name], columns)
        _label(axes, spec, node, columns, ink)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.axis("off")


def _columns(flows: Sequence[Flow]) -> dict[str, int]:
    """Return the column of each place: one right of all that flows into it; what ends is in the last."""
    names = list(dict.fromkeys(name for flow in flows for name in (flow["source"], flow["target"])))
    column = dict.fromkeys(names, 0)
    for _round in range(len(names) + 1):
        moved = False
        for flow in flows:
            if column[flow["target"]] <= column[flow["source"]]:
                column[flow["target"]], moved = column[flow["source"]] + 1, True
        if not moved:
            break
    else:
        raise ValueError("flows run in a circle")
    sources = {flow["source"] for flow in flows}
    last = max(column.values(), default=0)
    return {name: at if name in sources else last for name, at in column.items()}


def _placed(flows: Sequence[Flow]) -> dict[str, _Node]:
    column = _columns(flows)
    nodes = {}
    for name, at in column.items():
        into = sum(flow["value"] for flow in flows if flow["target"] == name)
        out = sum(flow["value"] for flow in flows if flow["source"] == name)
        nodes[name] = _Node(name, at, max(into, out))
    by_column: dict[int, list[_Node]] = {}
    for node in nodes.values():
        by_column.setdefault(node.column, []).append(node)
    fullest = max((sum(node.value for node in rows) for rows in by_column.values()), default=0.0)
    most = max((len(rows) for rows in by_column.values()), default=1)
    scale = (0.9 - GAP * (most - 1)) / fullest if fullest else 0.0
    for rows in by_column.values():
        for node in rows:
            node.height = max(node.value * scale, LEAST)
        top = 0.5 + (sum(node.height for node in rows) + GAP * (len(rows) - 1)) / 2
        for node in rows:
            node.bottom = top - node.height
            top = node.bottom - GAP
    return nodes


def _at(column: int, columns: int) -> float:
    """Return where a column begins: words stand in the outer quarters."""
    return 0.24 + (0.52 - NODE_WIDTH) * (column / columns if columns else 0.0)


def _box(axes: Axes, node: _Node, colour: str, columns: int) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((_at(node.column, columns), node.bottom), NODE_WIDTH, node.height, color=colour, lw=0))


def _ribbon(axes: Axes, ends: tuple[_Node, _Node], flow: Flow, shades: dict[str, str], columns: int) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (left, right), value = ends, flow["value"]
    begins, stops = _at(left.column, columns) + NODE_WIDTH, _at(right.column, columns)
    here, there = _slice(left, "out", value), _slice(right, "in", value)
    middle = (begins + stops) / 2
    outline = [
        (begins, here[1]), (middle, here[1]), (middle, there[1]), (stops, there[1]),
        (stops, there[0]), (middle, there[0]), (middle, here[0]), (begins, here[0]), (begins, here[1]),
    ]  # fmt: skip
    bend = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *bend, Path.LINETO, *bend, Path.CLOSEPOLY]
    # coloured by what is earned, then by what it is spent on
    colour = shades[left.name if left.column == 0 else right.name]
    axes.add_patch(PathPatch(Path(outline, codes), facecolor=colour, alpha=0.28, lw=0))


def _slice(node: _Node, side: str, value: float) -> tuple[float, float]:
    """Return the lowest and highest place of a flow's end at its node, from the top down."""
    top = node.bottom + node.height * (1.0 - node.drawn[side] / node.value)
    node.drawn[side] += value
    return node.bottom + node.height * (1.0 - node.drawn[side] / node.value), top


def _label(axes: Axes, spec: ChartSpec, node: _Node, columns: int, ink: str) -> None:
    amount = formats.money_text(node.value, spec.get("currency", "USD"), "whole")
    middle, at = node.bottom + node.height / 2, _at(node.column, columns)
    if node.column == 0:
        axes.text(at - 0.012, middle, f"{node.name}  {amount}", ha="right", va="center", color=ink, fontsize=8)
    elif node.column == columns:
        place = at + NODE_WIDTH + 0.012
        axes.text(place, middle, f"{node.name}  {amount}", ha="left", va="center", color=ink, fontsize=8)
    else:
        axes.text(at + NODE_WIDTH / 2, node.bottom + node.height + 0.02, f"{node.name}  {amount}", ha="center",
                  va="bottom", color=ink, fontsize=8, fontweight="bold")  # fmt: skip
