// A chart specification becomes ECharts options. Meaning chooses the colour, the same in every chart.
import { word } from "./words.js";

const MEANINGS = {
  main: "main", base: "main", portfolio: "main", stock: "main", equity: "main", wages: "main", collected: "main",
  bond: "blue", gain: "blue", benchmark: "blue", social_security: "blue", billed: "blue",
  cash: "grey", grant: "grey", tax: "rust", loss: "rust", debt: "rust", withdrawal: "ochre", spending: "ochre", overdue: "rust",
  real_estate: "plum", pension: "plum", alternative: "teal", international: "teal", contribution: "teal", target: "grey",
};
const ORDER = ["main", "blue", "ochre", "plum", "teal", "rust", "grey"];

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function colourOf(meaning, place = 0) {
  return token(`chart-${MEANINGS[meaning] ?? ORDER[place % ORDER.length]}`);
}

/** Parts of one whole that share a meaning share its colour, each paler than the one before. */
function shadesOf(meanings, count) {
  const seen = new Map();
  return Array.from({ length: count }, (_, at) => {
    const colour = colourOf(meanings?.[at], at);
    const nth = seen.get(colour) ?? 0;
    seen.set(colour, nth + 1);
    return { color: colour, opacity: Math.max(1 - 0.38 * nth, 0.24) };
  });
}

/** Whether the steps of an axis are smaller than a per cent: whole ones would name two of them alike. */
function isFine(spec) {
  const values = spec.series?.flatMap((series) => series.values).filter((value) => typeof value === "number") ?? [];
  return values.length > 0 && Math.max(...values, 0) - Math.min(...values, 0) < 0.06;
}

function writerOf(spec, short) {
  const language = document.documentElement.lang || "en";
  const options = {
    money: { style: "currency", currency: spec.currency ?? "USD", ...(short ? { notation: "compact", maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 }) },
    percent: { style: "percent", maximumFractionDigits: short && !isFine(spec) ? 0 : 1 },
    number: short ? { notation: "compact", maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 },
  }[spec.format ?? "number"];
  const format = new Intl.NumberFormat(language, options);
  return (value) => (value == null ? "–" : format.format(value).replace("-", "−"));
}

/** How days and months of an axis are written; undefined where it has other names. */
function daysOf(values) {
  const whole = /^\d{4}-\d{2}(-\d{2})?$/;
  if (values.length < 2 || !values.every((value) => whole.test(value))) return undefined;
  const time = (value) => Date.parse(value.length === 7 ? `${value}-01` : value);
  const years = (time(values.at(-1)) - time(values[0])) / 31557600000;
  const parts = values[0].length === 7 || years > 1.2 ? { month: "short", year: "numeric" } : { month: "short", day: "numeric" };
  const format = new Intl.DateTimeFormat(document.documentElement.lang || "en", { ...parts, timeZone: "UTC" });
  return (value) => format.format(time(value));
}

function base(spec) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  return {
    animation: !still,
    animationDuration: 300,
    textStyle: { fontFamily: token("font"), color: token("ink-2") },
    aria: { enabled: true, label: { enabled: false } }, // the figure is labelled by its finding and has its table
    tooltip: {
      renderMode: "richText", // ECharts' HTML tooltip writes inline styles, which our policy refuses
      confine: true,
      backgroundColor: token("surface"),
      borderColor: token("line"),
      textStyle: { color: token("ink"), fontSize: 12, fontFamily: token("font") },
      valueFormatter: writerOf(spec, false),
    },
  };
}

function legend(names, shown = true) {
  return { show: shown && names.length > 1, data: names, top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 14, textStyle: { color: token("ink-2"), fontSize: 12 } };
}

/** About how many lines a legend takes in the width; a name is a text or an entry of the legend. */
const linesOf = (names, width) => Math.ceil(names.reduce((sum, one) => sum + 36 + 7 * (one.name ?? one).length, 0) / (0.85 * width));

function axes(spec, { swapped = false, gap = false } = {}) {
  const label = { color: token("ink-3"), fontSize: 12, hideOverlap: true };
  const category = {
    type: "category",
    data: spec.x.values,
    boundaryGap: gap,
    inverse: swapped,
    axisLine: { lineStyle: { color: token("line-strong") } },
    axisTick: { show: false },
    axisLabel: { ...label, formatter: daysOf(spec.x.values) },
    axisPointer: { label: { show: false } },
  };
  const value = {
    type: "value",
    axisLabel: { ...label, formatter: writerOf(spec, true) },
    splitLine: { lineStyle: { color: token("chart-grid") } },
  };
  return swapped ? { xAxis: value, yAxis: category } : { xAxis: category, yAxis: value };
}

/** Room above for the legend, as many lines as it takes. */
const grid = (width, names) => ({ top: names.length < 2 ? 20 : 14 + 24 * Math.max(linesOf(names, width), 1), right: 20, bottom: 8, left: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" });

/** Level lines, each named at the end from which the first series is farther: a name on the curve cannot be read. */
function levels(spec) {
  if (!spec.lines?.length) return undefined;
  const values = (spec.series?.[0]?.values ?? []).filter((value) => value !== null);
  const away = (line, place) => Math.abs((values.at(place) ?? line.y) - line.y);
  const end = (line) => (away(line, 0) > away(line, -1) ? "insideStartTop" : "insideEndTop");
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: token("ink-2"), type: "dashed", width: 1 },
    label: { color: token("ink-2"), fontSize: 11, formatter: ({ name }) => name },
    data: spec.lines.map((line) => ({ yAxis: line.y, name: line.label, label: { position: end(line) } })),
  };
}

function goals(spec, values) {
  if (!spec.markers?.length) return undefined;
  const near = spec.x.values.length / 6; // labels of markers this close would lie on each other: each stands a line higher
  let before = -Infinity;
  let line = 0;
  const order = [...spec.markers].sort((one, other) => spec.x.values.indexOf(one.x) - spec.x.values.indexOf(other.x));
  return {
    symbol: "circle",
    symbolSize: 9,
    label: { show: true, position: "top", distance: 6, color: token("ink"), fontSize: 11, fontWeight: 600, formatter: ({ name }) => name },
    data: order.map((marker) => {
      const at = spec.x.values.indexOf(marker.x);
      line = at - before < near ? line + 1 : 0;
      before = at;
      const colour = marker.met === false ? token("chart-rust") : token("chart-main");
      return { name: marker.label, coord: [at, values[at]], label: { distance: 6 + 14 * line }, itemStyle: { color: marker.met === false ? token("surface") : colour, borderColor: colour, borderWidth: 2 } };
    }),
  };
}

function lineOf(series, place, spec) {
  const colour = colourOf(series.meaning, place);
  const filled = series.style === "area" || series.stack;
  return {
    name: series.name,
    type: series.style === "bar" ? "bar" : "line",
    data: series.values,
    stack: series.stack,
    symbol: "none",
    color: colour,
    lineStyle: { width: 2, color: colour, type: series.style === "dashed" ? "dashed" : "solid" },
    areaStyle: filled ? { color: colour, opacity: series.stack ? 0.85 : 0.16 } : undefined,
    emphasis: { focus: "series" },
    markLine: place === 0 ? levels(spec) : undefined,
    markPoint: place === 0 ? goals(spec, series.values) : undefined,
  };
}

function lines(spec, _frame, width) {
  const series = spec.series.map((one, place) => lineOf(one, place, spec));
  const options = axes(spec, { gap: spec.series.some((one) => one.style === "bar") });
  options.yAxis.scale = !spec.series.some((one) => one.style === "area" || one.style === "bar" || one.stack);
  const names = spec.series.map((one) => one.name);
  return { ...options, grid: grid(width, names), legend: legend(names), tooltip: { trigger: "axis" }, series };
}

/** Percentile bands as stacked areas: an unseen floor and the width above it. */
function bandsOf(spec) {
  const colour = token("chart-band");
  return (spec.bands ?? []).flatMap((band, place) => [
    { name: `${band.name}-floor`, type: "line", data: band.low, stack: `band-${place}`, stackStrategy: "all", symbol: "none", lineStyle: { opacity: 0 }, silent: true, tooltip: { show: false } },
    { name: band.name, type: "line", data: band.high.map((high, at) => high - band.low[at]), stack: `band-${place}`, stackStrategy: "all", symbol: "none", color: colour, lineStyle: { opacity: 0 }, areaStyle: { color: colour, opacity: 0.13 + 0.13 * place }, silent: true, tooltip: { show: false } },
  ]);
}

function fan(spec, _frame, width) {
  const write = writerOf(spec, false);
  const paths = (spec.series ?? []).map((one, place) => ({ ...lineOf(one, place, spec), z: 5 }));
  const tell = (points) => {
    const at = points[0].dataIndex;
    const ranges = (spec.bands ?? []).map((band) => `${band.name}: ${write(band.low[at])} – ${write(band.high[at])}`);
    return [String(spec.x.values[at]), ...(spec.series ?? []).map((one) => `${one.name}: ${write(one.values[at])}`), ...ranges].join("\n");
  };
  const names = [
    ...(spec.series ?? []).map((one) => one.name),
    ...(spec.bands ?? []).map((band, place) => ({ name: band.name, itemStyle: { opacity: 0.25 + 0.25 * place } })),
  ];
  const options = axes(spec);
  if (spec.top) options.yAxis.max = spec.top;
  return { ...options, grid: grid(width, names), legend: legend(names), tooltip: { trigger: "axis", formatter: tell }, series: [...bandsOf(spec), ...paths] };
}

function bars(spec, _frame, width) {
  const series = spec.series.map((one, place) => ({ ...lineOf({ ...one, style: "bar" }, place, spec), barMaxWidth: 36, areaStyle: undefined, itemStyle: { borderRadius: one.stack ? 0 : 2 } }));
  const n = spec.x.values.length;
  // few groups with names: each is named, over more lines, or beside lying bars where it is narrow
  const room = (width - 80) / n - 6;
  const named = n <= 8 && Boolean(width);
  const swapped = spec.lying || (named && room < 72 && !spec.lines?.length);
  const options = axes(spec, { gap: true, swapped });
  if (named || spec.lying) {
    const place = swapped ? options.yAxis : options.xAxis;
    const turned = swapped ? { width: spec.lying ? Math.min(220, width * 0.4) : 104, overflow: "break", lineHeight: 14 } : room < 72 ? { rotate: 40, fontSize: 11 } : { width: room, overflow: "break", lineHeight: 14 };
    place.axisLabel = { ...place.axisLabel, interval: 0, hideOverlap: false, ...turned };
  }
  const names = spec.series.map((one) => one.name);
  return { ...options, grid: grid(width, names), legend: legend(names), tooltip: { trigger: "axis", axisPointer: { type: "shadow" } }, series };
}

/** First and last value stand on the ground, those between are changes that hang from the sum so far. */
function waterfall(spec) {
  const [series] = spec.series;
  const last = series.values.length - 1;
  let sum = 0;
  const steps = series.values.map((value, at) => {
    const total = at === 0 || at === last;
    const from = total ? 0 : sum;
    sum = total ? value : sum + value;
    return { floor: Math.min(from, sum), height: Math.abs(sum - from), value, total };
  });
  const write = writerOf(spec, true);
  const colour = (step) => (step.total ? token("chart-grey") : step.value < 0 ? token("chart-loss") : token("chart-gain"));
  return {
    ...axes(spec, { gap: true }),
    grid: grid(0, []),
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, formatter: (points) => `${spec.x.values[points[0].dataIndex]}\n${writerOf(spec, false)(steps[points[0].dataIndex].value)}` },
    series: [
      { type: "bar", stack: "steps", silent: true, itemStyle: { color: "transparent" }, data: steps.map((step) => step.floor) },
      { type: "bar", stack: "steps", barMaxWidth: 56, data: steps.map((step) => ({ value: step.height, itemStyle: { color: colour(step), borderRadius: 2 } })), label: { show: true, position: "top", color: token("ink-2"), fontSize: 11, formatter: ({ dataIndex }) => write(steps[dataIndex].value) } },
    ],
  };
}

function donut(spec, _frame, width) {
  const [series] = spec.series;
  const write = writerOf(spec, true);
  const narrow = width < 420;
  const shades = shadesOf(spec.meanings, series.values.length);
  const names = spec.x.values.map(String);
  return {
    tooltip: { trigger: "item" },
    legend: { ...legend(names, narrow), top: "auto", bottom: 0 },
    series: [
      {
        type: "pie",
        radius: narrow ? ["58%", "92%"] : ["46%", "72%"],
        center: ["50%", "50%"],
        bottom: narrow ? 24 * linesOf(names, width) : 0, // the ring stands above its legend, however long that is
        itemStyle: { borderColor: token("surface"), borderWidth: 2 },
        label: { show: !narrow, color: token("ink-2"), fontSize: 12, lineHeight: 16, formatter: ({ name, value }) => `${name}\n${write(value)}` },
        labelLine: { lineStyle: { color: token("line-strong") } },
        data: series.values.map((value, at) => ({ name: String(spec.x.values[at]), value, itemStyle: shades[at] })),
      },
    ],
  };
}

/** What is held as bars, what was agreed as marks, the tolerance as pale bands behind. */
function allocation(spec, _frame, width) {
  const [now, target] = spec.series;
  const band = spec.bands?.[0];
  const series = [];
  if (band) {
    series.push({ type: "bar", stack: "band", silent: true, yAxisIndex: 1, barWidth: 22, itemStyle: { color: "transparent" }, data: band.low, tooltip: { show: false } });
    series.push({ name: band.name, type: "bar", stack: "band", silent: true, yAxisIndex: 1, barWidth: 22, data: band.high.map((high, at) => high - band.low[at]), itemStyle: { color: token("chart-grey"), opacity: 0.22 }, tooltip: { show: false } });
  }
  series.push({ name: now.name, type: "bar", barWidth: 10, z: 3, data: now.values, color: token("chart-main"), itemStyle: { borderRadius: 2 } });
  if (target) series.push({ name: target.name, type: "line", z: 4, data: target.values, symbol: "rect", symbolSize: [3, 22], color: token("ink"), lineStyle: { opacity: 0 } });
  const names = [now.name, target?.name, band?.name].filter(Boolean);
  const options = axes(spec, { swapped: true, gap: true });
  options.yAxis.axisLine = { show: false };
  options.yAxis = [options.yAxis, { ...options.yAxis, show: false }]; // a second axis, so that both bars lie centred
  return { ...options, grid: grid(width, names), legend: legend(names), tooltip: { trigger: "axis", axisPointer: { type: "shadow" } }, series };
}

/** Words stand right of their node: the last column is given the room that its longest take. */
function sankey(spec, frame, width) {
  const flows = spec.frames[frame]?.flows ?? [];
  const names = [...new Set(flows.flatMap((flow) => [flow.source, flow.target]))];
  const write = writerOf(spec, true);
  const amounts = Object.fromEntries(names.map((name) => {
    const sum = (end) => flows.filter((flow) => flow[end] === name).reduce((all, flow) => all + flow.value, 0);
    return [name, Math.max(sum("source"), sum("target"))];
  }));
  const narrow = width < 420;
  const said = (name) => `${name}${narrow ? "\n" : " "}${write(amounts[name])}`;
  const all = spec.frames.flatMap((one) => one.flows); // of every year: the columns stay where they are
  const sources = new Set(all.map((flow) => flow.source));
  const longest = Math.max(0, ...all.filter((flow) => !sources.has(flow.target)).map((flow) => flow.target.length));
  const room = Math.min(16 + 7 * Math.max(longest + (narrow ? 0 : 7), 6), width * 0.4);
  return {
    tooltip: { trigger: "item" },
    series: [
      {
        type: "sankey",
        top: 8, bottom: 8, left: 4, right: room,
        nodeWidth: 12,
        nodeGap: 12,
        draggable: false,
        emphasis: { focus: "adjacency" },
        label: { color: token("ink"), fontSize: 12, width: room - 8, overflow: "break", formatter: ({ name }) => said(name) },
        lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
        data: names.map((name, place) => ({ name, itemStyle: { color: colourOf(spec.meanings?.[name], place), borderWidth: 0 } })),
        links: flows.filter((flow) => flow.value > 0),
      },
    ],
  };
}

/** Two values of one kind against each other: the line of the best, and what lies at or below it, each by its name. */
function frontier(spec) {
  const points = spec.points ?? [];
  const span = Math.max(...spec.x.values, ...points.map((point) => point.x)) - Math.min(...spec.x.values, ...points.map((point) => point.x));
  // the line rises: left of a point the room above it is free, right of it the room below; neighbours take one each
  const near = (one, other) => Math.abs(one.x - other.x) < span / 6;
  const left = points.map((point, at) => points.slice(0, at).filter((other) => near(other, point)).length % 2 === 1);
  // on one side labels keep the order of their points, a line apart
  const beside = (point, at) => {
    const away = left[at] ? 1 : -1;
    const inside = points.filter((other, n) => left[n] === left[at] && near(other, point) && (away * (point.y - other.y) > 0 || (point.y === other.y && n < at)));
    return { position: left[at] ? "left" : "right", offset: [0, -14 * away * inside.length] };
  };
  const write = writerOf(spec, false);
  const [best] = spec.series;
  const axis = { type: "value", axisLabel: { color: token("ink-3"), fontSize: 12, hideOverlap: true, formatter: writerOf({ ...spec, series: [] }, true) }, splitLine: { lineStyle: { color: token("chart-grid") } } };
  const edges = (spec.edges ?? []).map((edge) => ({ xAxis: edge.x, name: edge.label }));
  const tell = ({ name, seriesName, value }) => `${name || seriesName}\n${spec.x.label}: ${write(value[0])}\n${word("expectedReturn")}: ${write(value[1])}`;
  return {
    xAxis: { ...axis, name: spec.x.label, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: token("ink-3") } },
    yAxis: { ...axis, scale: true },
    grid: { top: 28, right: 24, bottom: 28, left: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "item", formatter: tell },
    series: [
      {
        name: best.name, type: "line", symbol: "none", color: colourOf(best.meaning), lineStyle: { width: 2 },
        data: best.values.map((value, at) => [spec.x.values[at], value]),
        markLine: edges.length ? { silent: true, symbol: "none", lineStyle: { color: token("chart-rust"), type: "dashed", width: 1 }, label: { color: token("ink-2"), fontSize: 11, formatter: ({ name }) => name }, data: edges } : undefined,
      },
      {
        type: "scatter", symbolSize: 11, z: 5,
        data: points.map((point, at) => ({ name: point.label, value: [point.x, point.y], label: beside(point, at), itemStyle: { color: colourOf(point.meaning, at), borderColor: token("surface"), borderWidth: 2 } })),
        label: { show: true, distance: 7, color: token("ink"), fontSize: 11, fontWeight: 600, formatter: ({ name }) => name },
      },
    ],
  };
}

const SHAPES = ["circle", "rect", "triangle", "diamond", "arrow", "roundRect", "pin"];

/** Many of one kind, each at two values: groups by colour and by shape. */
function scatter(spec) {
  const points = spec.points ?? [];
  const names = [...new Set(points.map((point) => point.group ?? ""))];
  const write = writerOf(spec, false);
  const axis = { type: "value", scale: true, axisLabel: { color: token("ink-3"), fontSize: 12, hideOverlap: true, formatter: writerOf({ ...spec, series: [] }, true) }, splitLine: { lineStyle: { color: token("chart-grid") } }, nameTextStyle: { color: token("ink-3") }, nameLocation: "middle" };
  const tell = ({ name, seriesName, value }) => `${name}\n${seriesName}\n${spec.x.label}: ${write(value[0])}\n${spec.y.label}: ${write(value[1])}`;
  return {
    xAxis: { ...axis, name: spec.x.label, nameGap: 28 },
    yAxis: { ...axis, name: spec.y.label, nameGap: 36 },
    grid: { top: 28 + 20 * names.length, right: 24, bottom: 28, left: 28, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: { ...legend(names), orient: "vertical", itemGap: 6, icon: undefined },
    tooltip: { trigger: "item", formatter: tell },
    series: names.map((name, place) => ({
      name, type: "scatter", symbol: SHAPES[place % SHAPES.length], symbolSize: 10, color: token(`chart-${ORDER[place % ORDER.length]}`),
      itemStyle: { borderColor: token("surface"), borderWidth: 1 },
      data: points.filter((point) => (point.group ?? "") === name).map((point) => ({ name: point.label, value: [point.x, point.y] })),
    })),
  };
}

const KINDS = { lines, fan, bars, waterfall, donut, allocation, sankey, frontier, scatter };

/** Options for one specification; `frame` chooses the year of a chart that has several. */
export function optionsOf(spec, frame, width) {
  const kind = KINDS[spec.kind];
  if (!kind) throw new Error(`No chart of kind "${spec.kind}"; docs/face.md lists them: ${Object.keys(KINDS).join(", ")}.`);
  if (spec.lines?.length && !spec.lines.every((line) => line.label)) spec.lines.forEach((line) => (line.label ||= word("target")));
  const common = base(spec);
  const options = kind(spec, frame, width);
  return { ...common, ...options, tooltip: { ...common.tooltip, ...options.tooltip } };
}
