// Draws every chart of a page from its specification (docs/face.md): ECharts on the screen, the same specification as
// SVG on paper. Colours come from the tokens, so a chart follows the theme and the firm.
import { BarChart, LineChart, PieChart, SankeyChart, ScatterChart } from "echarts/charts";
import { AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, MarkPointComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { optionsOf } from "./chart-options.js";
import { download } from "./copying.js";
import { word } from "./words.js";

use([AriaComponent, BarChart, CanvasRenderer, DatasetComponent, GridComponent, LegendComponent, LineChart, MarkLineComponent, MarkPointComponent, PieChart, SankeyChart, ScatterChart, TooltipComponent]);

const drawn = new Map();

/** Numbers as numbers; a text that a spreadsheet would take for a formula is kept a text. */
function csvOf(table) {
  const quoted = (text) => `"${text.replace(/^([=+@-])/, "'$1").replaceAll('"', '""')}"`;
  const written = (cell) => cell.dataset.value ?? quoted(cell.textContent.trim());
  return [...table.rows].map((row) => [...row.cells].map(written).join(",")).join("\r\n");
}

function savePicture(chart, figure) {
  const paper = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
  const address = chart.getDataURL({ pixelRatio: 2, backgroundColor: paper, type: "png" });
  download(`${figure.dataset.fileName}.png`, blobOf(address));
}

/** Taken apart here: fetching a data: address would need it in connect-src. */
function blobOf(address) {
  const bytes = Uint8Array.from(atob(address.split(",")[1]), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/png" });
}

function wireTools(figure, chart) {
  const canvas = figure.querySelector(".canvas");
  const table = figure.querySelector(".as-table");
  const toggle = figure.querySelector("[data-chart-table]");
  toggle.addEventListener("click", () => {
    table.hidden = !table.hidden;
    canvas.hidden = !table.hidden;
    toggle.setAttribute("aria-pressed", String(!table.hidden));
    if (table.hidden) chart.resize();
  });
  figure.querySelector("[data-chart-csv]").addEventListener("click", () => {
    const text = `﻿${csvOf(table.querySelector("table"))}`;
    download(`${figure.dataset.fileName}.csv`, new Blob([text], { type: "text/csv;charset=utf-8" }));
  });
  figure.querySelector("[data-chart-png]").addEventListener("click", () => savePicture(chart, figure));
}

/** A chart of several years has a slider; it shows one frame at a time. */
function wireYears(figure, spec, show) {
  const frames = spec.frames ?? [];
  if (frames.length < 2) return;
  const slider = figure.querySelector(".year-slider");
  const field = slider.querySelector("input");
  const output = slider.querySelector("output");
  slider.hidden = false;
  field.max = String(frames.length - 1);
  field.value = "0";
  const change = () => {
    const at = Number(field.value);
    output.textContent = frames[at].label;
    field.setAttribute("aria-valuetext", frames[at].label);
    show(at);
  };
  field.addEventListener("input", change);
  change();
}

function draw(figure) {
  const canvas = figure.querySelector(".canvas");
  const read = () => JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  let spec = read();
  canvas.replaceChildren();
  const empty = !(spec.series?.length || spec.bands?.length || spec.frames?.length || spec.points?.length);
  if (empty) {
    canvas.textContent = word("noData");
    return;
  }
  const chart = init(canvas, null, { renderer: "canvas", locale: document.documentElement.lang.startsWith("pt") ? "PT-br" : "EN" });
  let frame = 0;
  const show = () => chart.setOption(optionsOf(spec, frame, canvas.clientWidth), { notMerge: true });
  show();
  let width = canvas.clientWidth;
  new ResizeObserver(() => {
    if (!canvas.clientWidth || canvas.clientWidth === width) return;
    width = canvas.clientWidth;
    chart.resize();
    show();
  }).observe(canvas);
  wireTools(figure, chart);
  wireYears(figure, spec, (at) => {
    frame = at;
    show();
  });
  // what-if.js puts another specification into the page: the same figure shows it
  figure.addEventListener("steward:chart", () => {
    spec = read();
    show();
  });
  drawn.set(figure, { chart, show });
}

function drawAll() {
  for (const [figure, { chart }] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  document.querySelectorAll("[data-chart]").forEach((figure) => {
    if (!drawn.has(figure)) draw(figure);
  });
}

document.addEventListener("htmx:after:swap", drawAll);
document.addEventListener("steward:theme", () => drawn.forEach(({ show }) => show()));
drawAll();
