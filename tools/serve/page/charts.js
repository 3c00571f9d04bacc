// SPDX-License-Identifier: MIT
// charts.js: charts by Chart.js, if the server was built with it, each with a table below it; without
// Chart.js only the tables.
import { site } from "./server.js";
import { describe, element } from "./paint.js";

const ROWS = 60; // of a table; longer series are thinned

let loading = null;
function load() {
  loading ??= site.then((about) => about.charts && new Promise((done) => {
    document.head.append(element("script", { src: "/chart.js", onload: () => done(true), onerror: () => done(false) }));
  }));
  return loading;
}

function theme() {
  const style = getComputedStyle(document.documentElement), of = (name) => style.getPropertyValue(name).trim();
  return { ink: of("--ink"), pale: of("--pale"), line: of("--line") };
}

// Colours that are distinguishable with colour blindness, on both grounds (after Okabe and Ito).
export function colourOf(i) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const light = ["#1f6f8b", "#b34a10", "#7a3d90", "#3f7d20", "#9c1c4d", "#5b5b00", "#1d3fa8", "#6b4a2b"];
  const pale = ["#6fc3df", "#f2a65a", "#cf9de6", "#9bd37a", "#f48fb5", "#d9d36a", "#8fb0ff", "#d6b08c"];
  return (dark ? pale : light)[i % light.length];
}

function number(value) { return value == null || !Number.isFinite(value) ? "" : String(Number(value.toPrecision(4))); }

// Labels only the ticks of a logarithmic axis that are 1, 2 or 5 times a power of ten.
function power(value) {
  const [digits] = value.toExponential(0).split("e");
  return ["1", "2", "5"].includes(digits) ? (value >= 0.01 && value < 10000 ? String(value) : value.toExponential(0)) : "";
}

export class LineChart {
  // place: an element; x and y: axis labels; words: a description of the chart for accessibility.
  constructor(place, { x, y, words }) {
    this.words = words;
    this.x = x;
    this.y = y;
    this.series = [];
    this.canvas = element("canvas", {});
    describe(this.canvas, words);
    this.box = element("div", { className: "chart", hidden: true }, this.canvas);
    this.table = element("table", {});
    const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region" }, this.table);
    scroll.setAttribute("aria-label", `${words}, as a table`);
    this.details = element("details", { className: "numbers" }, element("summary", { textContent: `${words}, as a table` }), scroll);
    this.details.addEventListener("toggle", () => this.tell());
    place.append(this.box, this.details);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    load().then((there) => { this.there = there; if (!there) this.details.open = true; this.draw(); });
  }

  // series: [{ name, colour, dashed, points: [[x, y]] }]; options: { log, y }.
  show(series, options = {}) {
    this.series = series;
    this.options = options;
    this.draw();
  }

  draw() {
    const { log = false, logX = false, y = this.y } = this.options ?? {};
    this.tell();
    const ends = this.series.filter((one) => one.points.length).map((one) => `${one.name} ${number(one.points.at(-1)[1])}`);
    describe(this.canvas, ends.length ? `${this.words}: now ${ends.join("; ")}` : this.words);
    if (!this.there) return;
    this.box.hidden = false;
    const colours = theme();
    const axis = (text, logarithmic) => ({
      type: logarithmic ? "logarithmic" : "linear", title: { display: true, text, color: colours.pale },
      ticks: { color: colours.pale, maxTicksLimit: 9, ...(logarithmic ? { callback: power } : {}) }, grid: { color: colours.line } });
    const data = { datasets: this.series.map((one) => ({
      label: one.name, data: one.points.filter(([, v]) => v != null && (!log || v > 0)).map(([a, b]) => ({ x: a, y: b })),
      borderColor: one.colour, backgroundColor: one.colour, borderDash: one.dashed ? [6, 4] : [], borderWidth: 2,
      pointRadius: one.points.length < 40 ? 2.5 : 0, pointHitRadius: 8, tension: 0 })) };
    const options = {
      animation: false, parsing: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: { x: axis(this.x, logX), y: axis(y, log) },
      plugins: {
        legend: { labels: { color: colours.ink, boxHeight: 2, boxWidth: 26 } },
        tooltip: { callbacks: { title: (items) => items.length ? `${this.x} ${number(items[0].parsed.x)}` : "",
          label: (item) => `${item.dataset.label}: ${number(item.parsed.y)}` } } } };
    if (this.chart) {
      this.chart.data = data;
      this.chart.options = options;
      this.chart.update();
    } else {
      this.chart = new window.Chart(this.canvas, { type: "line", data, options });
    }
  }

  tell() {
    if (!this.details.open) return;
    const at = new Map();
    this.series.forEach((one, column) => {
      const apart = Math.ceil(one.points.length / ROWS);
      one.points.forEach(([x, y], i) => {
        if (i % apart && i + 1 < one.points.length) return;
        if (!at.has(x)) at.set(x, []);
        at.get(x)[column] = y;
      });
    });
    const heads = [this.x, ...this.series.map((one) => one.name)].map((name) => element("th", { scope: "col", textContent: name }));
    const rows = [...at.entries()].sort(([a], [b]) => a - b).map(([x, values]) => element("tr", {},
      element("th", { scope: "row", textContent: number(x) }), ...this.series.map((_, i) => element("td", { textContent: number(values[i]) }))));
    this.table.replaceChildren(element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
  }
}

export class ScatterChart {
  constructor(place, words) {
    this.words = words;
    this.canvas = element("canvas", {});
    describe(this.canvas, words);
    this.box = element("div", { className: "chart square", hidden: true }, this.canvas);
    this.none = element("p", { className: "hint", hidden: true, textContent: "This server was built without charts." });
    place.append(this.box, this.none);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    load().then((there) => { this.there = there; this.none.hidden = there; this.draw(); });
  }

  // groups: [{ name, points: [[x, y, label of the point, wrong]] }]
  show(groups) { this.groups = groups; this.draw(); }

  draw() {
    if (!this.there || !this.groups) return;
    this.box.hidden = false;
    const colours = theme();
    const styles = ["circle", "rect", "triangle", "rectRot", "cross", "star", "crossRot", "rectRounded"];
    const data = { datasets: this.groups.map((group, i) => ({
      label: group.name, data: group.points.map(([x, y]) => ({ x, y })), backgroundColor: colourOf(i), borderColor: colourOf(i),
      pointStyle: styles[Math.floor(i / 8 + i) % styles.length],
      pointRadius: group.points.map((point) => point[3] ? 5 : 3), pointBorderColor: group.points.map((point) => point[3] ? colours.ink : colourOf(i)),
      pointBorderWidth: group.points.map((point) => point[3] ? 2 : 1) })) };
    const bare = { ticks: { display: false }, grid: { color: colours.line } };
    const options = {
      animation: false, parsing: false, responsive: true, maintainAspectRatio: false, scales: { x: bare, y: bare },
      plugins: { legend: { position: "right", labels: { color: colours.ink, usePointStyle: true } },
        tooltip: { callbacks: { label: (item) => this.groups[item.datasetIndex].points[item.dataIndex][2] } } } };
    if (this.chart) {
      this.chart.data = data;
      this.chart.options = options;
      this.chart.update();
    } else {
      this.chart = new window.Chart(this.canvas, { type: "scatter", data, options });
    }
  }
}
