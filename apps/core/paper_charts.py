"""Chart specifications drawn as SVG for paper: the same charts, colours and figures as on the screen.

The screen draws by ECharts (static/src/js/chart-options.js), paper by matplotlib; a test holds the two palettes
together. A Sankey diagram moves through the years on the screen; paper shows the one frame that it is given.
"""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from apps.core.paper_sankey import draw_sankey
from apps.core.templatetags import formats
from apps.core.templatetags.charts import ChartSpec, Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import FuncFormatter

# the light colours of the tokens --chart-* (docs/face.md)
COLOURS = {
    "main": "#0f5c4a",
    "blue": "#2f6db3",
    "ochre": "#c2851a",
    "plum": "#7b568f",
    "rust": "#b4532a",
    "teal": "#3c9a9a",
    "grey": "#868b85",
}
MEANINGS = {
    "main": "main", "base": "main", "portfolio": "main", "stock": "main", "equity": "main", "wages": "main",
    "collected": "main", "bond": "blue", "gain": "blue", "benchmark": "blue", "social_security": "blue",
    "billed": "blue", "cash": "grey", "grant": "grey", "tax": "rust", "loss": "rust", "debt": "rust",
    "withdrawal": "ochre",
    "spending": "ochre", "overdue": "rust", "real_estate": "plum", "pension": "plum", "alternative": "teal",
    "international": "teal", "contribution": "teal", "target": "grey",
}  # fmt: skip
ORDER = ("main", "blue", "ochre", "plum", "teal", "rust", "grey")
SHAPES = ("o", "s", "^", "D", "v", "h", "P")
INK, QUIET, LINE = "#1b1d1c", "#5f6561", "#e4dfd6"
WIDTH, HEIGHT = 6.9, 2.9
MOST_LABELS = 12
MOST_DAYS = 8


def drawn(spec: ChartSpec, *, accent: str = COLOURS["main"], height: float = HEIGHT) -> str:
    """Return the chart as SVG, letters as outlines; `accent` (the firm's) takes the place of the main colour.

    `height` is in inches; the width is that of the text.

    The same specification gives the same bytes. Raises ValueError for a Sankey diagram of more than one frame.
    """
    # imported when asked for: it takes 1.5 s
    import matplotlib as mpl
    from matplotlib.figure import Figure

    draw = _KINDS[spec["kind"]]
    with mpl.rc_context({"svg.hashsalt": spec["title"], "svg.fonttype": "path", "font.size": 8}):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
        draw(axes, spec, {**COLOURS, "main": accent})
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    return svg[svg.index("<svg") :]


def as_address(svg: str) -> str:
    """Return the picture as an address for an image tag, so that its description is one of an image."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _colour(series: Series, place: int, colours: dict[str, str]) -> str:
    return colours[MEANINGS.get(series.get("meaning", ""), ORDER[place % len(ORDER)])]


def _written(spec: ChartSpec) -> FuncFormatter:
    from matplotlib.ticker import FuncFormatter

    style = spec.get("format", "number")

    def write(value: float, _place: int) -> str:
        if style == "money":
            return formats.money_text(value, spec.get("currency", "USD"), "compact")
        return formats.percent_text(value, 0) if style == "percent" else formats.number_text(value, 0)

    return FuncFormatter(write)


def _quiet(axes: Axes, spec: ChartSpec, *, along: str = "y") -> None:
    """A grid along the values, no frame, written values."""
    for name, spine in axes.spines.items():
        spine.set_visible(name == ("bottom" if along == "y" else "left"))
        spine.set_color(LINE)
    axes.tick_params(length=0, colors=QUIET)
    axes.set_axisbelow(True)
    axes.grid(axis=along, color=LINE, linewidth=0.6)  # type: ignore[arg-type]
    (axes.yaxis if along == "y" else axes.xaxis).set_major_formatter(_written(spec))


def _name_positions(axes: Axes, names: list[Any]) -> None:
    step = -(-len(names) // (MOST_DAYS if names and _name(names[0]) != str(names[0]) else MOST_LABELS))
    axes.set_xticks(range(0, len(names), step), [_name(name) for name in names[::step]])


def _name(name: Any) -> str:
    """A day as people write it in their language; any other name as it is."""
    try:
        return formats.date_text(dt.date.fromisoformat(name))
    except (TypeError, ValueError):
        return str(name)


def _explain(axes: Axes, count: int) -> None:
    if count > 1:
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1.01), ncols=min(count, 5), frameon=False, labelcolor=QUIET,
            handlelength=1.2, borderaxespad=0,
        )  # fmt: skip


def _levels(axes: Axes, spec: ChartSpec) -> None:
    for line in spec.get("lines", []):
        axes.axhline(line["y"], color=QUIET, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(line["label"], (1, line["y"]), xycoords=("axes fraction", "data"), ha="right", va="bottom",
                      color=QUIET, fontsize=7)  # fmt: skip


def _gaps(values: list[float | None]) -> list[float]:
    return [float("nan") if value is None else value for value in values]


def _plot(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    for place, series in enumerate(spec.get("series", [])):
        dashed = series.get("style") == "dashed"
        axes.plot(
            _gaps(series["values"]),
            color=_colour(series, place, colours),
            linewidth=1.0 if dashed else 1.6,
            linestyle=(0, (4, 3)) if dashed else "solid",
            label=series["name"],
        )


def _mark(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    """Goals and events on the first series, hollow where they are not met."""
    positions = spec["x"]["values"]
    values = _gaps(spec["series"][0]["values"]) if spec.get("series") else []
    for row, marker in enumerate(spec.get("markers", [])):
        at = positions.index(marker["x"])
        is_met = marker.get("met", True)
        colour = colours["main" if is_met else "rust"]
        axes.plot(
            [at], [values[at]], marker="o", markersize=5, markerfacecolor=colour if is_met else "white",
            markeredgecolor=colour, linestyle="none",
        )  # fmt: skip
        axes.annotate(
            marker["label"], (at, values[at]), xytext=(0, 7 + 9 * (row % 2)), textcoords="offset points", ha="center",
            color=INK, fontsize=7, fontweight="bold",
        )  # fmt: skip


def _fan(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    for place, band in enumerate(spec.get("bands", [])):
        axes.fill_between(
            range(len(band["low"])), band["low"], band["high"], color=colours["main"], alpha=0.13 + 0.13 * place,
            linewidth=0, label=band["name"],
        )  # fmt: skip
    _lines(axes, spec, colours)
    axes.set_ylim(bottom=0, top=spec.get("top"))
    _explain(axes, len(spec.get("bands", [])) + len(spec.get("series", [])))


def _lines(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    _plot(axes, spec, colours)
    _quiet(axes, spec)
    _levels(axes, spec)
    _mark(axes, spec, colours)
    _name_positions(axes, spec["x"]["values"])
    axes.margins(x=0.01)
    _explain(axes, len(spec.get("series", [])))


def _bars(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    """Bars side by side, or stacked where they name a stack; series of another style are lines over them."""
    if spec.get("lying"):
        _lying_bars(axes, spec, colours)
        return
    positions = spec["x"]["values"]
    series = list(enumerate(spec.get("series", [])))
    bars = [(place, one) for place, one in series if one.get("style", "bar") == "bar"]
    beside = [one for _, one in bars if "stack" not in one]
    floors: dict[str, list[float]] = {}
    width = 0.8 / max(1, len(beside))
    for turn, (place, one) in enumerate(bars):
        values = [value or 0.0 for value in one["values"]]
        stack = one.get("stack")
        floor = floors.setdefault(stack, [0.0] * len(positions)) if stack else [0.0] * len(positions)
        offset = 0.0 if stack else (turn - (len(beside) - 1) / 2) * width
        axes.bar(
            [at + offset for at in range(len(positions))], values, width=0.8 if stack else width * 0.92, bottom=floor,
            color=_colour(one, place, colours), label=one["name"],
        )  # fmt: skip
        if stack:
            floors[stack] = [below + value for below, value in zip(floor, values, strict=True)]
    for place, one in series:
        if one.get("style", "bar") != "bar":
            axes.plot(_gaps(one["values"]), color=INK if place else _colour(one, place, colours), label=one["name"])
    _quiet(axes, spec)
    _levels(axes, spec)
    _name_positions(axes, positions)
    _explain(axes, len(series))


def _lying_bars(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    """Bars beside their names, from the top down."""
    names, series = spec["x"]["values"], spec.get("series", [])
    width = 0.8 / max(1, len(series))
    for turn, one in enumerate(series):
        at = [place + (turn - (len(series) - 1) / 2) * width for place in range(len(names))]
        axes.barh(at, _gaps(one["values"]), height=width * 0.92, color=_colour(one, turn, colours), label=one["name"])
    _quiet(axes, spec, along="x")
    axes.set_yticks(range(len(names)), [str(name) for name in names])
    axes.invert_yaxis()
    _explain(axes, len(series))


def _waterfall(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    values = [value or 0.0 for value in spec["series"][0]["values"]]
    level, last = 0.0, len(values) - 1
    for at, value in enumerate(values):
        is_total = at in (0, last)
        colour = colours["main"] if is_total else colours["blue" if value >= 0 else "rust"]
        axes.bar(at, value, bottom=0.0 if is_total else level, width=0.7, color=colour)
        level = value if is_total else level + value
    _quiet(axes, spec)
    _name_positions(axes, spec["x"]["values"])


def _allocation(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    """Bars of what is held across, the target as a mark, its tolerance as a stripe."""
    names = spec["x"]["values"]
    held, *others = spec["series"]
    for band in spec.get("bands", [])[:1]:
        widths = [high - low for low, high in zip(band["low"], band["high"], strict=True)]
        axes.barh(range(len(names)), widths, left=band["low"], height=0.8, color=LINE, label=band["name"])
    axes.barh(range(len(names)), _gaps(held["values"]), height=0.5, color=_colour(held, 0, colours), label=held["name"])
    for series in others[:1]:
        axes.plot(
            _gaps(series["values"]), range(len(names)), marker="|", markersize=14, markeredgewidth=2, linestyle="none",
            color=INK, label=series["name"],
        )  # fmt: skip
    _quiet(axes, spec, along="x")
    axes.set_yticks(range(len(names)), [str(name) for name in names])
    axes.invert_yaxis()
    _explain(axes, len(spec.get("bands", [])[:1]) + len(spec["series"][:2]))


def _donut(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    values = [value or 0.0 for value in spec["series"][0]["values"]]
    meanings = cast("list[str]", spec.get("meanings", []))
    shades = _shades(meanings, len(values), colours)
    whole = sum(values) or 1.0
    labels = [
        f"{name} {formats.percent_text(value / whole, 0)}"
        for name, value in zip(spec["x"]["values"], values, strict=True)
    ]
    axes.pie(values, labels=labels, colors=shades, startangle=90, counterclock=False,
             wedgeprops={"width": 0.4, "edgecolor": "white"}, textprops={"color": QUIET, "fontsize": 7})  # fmt: skip


def _shades(meanings: Sequence[str], count: int, colours: dict[str, str]) -> list[tuple[str, float]]:
    """Parts of one whole that share a meaning share its colour, each paler than the one before."""
    seen: Counter[str] = Counter()
    shades = []
    for at in range(count):
        colour = colours[MEANINGS.get(meanings[at] if at < len(meanings) else "", ORDER[at % len(ORDER)])]
        shades.append((colour, max(1 - 0.38 * seen[colour], 0.24)))
        seen[colour] += 1
    return shades


def _frontier(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    """The line of the best over its own values, what is named at or below it, and the limits."""
    best = spec["series"][0]
    axes.plot(spec["x"]["values"], _gaps(best["values"]), color=_colour(best, 0, colours), linewidth=1.6)
    for place, point in enumerate(spec.get("points", [])):
        colour = colours[MEANINGS.get(point.get("meaning", ""), ORDER[place % len(ORDER)])]
        axes.plot([point["x"]], [point["y"]], marker="o", markersize=5, color=colour, linestyle="none")
        axes.annotate(
            point["label"], (point["x"], point["y"]), xytext=(-6 if place % 2 else 6, -2), textcoords="offset points",
            ha="right" if place % 2 else "left", color=INK, fontsize=7, fontweight="bold",
        )  # fmt: skip
    _quiet(axes, spec)
    for edge in spec.get("edges", []):
        axes.axvline(edge["x"], color=colours["rust"], linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(edge["label"], (edge["x"], 1), xycoords=("data", "axes fraction"), ha="center", va="bottom",
                      color=QUIET, fontsize=7)  # fmt: skip
    axes.xaxis.set_major_formatter(_written(spec))
    axes.set_xlabel(spec["x"]["label"], color=QUIET)


def _scatter(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    """Points by their groups, each group with a colour and a shape of its own."""
    points = spec.get("points", [])
    for place, group in enumerate(dict.fromkeys(point.get("group", "") for point in points)):
        own = [point for point in points if point.get("group", "") == group]
        axes.plot(
            [point["x"] for point in own], [point["y"] for point in own], linestyle="none", markersize=4.5, label=group,
            marker=SHAPES[place % len(SHAPES)], color=colours[ORDER[place % len(ORDER)]],
        )  # fmt: skip
    _quiet(axes, spec)
    axes.xaxis.set_major_formatter(_written(spec))
    axes.set_xlabel(spec["x"]["label"], color=QUIET)
    axes.set_ylabel(spec["y"]["label"], color=QUIET)


def _sankey(axes: Axes, spec: ChartSpec, colours: dict[str, str]) -> None:
    meanings = cast("dict[str, str]", spec.get("meanings", {}))

    def shade(name: str, place: int) -> str:
        return colours[MEANINGS.get(meanings.get(name, ""), ORDER[place % len(ORDER)])]

    draw_sankey(axes, spec, shade, INK)


_KINDS: dict[str, Callable[[Axes, ChartSpec, dict[str, str]], None]] = {
    "fan": _fan,
    "lines": _lines,
    "bars": _bars,
    "waterfall": _waterfall,
    "allocation": _allocation,
    "donut": _donut,
    "frontier": _frontier,
    "scatter": _scatter,
    "sankey": _sankey,
}
