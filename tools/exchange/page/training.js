// SPDX-License-Identifier: MIT
// training.js: the training part of the page: settings for the library, and its progress.

const lessons = JSON.parse(document.getElementById("lessons").textContent), part = (id) => document.getElementById(id);
const HOLD_OUT = 100; // with at least this many drawings, some are held out
const imageSize = network.shape.reduce((a, b) => a * b), drawn = [];
let code = null, trained = null, asking = null, files = {}, epochs = [], answering = null;
const usual = { predict: machine.predict, about: network.about, below: network.below };

part("model").value = lessons.model;
part("from").value = lessons.from;
part("drawn-class").append(...network.classes.map((name, i) => element("option", { value: i, textContent: name })));
if (network.shape.join() !== "1,28,28" || network.classes.join("") !== "0123456789") {
  part("own-digits").remove();
  document.querySelector('input[value="files"]').checked = true;
}
const choose = (value) => { document.querySelector(`input[name="images"][value="${value}"]`).checked = true; };

// ---- images ----

async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return readIdx(bytes[0] === 0x1f && bytes[1] === 0x8b ? await inflate(bytes) : bytes, file.name);
}

function describeFiles() {
  const said = [["images", files.images], ["labels", files.labels]].filter(([, file]) => file)
    .map(([what, file]) => `${file.sizes[0].toLocaleString("en")} ${what}`);
  part("files-note").textContent = said.length ? `${said.join(", ")}.` : "Choose both; .gz is fine.";
}

for (const [id, what] of [["image-file", "images"], ["label-file", "labels"]])
  part(id).addEventListener("change", async () => {
    const file = part(id).files[0];
    if (!file) return;
    choose("files");
    try { files[what] = await readFile(file); complain(""); } catch (error) { complain(error.message); }
    describeFiles();
  });

function showDrawn() {
  part("drawn").replaceChildren(...drawn.map(({ image, label }) => {
    const canvas = element("canvas", {});
    paintImage(canvas, network.shape, image);
    describe(canvas, `Drawing, ${network.classes[label]}`);
    return element("figure", {}, canvas, element("figcaption", { textContent: network.classes[label] }));
  }));
  part("remove").disabled = !drawn.length;
  part("drawn-note").textContent = drawn.length ? `${drawn.length} drawing${drawn.length > 1 ? "s" : ""}${drawn.length < HOLD_OUT ? "; all are used for training, none is held out, because they are few" : ""}.`
    : "None yet. Draw above, choose the class, add the drawing: a few of each class.";
}

part("add").addEventListener("click", () => {
  const drawing = takeDrawing(network.shape[0] === 3 ? 3 : 1), images = drawing ? prepare(machine, network, drawing) : [];
  choose("drawn");
  if (!images.length) { complain("There is no drawing to add; draw above first."); return; }
  complain("");
  drawn.push({ image: images[Math.min(chosen, images.length - 1)], label: Number(part("drawn-class").value) });
  showDrawn();
  clearPad();
});
part("remove").addEventListener("click", () => { drawn.pop(); showDrawn(); });

function data() {
  const [channels, height, width] = network.shape, from = document.querySelector('input[name="images"]:checked').value;
  if (from === "digits") return { digits: { count: Number(part("many").value), seed: 0 } };
  if (from === "drawn") {
    if (!drawn.length) throw new Error("There are no drawings yet; draw above, choose the class, and add the drawing.");
    const pixels = new Uint8Array(drawn.length * imageSize);
    drawn.forEach(({ image }, i) => pixels.set(image, i * imageSize));
    return { all: drawn.length < HOLD_OUT, data: { pixels, labels: Uint8Array.from(drawn, ({ label }) => label), shape: network.shape, classes: network.classes } };
  }
  const { images, labels } = files;
  if (!images || !labels) throw new Error("Choose both files: the images and their labels.");
  if (images.sizes.length < 3 || labels.sizes.length !== 1) throw new Error("Expected images of rows and columns, and a list of labels; are the two files swapped?");
  if (images.sizes[0] !== labels.sizes[0]) throw new Error(`${images.sizes[0]} images, but ${labels.sizes[0]} labels; choose files that belong together.`);
  const found = images.sizes.length === 3 ? [1, ...images.sizes.slice(1)] : images.sizes.slice(1);
  if (found.join() !== network.shape.join())
    throw new Error(`The images are ${found.join(" x ")}; this page's are ${channels} x ${height} x ${width}.`);
  return { data: { pixels: images.values, labels: labels.values, shape: network.shape, classes: network.classes } };
}

// ---- training ----

function complain(words) { part("wrong").textContent = words; part("wrong").hidden = !words; }

function busy(yes) {
  part("go").disabled = yes;
  part("stop").disabled = !yes;
  part("done").hidden = !yes;
}

// Starts a worker from the functions in this file; if there can be none, the page trains itself in slices.
function hand(receive) {
  try {
    const source = `${startTrainer}\n${serveTraining}\nconst take = serveTraining(startTrainer, (told) => postMessage(told));\nonmessage = (event) => take(event.data);`;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" })), worker = new Worker(address);
    URL.revokeObjectURL(address);
    worker.onmessage = (event) => receive(event.data);
    worker.onerror = (event) => { event.preventDefault(); receive({ wrong: event.message || "the worker ended" }); };
    return { send: (asked) => worker.postMessage(asked), end: () => worker.terminate() };
  } catch {
    const take = serveTraining(startTrainer, receive);
    return { send: take, end: () => {} };
  }
}

function settings() {
  const number = (id) => Number(part(id).value), from = part("from").value;
  return {
    model: part("model").value.replace(/\s+/g, " ").trim(), loss: lessons.loss, normalise: lessons.normalise, epochs: number("epochs"), batch: number("batch"),
    "learning-rate": number("rate"), seed: number("seed"), validation: number("held") / 100, optimiser: part("optimiser").value.trim(),
    augment: part("augment").value.trim() || "none", kernels: "portable", ...(from ? { from } : {}),
  };
}

part("training").addEventListener("submit", async (event) => {
  event.preventDefault();
  complain("");
  try {
    const { all, ...images } = data(), recipe = settings();
    if (all) { recipe.validation = 0; recipe.batch = Math.min(recipe.batch, drawn.length); }
    busy(true);
    part("where").textContent = "Starting";
    code ??= await inflate(decode(text("train")));
    epochs = [];
    showEpochs(recipe.validation > 0);
    part("result").hidden = true;
    part("after").hidden = true;
    part("warned").textContent = "";
    const begun = performance.now();
    asking = hand((told) => receive(told, recipe, begun));
    asking.send({ code, recipe, ...images, start: recipe.from ? await inflate(decode(text("weights"))) : null });
  } catch (error) { busy(false); part("where").textContent = ""; complain(error.message); }
});
part("stop").addEventListener("click", () => { part("stop").disabled = true; asking?.send({ stop: true }); });

let toldAt = 0;
function receive({ event, file, done, wrong }, recipe, begun) {
  const now = performance.now(), seconds = (now - begun) / 1000;
  if (event) {
    const share = (event.epoch - 1 + event.step / event.steps) / event.epochs;
    if (event.kind === "step") {
      part("done").value = share;
      part("where").textContent = `Epoch ${event.epoch} of ${event.epochs}, loss ${event.loss.toFixed(3)}, about ${Math.ceil(seconds * (1 - share) / share)} s left`;
    }
    if (event.kind === "epoch") {
      epochs.push(event);
      part("result").hidden = false;
      showEpochs(recipe.validation > 0);
      if (now > toldAt + 2000) { // often enough for screen readers
        toldAt = now;
        part("told").textContent = `Epoch ${event.epoch} of ${event.epochs}: accuracy ${percent(event.accuracy)}`;
      }
    }
    if (event.kind === "warning" && event.message) part("warned").textContent = event.message.replace(/: try .*| or look .*/, "") + ".";
    return;
  }
  asking?.end();
  asking = null;
  busy(false);
  part("where").textContent = wrong ? "" : `${done ? "Trained" : "Stopped"} after ${seconds.toFixed(1)} s.`;
  if (wrong) { complain(wrong); return; }
  trained = { file, text: recipe.model };
  showNew(recipe.validation > 0);
  part("told").textContent = part("where").textContent;
  part("result").hidden = false;
  part("after").hidden = false;
  if (part("use").getAttribute("aria-pressed") === "true") use(true);
}

// ---- progress ----

function percent(share) { return `${(100 * share).toFixed(2)} %`; }

// Shows new epochs, at most once per frame: small networks have hundreds of epochs a second.
let showing = false;
function showEpochs(held) {
  if (!epochs.length) part("rows").replaceChildren();
  if (showing) return;
  showing = true;
  requestAnimationFrame(() => { showing = false; showNew(held); });
}

function showNew(held) {
  for (const cell of document.querySelectorAll("th.held")) cell.hidden = !held;
  part("rows").append(...epochs.slice(part("rows").rows.length).map((one) => element("tr", {}, ...[one.epoch, one.loss.toFixed(4), (100 * one.accuracy).toFixed(2),
    ...(held ? [one.validationLoss.toFixed(4), (100 * one.validationAccuracy).toFixed(2)] : [])].map((words) => element("td", { textContent: words })))));
  part("rows").closest(".table").scrollTop = part("rows").offsetHeight;
  part("charts").replaceChildren(chart("Loss", (one) => one.loss, (one) => one.validationLoss, held, (value) => value.toPrecision(2)),
    chart("Accuracy", (one) => one.accuracy, (one) => one.validationAccuracy, held, (value) => `${Math.round(100 * value)} %`));
}

function shape(name, properties, words = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value);
  made.textContent = words;
  return made;
}

function chart(title, learned, other, held, format) {
  const width = 240, height = 170, left = 44, right = 10, top = 26, bottom = 24;
  const picture = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" }), lines = [[learned, "learned"], ...(held ? [[other, "held"]] : [])];
  const values = lines.flatMap(([of]) => epochs.map(of)).filter(Number.isFinite);
  const low = title === "Loss" ? 0 : Math.min(...values, 0.9), high = title === "Loss" ? Math.max(...values, 0.01) : 1;
  const x = (i) => left + (width - left - right) * (epochs.length > 1 ? i / (epochs.length - 1) : 0.5);
  const y = (value) => top + (height - top - bottom) * (high - value) / (high - low);
  picture.append(shape("text", { x: 0, y: 14 }, title));
  for (const value of [low, high]) picture.append(shape("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), class: "axis" }),
    shape("text", { x: left - 5, y: y(value) + 4, "text-anchor": "end" }, format(value)));
  picture.append(shape("text", { x: width - right, y: height - 6, "text-anchor": "end" }, `epoch ${epochs.length}`));
  for (const [of, name] of lines) {
    const points = epochs.map((one, i) => [x(i), y(of(one))]).filter(([, value]) => Number.isFinite(value));
    if (!points.length) continue;
    picture.append(shape("polyline", { points: points.map((one) => one.map((n) => n.toFixed(1)).join()).join(" "), class: name }));
    const [endX, endY] = points[points.length - 1];
    picture.append(shape("circle", { cx: endX, cy: endY, r: 3.5, class: name }));
  }
  let from = width - right;
  for (const [, name] of [...lines].reverse()) {
    const words = name === "held" ? "held out" : "trained on";
    picture.append(shape("text", { x: from, y: 14, "text-anchor": "end", class: name }, words));
    from -= 8 + 6.6 * words.length;
  }
  const last = epochs[epochs.length - 1];
  picture.setAttribute("aria-label", last ? `${title} by epoch; at the end ${format(learned(last))}${held ? `, of what is held out ${format(other(last))}` : ""}` : title);
  return picture;
}

// ---- the trained network ----

async function use(yes) {
  part("use").setAttribute("aria-pressed", String(yes));
  if (yes) {
    answering ??= await startTrainer(code);
    answering.take(trained.file, imageSize, network.classes.length);
    machine.predict = (image) => answering.predict(image);
  } else { machine.predict = usual.predict; }
  network.below = yes ? 0 : usual.below; // a threshold belongs to the network for which it was chosen
  part("about").textContent = yes ? `${trained.text}; trained in this page.` : usual.about;
  read();
}
part("use").addEventListener("click", () => use(part("use").getAttribute("aria-pressed") !== "true"));

part("save").addEventListener("click", () => {
  const address = URL.createObjectURL(new Blob([trained.file], { type: "application/octet-stream" }));
  element("a", { href: address, download: "trained.safetensors" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
});
globalThis.descender.trained = () => trained; // for tests
