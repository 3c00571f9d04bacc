// SPDX-License-Identifier: MIT
// found.js: each digit found in a picture: its box, its image and the answer, which can be corrected; and
// keeping the corrected digits, if the server collects.
import { askJson } from "./server.js";
import { percent } from "./network.js";
import { bytes, describe, element, paintImage } from "./paint.js";

const card = document.getElementById("found"), page = document.getElementById("drawn"), photo = document.getElementById("photo"), boxes = document.getElementById("boxes");
const list = document.getElementById("found-list"), note = document.getElementById("found-note"), keep = document.getElementById("keep");
const kept = document.getElementById("kept"), how = document.getElementById("collection"), goOn = document.getElementById("go-on");
const SIDE_MOST = 1200;  // largest side of the displayed picture in pixels
const NONE = "";         // the value of "no digit"; no class has an empty name
let shown = null;        // { key, classes, address, marks, places: [{ box, item, select, said, mark, label, share }] }
let painted = null, collection = { collects: false }, wasKept = "", noun = "digit", refusal = "no digit";

// The digits that were read, without those that are no digit.
function labelOf(mark) { return mark.refused ? NONE : mark.label; }

// "One digit", "7 digits"; other networks see whole pictures.
function count(n) { return n === 1 ? `One ${noun}` : `${n.toLocaleString("en")} ${noun}s`; }

// ---- the picture ----

function paintPicture({ source, width, height }) {
  const scale = Math.min(1, SIDE_MOST / Math.max(width, height));
  photo.width = Math.max(1, Math.round(width * scale));
  photo.height = Math.max(1, Math.round(height * scale));
  photo.parentElement.style.maxWidth = `${Math.max(photo.width, Math.min(392, 8 * photo.width))}px`;
  photo.getContext("2d").drawImage(source, 0, 0, photo.width, photo.height);
}

function makeBox(digit, { width, height }) {
  const box = element("span", { className: "box" }, element("b", {}));
  box.style.left = `${100 * digit.left / width}%`;
  box.style.top = `${100 * digit.top / height}%`;
  box.style.width = `${100 * digit.width / width}%`;
  box.style.height = `${100 * digit.height / height}%`;
  box.classList.toggle("below", digit.top < height / 8); // no room above it
  return box;
}

// ---- the digits ----

function makePlace(digit, i, count, classes, drawing) {
  const picture = element("canvas", { className: "seen" }), said = element("p", { className: "said" });
  const select = element("select", {}, ...classes.map((name) => element("option", { value: name, textContent: name })),
    element("option", { value: NONE, textContent: noun === "digit" ? "no digit" : "leave it out" }));
  const item = element("li", {}, picture, said, element("label", {}, element("span", { textContent: "It is " }), select));
  const place = { box: makeBox(digit, drawing), item, select, said, label: null };
  paintImage(picture, digit.shape, bytes(digit.seen));
  describe(picture, `Image ${i + 1} of ${count}, as the network saw it`);
  select.addEventListener("change", () => { tellPlace(place, i); tellKeep(); });
  for (const [event, on] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]])
    item.addEventListener(event, () => place.box.classList.toggle("chosen", on));
  return place;
}

// Shows the answer, perhaps a new one for the same image, and the user's correction.
function tellPlace(place, i) {
  const { label, mark, share, select } = place, corrected = select.value !== label, none = select.value === NONE;
  const words = label === NONE ? refusal : label;
  place.said.replaceChildren(element("strong", { textContent: words, className: words.length > 2 ? "name" : "" }),
    label === NONE ? ` (${mark.label} at ${percent(share)})` : ` ${percent(share)}`);
  place.box.firstChild.textContent = none ? "–" : select.value;
  for (const one of [place.item, place.box]) {
    one.classList.toggle("corrected", corrected);
    one.classList.toggle("none", none);
  }
  select.setAttribute("aria-label", label === NONE ? `Image ${i + 1}, ${refusal}: it would be ${mark.label}, ${Math.round(100 * share)} percent sure. It is`
    : `Image ${i + 1}, read as ${label}, ${Math.round(100 * share)} percent sure. It is`);
}

function tell({ network, answer, drawing }) {
  noun = network.model.prepares ? "digit" : "picture";
  refusal = network.refusal();
  const { marks } = answer, key = [answer.count, ...marks.map((one) => `${one.left},${one.top},${one.seen}`)].join("\n");
  const classes = network.model.classes;
  if (!shown || shown.key !== key || shown.classes !== classes.join("\n")) {
    shown = { key, classes: classes.join("\n"), places: marks.map((mark, i) => makePlace(mark, i, marks.length, classes, drawing)) };
    list.replaceChildren(...shown.places.map((one) => one.item));
    boxes.replaceChildren(...shown.places.map((one) => one.box));
    kept.textContent = "";
    painted = null;
  }
  const whole = network.model.prepares && (drawing.isPicture || marks.length > 1);
  photo.parentElement.hidden = !whole;
  page.classList.toggle("wide", whole && drawing.isPicture);
  if (whole && painted !== drawing.pixels) paintPicture(drawing);
  painted = drawing.pixels;
  marks.forEach((mark, i) => {
    const place = shown.places[i], untouched = place.label === null || place.select.value === place.label;
    place.mark = mark;
    place.label = labelOf(mark);
    place.share = Math.max(...mark.probabilities);
    if (untouched) place.select.value = place.label;
    tellPlace(place, i);
  });
  shown.address = network.address();
  shown.marks = marks;
  const read = marks.filter((one) => !one.refused);
  describe(photo, `The picture, with ${read.length} ${noun}${read.length === 1 ? "" : "s"}: ${read.map((one) => one.label).join(", ")}`);
  const more = answer.count > marks.length ? [`the first ${marks.length} of ${answer.count} are shown`] : [];
  note.textContent = [...more, ...answer.remarks].map((words) => `${words[0].toUpperCase()}${words.slice(1)}.`).join(" ");
  card.hidden = false;
  tellKeep();
}

document.addEventListener("answer", ({ detail }) => {
  if (detail.network.number) return; // the first of two networks
  if (detail.answer) tell(detail);
  else { card.hidden = true; shown = null; page.classList.remove("wide"); }
});

// ---- keeping ----

function wanted() {
  return shown.places.map((place, i) => ({ image: shown.marks[i].seen, label: place.select.value })).filter((one) => one.label !== NONE);
}

function tellKeep() {
  const { collects, folder, command } = collection;
  keep.hidden = !collects;
  how.replaceChildren(...(!collects ? ["Corrections are lost with the picture. To keep them as a data set to train on, start the server with ",
    element("code", { textContent: "descender serve --collect corrections" }), "."]
    : [`${count(collection.count)} ${collection.count === 1 ? "is" : "are"} collected in ${folder}.`,
      ...(command ? [" To train on them: ", element("code", { textContent: command })] : [])]));
  goOn.hidden = !collects || !command;
  if (!shown) return;
  const digits = wanted(), refused = shown.marks.filter((one) => one.refused).length, corrected = shown.places.filter((one) => one.select.value !== one.label).length;
  keep.textContent = digits.length === 1 ? `Keep this ${noun}` : `Keep these ${digits.length} ${noun}s`;
  keep.disabled = digits.length === 0 || wasKept === JSON.stringify(digits);
  document.getElementById("found-title").textContent = noun !== "digit" ? (corrected ? "Corrected" : "Is it right?")
    : (shown.marks.length > refused ? count(shown.marks.length - refused) : "No digit") + " found" +
      (refused ? `, ${refused} ${refused === 1 ? "mark is no digit" : "marks are no digits"}` : "") + (corrected ? `, ${corrected} corrected` : "");
}

async function look() {
  const { ok, value } = await askJson("/api/collection");
  if (ok) collection = value;
  tellKeep();
}

keep.addEventListener("click", async () => {
  const digits = wanted();
  keep.disabled = true;
  const { ok, value } = await askJson(`/api/collection?${shown.address}`, { method: "POST", body: JSON.stringify({ digits }) });
  if (ok) wasKept = JSON.stringify(digits);
  kept.textContent = ok ? `${count(value.kept)} ${value.kept === 1 ? "is" : "are"} kept.` : `Nothing was kept: ${value.error}.`;
  await look();
});
goOn.addEventListener("click", () => document.dispatchEvent(new CustomEvent("train-on", { detail: collection.folder })));
document.addEventListener("server-back", look);
look();
