// SPDX-License-Identifier: MIT
// history.js: a run's network at some of its epochs: weights, confusion, embedding and mistakes, with a
// slider.
import { askJson } from "./server.js";
import { paintMaps, signed } from "./maps.js";
import { bytes, describe, element, paintImage } from "./paint.js";
import { ScatterChart } from "./charts.js";

const part = document.getElementById("history"), slider = document.getElementById("history-epoch"), output = document.getElementById("history-at");
const embedding = new ScatterChart(document.getElementById("embedding"), "Where images lie in the last hidden layer");
let run = null, names = [], networks = [], follows = true, drawn = "";

export function openHistory(id) {
  run = id;
  names = [];
  follows = true;
  drawn = "";
  part.hidden = true;
}

// Refreshes the list of snapshots; shows the newest unless another is selected.
export async function updateHistory() {
  const id = run, { ok, value } = await askJson(`/api/runs/${encodeURIComponent(id)}/snapshots`);
  if (!ok || run !== id) return;
  const now = value.at(-1)?.name === "now";
  names = value.map((one) => one.name);
  networks = value.map((one) => one.network);
  part.hidden = names.length === 0;
  if (!names.length) return;
  slider.max = String(names.length - 1);
  if (follows) slider.value = slider.max;
  await show(now && follows);
}

slider.addEventListener("input", () => {
  follows = Number(slider.value) === names.length - 1;
  show(false);
});

// A file rewritten under the same name ("now") is displayed again.
async function show(again) {
  const id = run, at = Number(slider.value), name = names[at];
  if (!again && drawn === `${id} ${name}`) return;
  const { ok, value } = await askJson(`/api/runs/${encodeURIComponent(id)}/snapshots/${name}`);
  if (!ok || run !== id || Number(slider.value) !== at) return;
  drawn = `${id} ${name}`;
  const words = value.epoch === 0 ? "before training" : `after ${name === "now" ? value.epoch.toFixed(1) : value.epoch} epochs`;
  output.textContent = words;
  slider.setAttribute("aria-valuetext", words);
  const images = `${value.count} ${value.of === "held-out" ? "held-out images" : "training images"}`;
  document.getElementById("history-note").textContent =
    `${(100 * value.accuracy).toFixed(1)} % of ${images} are read right.` + (value.of === "held-out" ? "" : " Held-out images (--validation 0.1) would say more.");
  tellConfusion(value);
  tellMistakes(value, images);
  tellEmbedding(value);
  await tellWeights(id, name, networks[at]);
}

function tellConfusion({ confusion, classes }) {
  const place = document.getElementById("confusion");
  document.getElementById("confusion-part").hidden = !confusion;
  if (!confusion) return;
  const heads = classes.map((name) => element("th", { scope: "col", textContent: name }));
  const rows = confusion.map((row, i) => {
    const all = Math.max(1, row.reduce((a, b) => a + b, 0));
    return element("tr", {}, element("th", { scope: "row", textContent: classes[i] }), ...row.map((count, k) => {
      const share = Math.sqrt(count / all), cell = element("td", { textContent: count ? String(count) : "" });
      cell.className = i === k ? "right" : "wrong";
      cell.style.setProperty("--share", `${Math.round(60 * share)}%`);
      if (count) cell.title = i === k ? `${count} of ${all} that are ${classes[i]} are read right` : `${count} of ${all} that are ${classes[i]} are read as ${classes[k]}`;
      return cell;
    }));
  });
  place.replaceChildren(element("thead", {}, element("tr", {}, element("th", { scope: "col", textContent: "is \\ read as" }), ...heads)), element("tbody", {}, ...rows));
}

function tellMistakes({ mistakes }, images) {
  document.getElementById("mistakes-note").textContent = mistakes.all
    ? `${mistakes.all} of ${images} are read wrongly. The most confident mistakes:` : `None of ${images} is read wrongly.`;
  document.getElementById("mistakes").replaceChildren(...mistakes.list.map((one) => {
    const canvas = element("canvas", {});
    paintImage(canvas, [one.channels, one.height, one.width], one.pixels);
    const words = `is ${one.label}, read as ${one.prediction ?? "nothing"}`;
    describe(canvas, `Image ${one.sample}: ${words}`);
    return element("figure", {}, canvas, element("figcaption", { textContent: `${words} (${Math.round(100 * one.confidence)} % sure)` }));
  }));
}

function tellEmbedding({ places, classes }) {
  document.getElementById("embedding-part").hidden = !places;
  if (!places) return;
  const groups = classes.map((name) => ({ name, points: [] }));
  places.x.forEach((x, i) => {
    const label = places.labels[i], answer = places.answers[i], wrong = label !== answer;
    groups[label].points.push([x, places.y[i], wrong ? `is ${classes[label]}, read as ${classes[answer] ?? "nothing"}` : classes[label], wrong]);
  });
  embedding.show(groups);
  document.getElementById("embedding-note").textContent =
    `The images in the last hidden layer, along the two directions with the most variance (${Math.round(100 * (places.share[0] + places.share[1]))} %). ` +
    "A point with a rim is read wrongly.";
}

async function tellWeights(id, name, there) {
  const place = document.getElementById("weights-part");
  document.getElementById("draw-against").hidden = !there;
  const { ok, value } = there ? await askJson(`/api/model?network=${encodeURIComponent(id)}&epoch=${name}`) : { ok: false };
  if (run !== id) return;
  const filters = ok ? value.filters : null;
  place.hidden = !filters;
  if (!filters) return;
  const canvas = document.getElementById("weights"), room = place.clientWidth || 600, wanted = filters.width > 8 ? 72 : 44;
  const columns = Math.max(2, Math.min(filters.shown, Math.floor(room / (wanted + 3))));
  paintMaps(canvas, filters.width, filters.height, bytes(filters.values), signed, columns, filters.shown);
  canvas.style.width = `${Math.round(canvas.width * wanted / filters.width)}px`;
  const words = `Weights of the first layer, ${filters.shown} of ${filters.all}`;
  describe(canvas, words);
  document.getElementById("weights-note").textContent = `${words}: orange is above zero, blue below.`;
}

document.getElementById("draw-against").addEventListener("click", () => {
  const name = names[Number(slider.value)], newest = Number(slider.value) === names.length - 1;
  document.dispatchEvent(new CustomEvent("draw-against", { detail: { id: run, epoch: newest ? "" : name } }));
});
