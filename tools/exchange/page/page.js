// SPDX-License-Identifier: MIT
// page.js: the drawing pad, and the answers of the network in this file.

const network = JSON.parse(document.getElementById("network").textContent);
const text = (id) => document.getElementById(id).textContent.trim();
const machine = await load(network, { plain: text("plain"), simd: text("simd") });
// For tests and for the console.
globalThis.descender = { network, machine, prepare: (picture) => prepare(machine, network, picture) };

const answer = document.getElementById("answer"), bars = document.getElementById("bars"), several = document.getElementById("several");
const seen = document.getElementById("seen"), note = document.getElementById("note"), said = document.getElementById("said");
const none = network.digits ? "no digit" : "no answer"; // the name of an answer below the threshold
let chosen = 0;

bars.append(...network.classes.map((name) => element("li", {},
  element("span", { className: "name", textContent: name }),
  element("span", { className: "track" }, element("span", { className: "fill" })),
  element("span", { className: "share", textContent: "0.0 %" }))));
document.getElementById("about").textContent = network.about;
if (!network.digits) for (const part of document.querySelectorAll(".digits")) part.remove();

function nothing(words) {
  answer.textContent = words;
  several.replaceChildren();
  seen.hidden = true;
  note.textContent = "";
  for (const item of bars.children) setBar(item, 0, false);
}

function setBar(item, share, best) {
  item.classList.toggle("best", best);
  item.querySelector(".fill").style.transform = `scaleX(${share})`;
  item.querySelector(".share").textContent = `${(100 * share).toFixed(1)} %`;
}

let saying = 0;
function say(words) {
  clearTimeout(saying);
  saying = setTimeout(() => { said.textContent = words; }, 500);
}

function read() {
  const drawing = takeDrawing(network.shape[0] === 3 ? 3 : 1);
  if (!drawing) { nothing("Draw something, or drop a picture."); return; }
  const images = prepare(machine, network, drawing);
  if (!images.length) { nothing("Nothing readable was found."); return; }
  const begun = performance.now(), answers = images.map((image) => machine.predict(image)), took = performance.now() - begun;
  const labels = answers.map((shares) => network.classes[shares.indexOf(Math.max(...shares))]);
  const refused = answers.map((shares) => Math.max(...shares) < network.below), digits = labels.filter((_, i) => !refused[i]);
  chosen = Math.min(chosen, answers.length - 1);
  const shares = answers[chosen], most = Math.max(...shares);
  if (!(most >= 0)) { nothing("The network's answer is not a number."); return; }
  const sure = `${(100 * most).toFixed(1)} %`, told = [digits.join(" ") || none,
    labels.length < 2 ? (refused[0] ? `it would be ${labels} at ${sure}` : `${sure} sure`)
      : digits.length < labels.length ? `${digits.length} of ${labels.length} marks ${digits.length === 1 ? "is a digit" : "are digits"}` : `${labels.length} digits`];
  answer.replaceChildren(element("strong", { textContent: told[0] }), told[1]);
  [...bars.children].forEach((item, i) => setBar(item, shares[i], shares[i] === most && !refused[chosen]));
  several.replaceChildren(...(labels.length < 2 ? [] : labels.map((label, i) => {
    const button = element("button", { type: "button", textContent: refused[i] ? "–" : label });
    button.setAttribute("aria-pressed", String(i === chosen));
    button.setAttribute("aria-label", `${i + 1} of ${labels.length}, ${refused[i] ? `${none}, it would be` : "read as"} ${label}`);
    button.addEventListener("click", () => { chosen = i; read(); });
    return button;
  })));
  seen.hidden = false;
  paintImage(seen, network.shape, images[chosen]);
  describe(seen, "The image that the network saw");
  note.textContent = `Answered in ${(took / images.length).toFixed(2)} ms${machine.simd ? "" : ", without SIMD"}, on this machine.`;
  say(told.join(", "));
}

onDrawing((anew) => { if (anew) chosen = 0; read(); });

async function show(blob) {
  try { putPicture(await createImageBitmap(blob)); } catch { nothing("That is no picture that this browser can read."); }
}
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => { event.preventDefault(); if (event.dataTransfer.files[0]) show(event.dataTransfer.files[0]); });
document.addEventListener("paste", (event) => {
  const item = [...event.clipboardData.items].find((one) => one.type.startsWith("image/"));
  if (item) show(item.getAsFile());
});
const input = document.querySelector('input[type="file"]');
input.addEventListener("change", () => { if (input.files[0]) show(input.files[0]); input.value = ""; });
clearPad();
document.body.classList.add("ready");
