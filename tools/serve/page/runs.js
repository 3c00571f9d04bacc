// SPDX-License-Identifier: MIT
// runs.js: the list of runs, the curves of one or several, and one run in detail, while it trains.
import { askJson, site } from "./server.js";
import { element } from "./paint.js";
import { colourOf, LineChart } from "./charts.js";
import { openHistory, updateHistory } from "./history.js";
import { listRuns } from "./list.js";

const REFRESH = 4000; // milliseconds between refreshes of the list
const view = document.getElementById("view-runs"), logarithmic = document.getElementById("logarithmic");
const feeds = new Map(); // of the runs in the charts, by name
let shown = null, rows = new Map();

function percent(value) { return value == null ? "" : `${(100 * value).toFixed(2)} %`; }

function clock(seconds) {
  const s = Math.round(seconds);
  return s >= 3600 ? `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min` : s >= 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s} s`;
}

// ---- the list ----

document.addEventListener("view", (event) => { if (event.detail === "runs") listRuns(); });
document.addEventListener("server-back", () => { for (const feed of feeds.values()) feed.open(); });
setInterval(() => { if (!view.hidden && !document.hidden) listRuns(); }, REFRESH);

document.addEventListener("runs", ({ detail: runs }) => {
  const body = document.querySelector("#runs tbody");
  document.getElementById("no-runs").hidden = runs.length > 0;
  const old = rows;
  rows = new Map(runs.map((run) => [run.id, old.get(run.id) ?? makeRow(run.id)]));
  for (const run of runs) fillRow(rows.get(run.id), run);
  // Unchanged rows stay untouched, so that the keyboard focus stays.
  for (const [id, row] of old) if (!rows.has(id)) { row.root.remove(); feeds.get(id)?.close(); feeds.delete(id); }
  let before = null;
  for (const { root } of [...rows.values()].reverse()) {
    if (root.nextSibling !== before || root.parentElement !== body) body.insertBefore(root, before);
    before = root;
  }
  if ((!shown || !rows.has(shown)) && runs.length && !view.hidden) openRun(runs[0].id);
  for (const run of runs) feeds.get(run.id)?.know(run);
});

function makeRow(id) {
  const button = element("button", { type: "button", textContent: id });
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => openRun(id));
  const box = element("input", { type: "checkbox" });
  box.setAttribute("aria-label", `${id} in the charts`);
  box.addEventListener("change", () => { if (box.checked) addFeed(id); else removeFeed(id); });
  const cells = [1, 2, 3].map(() => element("td", {}));
  const title = element("p", { className: "hint" });
  return { button, box, title, cells, root: element("tr", {}, element("td", {}, box), element("td", {}, button, title), ...cells) };
}

function fillRow(row, run) {
  const texts = [run.state, run.epochs ? `${Math.floor(run.epoch || 0)} of ${run.epochs}` : "", run.test ? percent(run.test.accuracy) : ""];
  if (row.title.textContent !== (run.title ?? "")) row.title.textContent = run.title ?? "";
  texts.forEach((text, i) => { if (row.cells[i].textContent !== text) row.cells[i].textContent = text; });
}

// ---- the points of a run, by server-sent events while it trains ----

class Feed {
  constructor(id) { this.id = id; this.open(); }

  open() {
    this.close();
    this.points = [];
    this.epochs = [];
    this.events = new EventSource(`/api/runs/${encodeURIComponent(this.id)}/events`);
    this.events.onmessage = (message) => this.take(JSON.parse(message.data));
  }

  take(run) {
    // A resumed run has fewer points than before: load all points again.
    if (run.points < this.points.length) { this.open(); return; }
    this.points.push(...run.steps);
    this.epochs = run.epochs_done;
    this.run = run;
    if (run.state !== "training") this.close();
    tellCharts();
    if (shown === this.id) tellRun(this);
  }

  // Called with the list's data: follows a run that trains again.
  know(run) { if (!this.events && this.run && run.state === "training") this.open(); }

  close() { this.events?.close(); this.events = null; }
}

function addFeed(id) {
  if (!feeds.has(id)) feeds.set(id, new Feed(id));
  if (rows.has(id)) rows.get(id).box.checked = true;
  tellCharts();
}

function removeFeed(id) {
  feeds.get(id)?.close();
  feeds.delete(id);
  tellCharts();
}

// ---- charts ----

const charts = {
  loss: new LineChart(document.getElementById("chart-loss"), { x: "epoch", y: "loss", words: "Loss by epoch" }),
  accuracy: new LineChart(document.getElementById("chart-accuracy"), { x: "epoch", y: "accuracy, %", words: "Accuracy by epoch" }),
};
logarithmic.addEventListener("change", tellCharts);

function seriesOf(training, validation, value) {
  const several = feeds.size > 1;
  return [...feeds.values()].flatMap((feed, i) => {
    const line = (list, key, name, number, dashed) => ({
      name: several ? `${feed.id}, ${name}` : name, colour: colourOf(several ? i : number), dashed,
      points: list.filter((p) => p[key] != null && p.epoch != null).map((p) => [p.epoch, value(p[key])]) });
    return [line(feed.points, training, "training", 0, false), line(feed.epochs, validation, "held out", 1, true)].filter((one) => one.points.length);
  });
}

function tellCharts() {
  if (view.hidden) return;
  const log = logarithmic.checked;
  charts.loss.show(seriesOf("loss", "validation_loss", (v) => v), { log });
  // On a logarithmic axis the error shows more than the accuracy.
  charts.accuracy.show(seriesOf("accuracy", "validation_accuracy", (v) => 100 * (log ? 1 - v : v)), { log, y: log ? "error, %" : "accuracy, %" });
}

// ---- one run ----

export function openRun(id) {
  const before = shown;
  shown = id;
  document.getElementById("run").hidden = false;
  document.getElementById("run-name").textContent = id;
  document.getElementById("run-title").textContent = "";
  for (const [name, row] of rows) row.button.setAttribute("aria-pressed", String(name === id));
  // Viewing runs one after the other shows each alone; a selection of several runs stays.
  if (before && before !== id && feeds.size === 1 && feeds.has(before)) {
    removeFeed(before);
    if (rows.has(before)) rows.get(before).box.checked = false;
  }
  addFeed(id);
  openHistory(id);
  document.getElementById("no-report").textContent = "";
  document.getElementById("report").hidden = true;
  const feed = feeds.get(id);
  if (feed.run) tellRun(feed);
}

function tellRun({ run, points, epochs }) {
  const last = points[points.length - 1] || {}, parts = [run.state];
  if (run.epochs) parts.push(`epoch ${(run.epoch || 0).toFixed(1)} of ${run.epochs}`);
  if (run.seconds) parts.push(`${clock(run.seconds)} so far`);
  if (run.state === "training" && run.epoch > 0 && run.epochs) parts.push(`about ${clock(run.seconds / run.epoch * (run.epochs - run.epoch))} left`);
  if (last.learning_rate != null) parts.push(`learning rate ${last.learning_rate.toPrecision(3)}`);
  if (run.test) parts.push(`test accuracy ${percent(run.test.accuracy)}`);
  if (run.warnings && run.warnings.length) parts.push(run.warnings[run.warnings.length - 1]);
  document.getElementById("run-title").textContent = run.title ?? "";
  document.getElementById("run-state").textContent = parts.join(" · ");
  document.getElementById("run-progress").value = run.epochs ? (run.epoch || 0) / run.epochs : 0;
  tellFit(epochs);
  loadReport(run.id, run.report);
  document.dispatchEvent(new CustomEvent("run", { detail: run }));
  updateHistory();
}

// Tells whether the curves show overfitting.
function tellFit(epochs) {
  const place = document.getElementById("fit"), held = epochs.filter((p) => p.validation_loss != null);
  place.hidden = held.length < 3;
  if (place.hidden) return;
  const best = held.reduce((a, b) => b.validation_loss < a.validation_loss ? b : a), last = held[held.length - 1];
  const gap = 100 * ((last.accuracy ?? NaN) - (last.validation_accuracy ?? NaN));
  const words = Number.isFinite(gap) ? ` After epoch ${last.epoch} it reads ${Math.abs(gap).toFixed(1)} points ${gap >= 0 ? "fewer" : "more"} of the held-out images right than of the training images.` : "";
  place.textContent = last.epoch - best.epoch >= 2 && last.loss < best.loss
    ? `Overfitting: the loss on held-out images was lowest after epoch ${best.epoch} and has risen since, while the training loss kept falling.${words}`
    : `The loss on held-out images is lowest after epoch ${best.epoch}: no overfitting so far.${words}`;
}

// ---- its report ----

function loadReport(id, there) {
  const frame = document.getElementById("report"), address = `/api/runs/${encodeURIComponent(id)}/report`;
  frame.hidden = !there;
  document.getElementById("make-report").textContent = there ? "Rebuild the report" : "Make the report";
  if (there && (frame.dataset.of !== id || !frame.src)) { frame.src = address; frame.dataset.of = id; }
}

document.getElementById("make-report").addEventListener("click", async () => {
  const id = shown, note = document.getElementById("no-report"), button = document.getElementById("make-report");
  button.disabled = true;
  note.textContent = "Evaluating the model; this takes some seconds.";
  const { ok, value } = await askJson(`/api/runs/${encodeURIComponent(id)}/report`, { method: "POST" });
  button.disabled = false;
  if (shown !== id) return;
  document.getElementById("report").dataset.of = "";
  if (ok) loadReport(id, true);
  note.textContent = ok ? "" : value.error;
});

site.then((about) => { document.getElementById("report-part").hidden = !about.reports; });
