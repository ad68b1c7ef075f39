"""What a chart specification holds (docs/face.md), its table, and the geometry of the dial."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NotRequired, TypedDict

from django.utils.translation import gettext

from apps.core.templatetags import formats


class Axis(TypedDict):
    """The positions that all series share."""

    label: str
    values: list[Any]


class Series(TypedDict):
    """One line, area or set of bars; `meaning` chooses its colour, the same everywhere."""

    name: str
    values: list[float | None]
    meaning: NotRequired[str]
    style: NotRequired[Literal["line", "dashed", "area", "bar"]]
    stack: NotRequired[str]


class Band(TypedDict):
    """A range between two percentiles; the widest first."""

    name: str
    low: list[float]
    high: list[float]


class Marker(TypedDict):
    """A goal or an event at one position."""

    x: Any
    label: str
    met: NotRequired[bool]


class Line(TypedDict):
    """A level that holds everywhere: a target, a limit."""

    y: float
    label: str


class Point(TypedDict):
    """Something that lies at a value of either axis; points of one `group` share colour and shape."""

    x: float
    y: float
    label: str
    meaning: NotRequired[str]
    group: NotRequired[str]


class Edge(TypedDict):
    """A limit of the values along the axis below."""

    x: float
    label: str


class Flow(TypedDict):
    """An amount that goes from one place to another."""

    source: str
    target: str
    value: float


class Frame(TypedDict):
    """The flows of one year."""

    label: str
    flows: list[Flow]


class ChartSpec(TypedDict):
    """A chart, said once and drawn twice: by ECharts on the screen, as SVG on paper.

    `meanings` choose the colours of what is no series: the parts of a donut in order, the places of flows by name.
    """

    kind: Literal["lines", "fan", "bars", "waterfall", "donut", "allocation", "sankey", "frontier", "scatter"]
    title: str
    x: NotRequired[Axis]
    y: NotRequired[Axis]
    series: NotRequired[list[Series]]
    bands: NotRequired[list[Band]]
    markers: NotRequired[list[Marker]]
    lines: NotRequired[list[Line]]
    frames: NotRequired[list[Frame]]
    points: NotRequired[list[Point]]
    edges: NotRequired[list[Edge]]
    meanings: NotRequired[list[str] | dict[str, str]]
    format: NotRequired[Literal["money", "percent", "number"]]
    currency: NotRequired[str]
    unit: NotRequired[str]
    as_of: NotRequired[str]
    note: NotRequired[str]
    # where the axis of amounts ends, of what is drawn above it only the table tells
    top: NotRequired[float]
    # bars lie beside their names: for many groups with long ones
    lying: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it reads, and as a spreadsheet takes it."""

    text: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart's table."""

    head: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The figures of a chart for those who read or copy them."""

    heads: list[str]
    rows: list[Row]


def chart_table(spec: ChartSpec) -> ChartTable:
    """Return the chart's figures as a table, each written as the chart's axis writes it."""
    if spec["kind"] == "sankey":
        return _flow_table(spec)
    if spec["kind"] == "frontier":
        return _point_table(spec)
    if spec["kind"] == "scatter":
        return _scatter_table(spec)
    axis = spec.get("x", Axis(label="", values=[]))
    columns: list[tuple[str, list[Any]]] = [(series["name"], series["values"]) for series in spec.get("series", [])]
    for band in spec.get("bands", []):
        columns.append((gettext("%(band)s, low") % {"band": band["name"]}, list(band["low"])))
        columns.append((gettext("%(band)s, high") % {"band": band["name"]}, list(band["high"])))
    rows = [
        Row(head=str(position), cells=[_written(spec, values[i] if i < len(values) else None) for _, values in columns])
        for i, position in enumerate(axis["values"])
    ]
    return ChartTable(heads=[axis["label"], *(name for name, _ in columns)], rows=rows)


def _point_table(spec: ChartSpec) -> ChartTable:
    """Return what is named first, then the line, each with both of its values."""
    series = spec["series"][0]
    named = [(point["label"], point["x"], point["y"]) for point in spec.get("points", [])]
    line = [(series["name"], x, y) for x, y in zip(spec["x"]["values"], series["values"], strict=True)]
    rows = [Row(head=name, cells=[_written(spec, x), _written(spec, y)]) for name, x, y in [*named, *line]]
    return ChartTable(heads=[gettext("Mix"), spec["x"]["label"], gettext("Expected return")], rows=rows)


def _scatter_table(spec: ChartSpec) -> ChartTable:
    rows = [
        Row(
            head=point["label"],
            cells=[Cell(point.get("group", "")), *(_written(spec, point[way]) for way in ("x", "y"))],
        )
        for point in spec.get("points", [])
    ]
    return ChartTable(heads=[gettext("Name"), gettext("Group"), spec["x"]["label"], spec["y"]["label"]], rows=rows)


def _flow_table(spec: ChartSpec) -> ChartTable:
    rows = [
        Row(head=frame["label"], cells=[Cell(flow["source"]), Cell(flow["target"]), _written(spec, flow["value"])])
        for frame in spec.get("frames", [])
        for flow in frame["flows"]
    ]
    return ChartTable(heads=[gettext("Year"), gettext("From"), gettext("To"), gettext("Amount")], rows=rows)


def _written(spec: ChartSpec, value: float | None) -> Cell:
    if value is None:
        return Cell("–")
    style = spec.get("format", "number")
    if style == "money":
        text = formats.money_text(value, spec.get("currency", "USD"), "whole")
    elif style == "percent":
        text = formats.percent_text(value)
    else:
        text = formats.number_text(value)
    return Cell(text, f"{formats.decimal_of(value):f}")


@dataclass(frozen=True, slots=True)
class Dial:
    """A half circle from 0 to 100 % with its reading and, where there is one, the mark of its target."""

    probability: formats.Number
    label: str
    reading: str
    arc: str
    short: bool
    target: formats.Number | None
    target_x1: str
    target_y1: str
    target_x2: str
    target_y2: str
    passport: str
    target_passport: str
    as_of: date | None

    @classmethod
    def of(
        cls,
        probability: formats.Number,
        label: str,
        *,
        target: formats.Number | None = None,
        passport: str = "",
        target_passport: str = "",
        as_of: date | None = None,
    ) -> Dial:
        """Lay the dial out; SVG wants a point as decimal sign in every language, so its numbers are text."""
        inner, outer = ("", ""), ("", "")
        if target is not None:
            angle = math.pi * (1 - float(target))
            inner, outer = _point(angle, 60), _point(angle, 80)
        return cls(
            probability=probability,
            label=label,
            reading=formats.percent_text(probability, 0),
            arc=f"{float(probability) * 100:.1f}",
            short=target is not None and float(probability) < float(target),
            target=target,
            target_x1=inner[0],
            target_y1=inner[1],
            target_x2=outer[0],
            target_y2=outer[1],
            passport=passport,
            target_passport=target_passport,
            as_of=as_of,
        )


def _point(angle: float, radius: float) -> tuple[str, str]:
    """Return a point around the dial's centre (84, 84)."""
    return f"{84 + radius * math.cos(angle):.1f}", f"{84 - radius * math.sin(angle):.1f}"
