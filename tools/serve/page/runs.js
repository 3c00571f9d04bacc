// runs.js: the tabs, the list of runs, and a run's curves while it trains, by server-sent events.
"use strict";

// ---- tabs: arrows move between them (WAI-ARIA's pattern) ----

const tabs = [...document.querySelectorAll('[role="tab"]')];
function select(tab, focus) {
  for (const one of tabs) {
    const on = one === tab;
    one.setAttribute("aria-selected", String(on));
    one.tabIndex = on ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !on;
  }
  if (focus) tab.focus();
  if (tab.id === "tab-runs") loadRuns();
}
tabs.forEach((tab, i) => {
  tab.addEventListener("click", () => select(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) select(tabs[(i + step + tabs.length) % tabs.length], true);
  });
});

// ---- the list ----

let events = null, shown = null;

function percent(value) { return value == null ? "" : `${(100 * value).toFixed(2)} %`; }

async function loadRuns() {
  let runs = [];
  try { runs = await (await fetch("/api/runs")).json(); } catch { /* the list stays empty */ }
  const body = document.querySelector("#runs tbody");
  document.getElementById("no-runs").hidden = runs.length > 0;
  body.replaceChildren(...runs.map((run) => {
    const row = document.createElement("tr"), button = document.createElement("button");
    button.type = "button";
    button.textContent = run.id;
    button.addEventListener("click", () => open(run.id));
    const cells = [button, run.state, run.epochs ? `${Math.floor(run.epoch || 0)} of ${run.epochs}` : "", run.test ? percent(run.test.accuracy) : ""];
    row.append(...cells.map((cell) => { const td = document.createElement("td"); td.append(cell); return td; }));
    return row;
  }));
  if (!shown && runs.length) open(runs[0].id);
}

// ---- one run ----

let points = [], epochs = [];

function open(id) {
  if (events) events.close();
  shown = id;
  points = [];
  document.getElementById("run").hidden = false;
  document.getElementById("run-name").textContent = id;
  for (const button of document.querySelectorAll("#runs button")) button.setAttribute("aria-pressed", String(button.textContent === id));
  loadReport(id);
  events = new EventSource(`/api/runs/${encodeURIComponent(id)}/events`);
  events.onmessage = (message) => {
    const run = JSON.parse(message.data);
    // A run that was resumed has fewer points than before: all of them come anew.
    if (run.points < points.length) { open(id); return; }
    points.push(...run.steps);
    epochs = run.epochs_done;
    tellRun(run);
    if (run.state !== "training") events.close();
  };
}

// The held-out images that the model is surest of and wrong about, after its last epoch.
function tellMistakes(said) {
  const part = document.getElementById("mistakes-part"), list = document.getElementById("mistakes");
  part.hidden = !said || !Array.isArray(said.mistakes);
  if (part.hidden) return;
  document.getElementById("mistakes-note").textContent = said.all
    ? `After epoch ${said.epoch} the model is wrong about ${said.all} held-out images; of these it is surest:` : `After epoch ${said.epoch} it makes no mistake on the held-out images.`;
  list.replaceChildren(...said.mistakes.map((one) => {
    const figure = document.createElement("figure"), canvas = document.createElement("canvas"), caption = document.createElement("figcaption");
    canvas.width = one.width; canvas.height = one.height;
    const context = canvas.getContext("2d"), image = context.createImageData(one.width, one.height), plane = one.width * one.height;
    for (let i = 0; i < plane; i++) {
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = one.pixels[one.channels === 3 ? c * plane + i : i];
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
    caption.textContent = `${one.label}, not ${one.prediction ?? "anything"} (${Math.round(100 * one.confidence)} %)`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Image ${one.sample}: a ${one.label}, taken for ${one.prediction ?? "nothing"}`);
    figure.append(canvas, caption);
    return figure;
  }));
}

function clock(seconds) {
  const s = Math.round(seconds);
  return s >= 3600 ? `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min` : s >= 60 ? `${Math.floor(s / 60)} min ${s % 60} s` : `${s} s`;
}

function tellRun(run) {
  const last = points[points.length - 1] || {}, parts = [run.state];
  if (run.epochs) parts.push(`epoch ${(run.epoch || 0).toFixed(1)} of ${run.epochs}`);
  if (run.seconds) parts.push(`${clock(run.seconds)} so far`);
  if (run.state === "training" && run.epoch > 0 && run.epochs) parts.push(`about ${clock(run.seconds / run.epoch * (run.epochs - run.epoch))} left`);
  if (last.learning_rate != null) parts.push(`learning rate ${last.learning_rate.toPrecision(3)}`);
  if (run.test) parts.push(`test accuracy ${percent(run.test.accuracy)}`);
  if (run.warnings && run.warnings.length) parts.push(run.warnings[run.warnings.length - 1]);
  document.getElementById("run-state").textContent = parts.join(" · ");
  document.getElementById("run-progress").value = run.epochs ? (run.epoch || 0) / run.epochs : 0;
  tellMistakes(run.mistakes);
  chart("chart-loss", "loss", "validation_loss", 1);
  chart("chart-accuracy", "accuracy", "validation_accuracy", 100);
}

async function loadReport(id) {
  const frame = document.getElementById("report"), note = document.getElementById("no-report"), button = document.getElementById("make-report");
  const address = `/api/runs/${encodeURIComponent(id)}/report`;
  const response = await fetch(address, { method: "HEAD" });
  if (shown !== id) return;
  frame.hidden = !response.ok;
  button.textContent = response.ok ? "Make it anew" : "Make the report";
  button.disabled = false;
  note.textContent = "";
  if (response.ok) frame.src = address;
}

document.getElementById("make-report").addEventListener("click", async () => {
  const id = shown, note = document.getElementById("no-report"), button = document.getElementById("make-report");
  button.disabled = true;
  note.textContent = "The model is examined; this takes some seconds.";
  const response = await fetch(`/api/runs/${encodeURIComponent(id)}/report`, { method: "POST" });
  const answer = await response.json();
  if (shown !== id) return;
  await loadReport(id);
  if (!response.ok) note.textContent = answer.error;
});

// ---- charts ----

function nice(range) {
  const rough = range / 6, power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
}

function chart(id, training, validation, scale) {
  const canvas = document.getElementById(id), context = canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
  const width = canvas.width, height = canvas.height, left = 62, bottom = 34, top = 12, right = 14;
  const colour = (name) => style.getPropertyValue(name).trim();
  context.clearRect(0, 0, width, height);
  const lines = [[points, training, "--second"], [epochs, validation, "--accent"]];
  const values = lines.flatMap(([list, key]) => list.map((p) => p[key]).filter((v) => v != null).map((v) => v * scale));
  const last = Math.max(...points.map((p) => p.epoch || 0), ...epochs.map((p) => p.epoch || 0), 0);
  if (!values.length || !last) return;
  let low = Math.min(...values), high = Math.max(...values);
  if (high - low < 1e-9) { high += 0.5; low -= 0.5; }
  const x = (epoch) => left + (width - left - right) * epoch / last, y = (v) => top + (height - top - bottom) * (high - v) / (high - low);
  context.font = "22px system-ui, sans-serif";
  context.fillStyle = colour("--pale");
  context.strokeStyle = colour("--line");
  context.lineWidth = 1;
  const step = nice(high - low);
  context.textAlign = "right";
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) {
    context.beginPath(); context.moveTo(left, y(v)); context.lineTo(width - right, y(v)); context.stroke();
    context.fillText(String(Number(v.toPrecision(4))), left - 8, y(v) + 7);
  }
  context.textAlign = "center";
  const apart = Math.max(1, nice(last));
  for (let e = 0; e <= last; e += apart) context.fillText(String(e), x(e), height - 8);
  for (const [list, key, name] of lines) {
    context.strokeStyle = colour(name);
    context.lineWidth = 3;
    context.beginPath();
    let begun = false;
    for (const p of list) {
      if (p[key] == null) continue;
      if (begun) context.lineTo(x(p.epoch), y(p[key] * scale)); else context.moveTo(x(p.epoch), y(p[key] * scale));
      begun = true;
    }
    context.stroke();
  }
  const end = points.length ? points[points.length - 1][training] : null;
  canvas.setAttribute("aria-label", `${training} by epoch${end == null ? "" : `, now ${(end * scale).toFixed(3)}`}`);
}
