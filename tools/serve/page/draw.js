// SPDX-License-Identifier: MIT
// draw.js: the first view: a drawing or a picture, read by one or two networks.
import { clearPad, onDrawing, putPicture, takeDrawing } from "./pad.js";
import { Network } from "./network.js";
import { site } from "./server.js";
import { openTab } from "./tabs.js";
import { listRuns } from "./list.js";

const place = document.getElementById("networks"), said = document.getElementById("said"), card = document.getElementById("paper");
const QUIET = 500; // milliseconds without a change before a screen reader announces an answer
const networks = [];
let offered = [], served = [], shown = null;

// ---- reading ----

function readBy(network) {
  network.read(takeDrawing(network.model?.shape[0] === 3 ? 3 : 1)).then(sayLater);
}

let saying = 0;
function sayLater() {
  clearTimeout(saying);
  saying = setTimeout(() => {
    const words = networks.map((one) => one.said).filter(Boolean).join("; ");
    if (said.textContent !== words) said.textContent = words;
  }, QUIET);
}

onDrawing((anew) => {
  if (anew) for (const network of networks) network.chosen = 0;
  networks.forEach(readBy);
});
document.addEventListener("server-gone", () => { for (const network of networks) network.nothing("The server cannot be reached."); });
document.addEventListener("server-back", () => { for (const network of networks) network.choose(network.network.id, network.network.epoch); });

// Networks for drawings get a pad, others a drop area for pictures.
function fit() {
  const draws = networks.some((one) => one.model?.draws);
  const known = networks.some((one) => one.model);
  document.getElementById("drawing").hidden = known && !draws;
  document.getElementById("upload").hidden = !known || draws;
  document.getElementById("paper-title").textContent = known && !draws ? "Your picture" : "Your digit";
}

// ---- networks ----

function offer(runs) {
  offered = [...served, ...runs.filter((run) => run.network).map((run) => ({
    id: run.id, name: run.id + (run.state === "training" ? " (learning)" : ""), learning: run.state === "training" }))];
  for (const network of networks) network.offer(offered);
  document.getElementById("compare").disabled = offered.length < 2 && networks.length < 2;
}

function add(id, epoch) {
  const network = new Network(networks.length, (one) => { fit(); readBy(one); });
  networks.push(network);
  place.append(network.root);
  network.offer(offered);
  return network.choose(id, epoch);
}

const compare = document.getElementById("compare");
compare.addEventListener("click", async () => {
  if (networks.length > 1) networks.pop().root.remove();
  else await add((offered.find((one) => one.id !== networks[0].network.id) ?? offered[0]).id, "");
  const two = networks.length > 1;
  compare.setAttribute("aria-pressed", String(two));
  place.classList.toggle("two", two);
  for (const network of networks) { network.tellFilters(); readBy(network); }
});

// Request of the runs' view: this network reads the drawing from now on.
document.addEventListener("draw-against", (event) => {
  networks[0].choose(event.detail.id, event.detail.epoch);
  openTab("draw", true);
});

// ---- pictures ----

async function show(blob) {
  try {
    shown = await createImageBitmap(blob);
  } catch {
    for (const network of networks) network.nothing("That is no picture that this browser can read.");
    sayLater();
    return;
  }
  const preview = document.getElementById("preview"), scale = Math.min(1, 392 / Math.max(shown.width, shown.height));
  preview.width = Math.max(1, Math.round(shown.width * scale));
  preview.height = Math.max(1, Math.round(shown.height * scale));
  preview.getContext("2d").drawImage(shown, 0, 0, preview.width, preview.height);
  preview.hidden = false;
  putPicture(shown);
}
for (const name of ["dragenter", "dragover"])
  document.addEventListener(name, (event) => { event.preventDefault(); card.classList.add("over"); });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) card.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  event.preventDefault();
  card.classList.remove("over");
  const file = event.dataTransfer.files[0];
  if (file) show(file);
});
document.addEventListener("paste", (event) => {
  const item = [...event.clipboardData.items].find((one) => one.type.startsWith("image/"));
  if (item) show(item.getAsFile());
});
for (const input of document.querySelectorAll('input[type="file"]'))
  input.addEventListener("change", () => { if (input.files[0]) show(input.files[0]); input.value = ""; });

// ---- start ----

const about = await site;
served = about.served ? [{ id: "", name: about.served }] : [];
document.getElementById("version").textContent = about.version ? `Descender ${about.version}` : "";
document.addEventListener("runs", (event) => offer(event.detail));
offer([]);
await add("", "");
listRuns();
document.addEventListener("view", (event) => { if (event.detail === "draw") { listRuns(); networks.forEach(readBy); } });
clearPad();
