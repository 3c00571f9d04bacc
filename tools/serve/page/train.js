// SPDX-License-Identifier: MIT
// train.js: starts, stops and resumes runs, one at a time, and searches for a learning rate.
import { askJson } from "./server.js";
import { element } from "./paint.js";
import { colourOf, LineChart } from "./charts.js";
import { listRuns } from "./list.js";
import { openRun } from "./runs.js";
import { openTab } from "./tabs.js";

const part = document.getElementById("train"), form = document.getElementById("train-form"), note = document.getElementById("train-note");
const start = document.getElementById("train-start"), rate = document.getElementById("train-rate"), view = document.getElementById("view-runs");
const stop = document.getElementById("run-stop"), resume = document.getElementById("run-resume");
let training = null, shown = null, rates = null, state = "", runs = [], data = "";
const AFRESH = "-"; // no run has this name

function fill(select, texts) {
  const old = [...select.options].map((one) => one.value).join("\n");
  if (old === texts.map((one) => one.value).join("\n")) return;
  const value = select.value;
  select.replaceChildren(...texts.map(({ value: name, words }) => element("option", { value: name, textContent: words })));
  if (texts.some((one) => one.value === value)) select.value = value;
}

async function look() {
  const { ok, value } = await askJson("/api/training");
  if (!ok) return;
  training = value;
  form.hidden = !value.allowed;
  document.getElementById("train-why").hidden = value.allowed;
  document.getElementById("train-why").textContent = value.why ? `This page cannot train: ${value.why}.` : "";
  fill(form.elements.data, value.data.map((name) => ({ value: name, words: name === value.collected ? `the collection (${name})` : name })));
  fill(form.elements.from, [{ value: AFRESH, words: "with new weights" }, ...(value.goes_on ? [{ value: "", words: "from the served network" }] : []),
    ...runs.filter((run) => run.network && run.state !== "training").map((run) => ({ value: run.id, words: `from ${run.id}` }))]);
  suit();
  fill(form.elements.recipe, value.recipes.map(({ name, help }) => ({ value: name, words: `${name}: ${help}` })));
  start.disabled = value.running !== null;
  const words = value.running ? `${value.running} is training.` : value.said ? `${value.last} ended early: ${value.said}` : "";
  if (words !== state) note.textContent = words; // other messages stay until the state changes
  state = words;
  buttons();
}

// Collected digits correct a network: by default training continues from it.
function suit() {
  if (form.elements.data.value === data) return;
  data = form.elements.data.value;
  const corrects = data !== "" && data === training.collected;
  form.elements.from.value = corrects && training.goes_on ? "" : AFRESH;
  form.elements.epochs.placeholder = corrects ? "60, in small steps" : "as the recipe says";
}
form.elements.data.addEventListener("change", suit);

document.addEventListener("train-on", async ({ detail }) => {
  openTab("runs");
  await look();
  form.elements.data.value = detail;
  suit();
  part.scrollIntoView({ block: "start" });
  start.focus();
});

// Enables the actions that the displayed run allows.
function buttons() {
  const allowed = training?.allowed && shown;
  stop.hidden = !allowed || training.running !== shown.id;
  resume.hidden = !allowed || shown.state !== "stopped" || training.running !== null;
}

document.addEventListener("run", (event) => { shown = event.detail; buttons(); });
document.addEventListener("runs", (event) => { runs = event.detail; if (!view.hidden) look(); });

function query() {
  const fields = new URLSearchParams({ data: form.elements.data.value, recipe: form.elements.recipe.value });
  for (const name of ["epochs", "validation"]) if (form.elements[name].value) fields.set(name, form.elements[name].value);
  if (form.elements.from.value !== AFRESH) fields.set("from", form.elements.from.value);
  return fields;
}

// The folder exists at once; it becomes a run when the data are open.
async function follow(id) {
  for (let i = 0; i < 100; i++) {
    const { ok, value } = await askJson("/api/runs");
    await look();
    if (ok && value.some((run) => run.id === id)) { await listRuns(); openRun(id); return; }
    if (training?.running !== id) return;
    await new Promise((done) => { setTimeout(done, 300); });
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  start.disabled = true;
  const { ok, value } = await askJson(`/api/training?${query()}`, { method: "POST" });
  note.textContent = ok ? `${value.run} begins.` : value.error;
  if (ok) await follow(value.run);
  else start.disabled = false;
});

async function change(button, what) {
  button.disabled = true;
  const id = shown.id, { ok, value } = await askJson(`/api/runs/${encodeURIComponent(id)}/${what}`, { method: "POST" });
  button.disabled = false;
  if (!ok) note.textContent = value.error;
  await look();
  await listRuns();
}
stop.addEventListener("click", () => change(stop, "stop"));
resume.addEventListener("click", () => change(resume, "resume"));

rate.addEventListener("click", async () => {
  rate.disabled = true;
  note.textContent = "Training a little at every learning rate; this takes some seconds.";
  const { ok, value } = await askJson(`/api/rate?${query()}`, { method: "POST" });
  rate.disabled = false;
  if (!ok) { note.textContent = value.error; return; }
  const place = document.getElementById("rates");
  place.hidden = false;
  rates ??= new LineChart(place, { x: "learning rate", y: "loss", words: "Loss by learning rate" });
  const first = value.points[0]?.loss ?? 0, kept = value.points.filter((point) => point.loss <= 1.5 * first);
  rates.show([{ name: "loss", colour: colourOf(0), points: kept.map((point) => [point.learning_rate, point.loss]) }], { logX: true });
  note.textContent = `The loss falls fastest below ${value.least_loss_at.toPrecision(2)}; a rate of ${value.suggested_learning_rate.toPrecision(2)} is a good first choice.`;
});
