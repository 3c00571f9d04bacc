// draw.js: the drawing pad, and what the server says of it. No library, no inline code.
"use strict";

const pad = document.getElementById("pad");
const paper = pad.getContext("2d", { willReadFrequently: true });
const strokes = [];      // each an array of points [x, y], with its width
let picture = null;      // a dropped image, under the strokes
let chosen = 0;          // of several digits the one whose layers are shown
let classes = [];
let busy = false, again = false;

// ---- drawing ----

function redraw() {
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, pad.width, pad.height);
  if (picture) {
    const scale = Math.min(pad.width / picture.width, pad.height / picture.height);
    const width = picture.width * scale, height = picture.height * scale;
    paper.drawImage(picture, (pad.width - width) / 2, (pad.height - height) / 2, width, height);
  }
  paper.lineCap = paper.lineJoin = "round";
  paper.strokeStyle = "#111";
  for (const stroke of strokes) {
    paper.lineWidth = stroke.pen;
    paper.beginPath();
    stroke.points.forEach(([x, y], i) => i ? paper.lineTo(x, y) : paper.moveTo(x, y));
    if (stroke.points.length === 1) paper.lineTo(stroke.points[0][0] + 0.1, stroke.points[0][1]);
    paper.stroke();
  }
}

function place(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height];
}

let drawing = null;
pad.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  pad.setPointerCapture(event.pointerId);
  drawing = { pen: Number(document.getElementById("pen").value), points: [place(event)] };
  strokes.push(drawing);
  chosen = 0;
  redraw();
  ask();
});
pad.addEventListener("pointermove", (event) => {
  if (!drawing) return;
  const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [event];
  for (const one of events.length ? events : [event]) drawing.points.push(place(one));
  redraw();
  ask();
});
for (const end of ["pointerup", "pointercancel"])
  pad.addEventListener(end, () => { drawing = null; ask(); });

function clearPad() {
  strokes.length = 0;
  picture = null;
  chosen = 0;
  redraw();
  ask();
}
document.getElementById("clear").addEventListener("click", clearPad);
document.getElementById("undo").addEventListener("click", () => { strokes.pop(); redraw(); ask(); });

// ---- examples for those who do not draw ----

function arc(x, y, rx, ry, from, to) {
  const points = [];
  for (let i = 0; i <= 24; i++) {
    const angle = (from + (to - from) * i / 24) * Math.PI / 180;
    points.push([x + rx * Math.cos(angle), y + ry * Math.sin(angle)]);
  }
  return points;
}
const examples = [
  [arc(0.5, 0.5, 0.28, 0.4, -90, 275)],
  [[[0.4, 0.24], [0.54, 0.12], [0.5, 0.88]]],
  [[...arc(0.5, 0.33, 0.24, 0.22, 200, 380), [0.26, 0.86], [0.78, 0.86]]],
  [[...arc(0.47, 0.31, 0.23, 0.2, 210, 440), ...arc(0.47, 0.69, 0.26, 0.2, 280, 500)]],
  [[[0.4, 0.12], [0.24, 0.58], [0.78, 0.58]], [[0.64, 0.36], [0.6, 0.88]]],
  [[[0.72, 0.13], [0.36, 0.13], [0.32, 0.46], ...arc(0.47, 0.65, 0.25, 0.22, 240, 500)]],
  [[...arc(0.72, 0.53, 0.44, 0.44, 250, 180), ...arc(0.49, 0.66, 0.21, 0.21, 180, 540)]],
  [[[0.24, 0.14], [0.76, 0.14], [0.44, 0.88]]],
  [[...arc(0.5, 0.31, 0.18, 0.19, 90, 450), ...arc(0.5, 0.69, 0.22, 0.2, 270, 630)]],
  [[...arc(0.5, 0.33, 0.21, 0.21, 0, 360), [0.66, 0.88]]],
];
pad.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key >= "0" && event.key <= "9") {
    clearPad();
    for (const line of examples[Number(event.key)])
      strokes.push({ pen: 30, points: line.map(([x, y]) => [x * pad.width, y * pad.height]) });
    redraw();
    ask();
  } else if (event.key === "Escape") {
    clearPad();
  } else if (event.key === "Backspace") {
    strokes.pop();
    redraw();
    ask();
  } else return;
  event.preventDefault();
});

// ---- images ----

async function show(blob) {
  try {
    const image = await createImageBitmap(blob);
    strokes.length = 0;
    chosen = 0;
    picture = image;
    redraw();
    ask();
  } catch {
    say("That is no image that this browser can read.");
  }
}
const card = document.getElementById("paper");
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
document.getElementById("file").addEventListener("change", (event) => { if (event.target.files[0]) show(event.target.files[0]); });

// ---- asking ----

// A photo is read from its own pixels, up to the server's limit, not from what the pad shows of it.
function greys() {
  let source = pad, context = paper, scale = 1;
  if (picture && !strokes.length) {
    scale = Math.min(1, 2048 / Math.max(picture.width, picture.height));
    source = document.createElement("canvas");
    source.width = Math.max(1, Math.round(picture.width * scale));
    source.height = Math.max(1, Math.round(picture.height * scale));
    context = source.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, source.width, source.height);
    context.drawImage(picture, 0, 0, source.width, source.height);
  }
  const pixels = context.getImageData(0, 0, source.width, source.height).data;
  const grey = new Uint8Array(source.width * source.height);
  for (let i = 0; i < grey.length; i++)
    grey[i] = (299 * pixels[4 * i] + 587 * pixels[4 * i + 1] + 114 * pixels[4 * i + 2] + 500) / 1000;
  return { grey, width: source.width, height: source.height, scale };
}

async function ask() {
  if (busy) { again = true; return; }  // the newest drawing counts, not each on the way
  busy = true;
  do {
    again = false;
    if (!strokes.length && !picture) { nothing("Draw something."); break; }
    const { grey, width, height, scale } = greys();
    try {
      const response = await fetch(`/api/read?width=${width}&height=${height}&digit=${chosen}`, { method: "POST", body: grey });
      const answer = await response.json();
      if (!response.ok) throw new Error(answer.error);
      answer.remarks = [answer.remark, scale < 1 ? `the picture was made smaller, to ${width} x ${height} pixels` : ""].filter(Boolean);
      if (answer.count) tell(answer); else nothing(answer.why || "Nothing was found.");
    } catch (problem) {
      nothing(`The server does not answer: ${problem.message}`);
    }
  } while (again);
  busy = false;
}

// ---- telling ----

const bars = document.getElementById("bars");
function makeBars() {
  bars.replaceChildren(...classes.map((name) => {
    const item = document.createElement("li");
    const label = document.createElement("span"), track = document.createElement("span"), fill = document.createElement("span"), share = document.createElement("span");
    label.textContent = name;
    track.className = "track";
    fill.className = "fill";
    share.className = "share";
    share.textContent = "0.0 %";
    track.append(fill);
    item.append(label, track, share);
    return item;
  }));
}

function say(text) { document.getElementById("answer").textContent = text; }
function nothing(text) {
  say(text);
  for (const item of bars.children) setBar(item, 0, false);
  document.getElementById("several").replaceChildren();
  document.getElementById("layers").replaceChildren();
  document.getElementById("speed").textContent = "";
  for (const name of ["seen", "saliency"]) document.getElementById(name).getContext("2d").clearRect(0, 0, 28, 28);
}
function setBar(item, share, best) {
  item.classList.toggle("best", best);
  item.querySelector(".fill").style.transform = `scaleX(${share})`;
  item.querySelector(".share").textContent = `${(100 * share).toFixed(1)} %`;
}

function tell(answer) {
  const index = Math.min(chosen, answer.digits.length - 1), digit = answer.digits[index];
  const most = Math.max(...digit.probabilities), line = document.getElementById("answer");
  const strong = document.createElement("strong");
  strong.textContent = answer.count > 1 ? answer.digits.map((one) => one.label).join(" ") : digit.label;
  line.replaceChildren(strong, answer.count > 1 ? `${answer.count} digits` : `${(100 * most).toFixed(1)} % sure`);
  digit.probabilities.forEach((share, i) => { if (bars.children[i]) setBar(bars.children[i], share, share === most); });
  tellSeveral(answer, index);
  paint(document.getElementById("seen"), 28, 28, bytes(digit.seen), grey);
  if (digit.saliency) paint(document.getElementById("saliency"), 28, 28, bytes(digit.saliency), heat);
  const said = [`Answered in ${answer.milliseconds.toFixed(2)} ms`, ...answer.remarks];
  document.getElementById("speed").textContent = `${said.join("; ")}.`;
  if (digit.layers) tellLayers(digit.layers);
}

function tellSeveral(answer, index) {
  const group = document.getElementById("several");
  if (answer.count < 2) { group.replaceChildren(); return; }
  group.replaceChildren(...answer.digits.map((one, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = one.label;
    button.setAttribute("aria-pressed", String(i === index));
    button.setAttribute("aria-label", `Digit ${i + 1} of ${answer.count}, read as ${one.label}`);
    button.addEventListener("click", () => { chosen = i; ask(); });
    return button;
  }));
}

function bytes(text) { return Uint8Array.from(atob(text), (c) => c.charCodeAt(0)); }
const grey = (v) => [v, v, v];
const heat = (v) => [Math.min(255, 20 + v * 1.6), 20 + v * 0.62, 24 + v * 0.1];
const two = (v) => v < 128 ? [40 + (128 - v) * 0.2, 40 + (128 - v) * 0.9, 40 + (128 - v) * 1.6] : [40 + (v - 128) * 1.65, 40 + (v - 128) * 0.85, 40];
function paint(canvas, width, height, values, colour, columns = 1, maps = 1) {
  const rows = Math.ceil(maps / columns), gap = maps > 1 ? 1 : 0;
  canvas.width = columns * (width + gap) - gap;
  canvas.height = rows * (height + gap) - gap;
  const context = canvas.getContext("2d"), image = context.createImageData(canvas.width, canvas.height);
  for (let m = 0; m < maps; m++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const at = 4 * (((m / columns | 0) * (height + gap) + y) * canvas.width + (m % columns) * (width + gap) + x);
        const [r, g, b] = colour(values[(m * height + y) * width + x]);
        image.data[at] = r; image.data[at + 1] = g; image.data[at + 2] = b; image.data[at + 3] = 255;
      }
  context.putImageData(image, 0, 0);
}

function tellLayers(layers) {
  const list = document.getElementById("layers");
  while (list.children.length > layers.length) list.lastChild.remove();
  layers.forEach((layer, i) => {
    let item = list.children[i];
    if (!item) {
      item = document.createElement("div");
      item.className = "layer";
      item.append(document.createElement("h3"), document.createElement("canvas"));
      list.append(item);
    }
    const maps = layer.width > 1 || layer.height > 1, note = document.createElement("span");
    note.textContent = maps ? `${layer.channels} maps of ${layer.height} x ${layer.width}` : `${layer.channels} units`;
    if (layer.shown < layer.channels) note.textContent += `, the first ${layer.shown}`;
    item.firstChild.replaceChildren(layer.name, note);
    const canvas = item.lastChild, colour = layer.signed ? two : grey;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${layer.name}: ${note.textContent}`);
    const columns = maps ? (innerWidth < 600 ? 4 : innerWidth < 1000 ? 8 : 16) : Math.min(layer.shown, innerWidth < 600 ? 32 : 64);
    paint(canvas, maps ? layer.width : 1, maps ? layer.height : 1, bytes(layer.values), colour, columns, layer.shown);
    canvas.style.width = `${canvas.width * (maps ? Math.max(1, Math.min(2, Math.round(56 / layer.width))) : 8)}px`;
  });
}

// ---- beginning ----

async function begin() {
  redraw();
  try {
    const model = await (await fetch("/api/model")).json();
    classes = model.classes;
    makeBars();
    document.getElementById("model").textContent =
      `${model.name}: ${model.text}; ${model.parameters.toLocaleString("en")} parameters. Descender ${model.version}.` +
      (model.prepares ? "" : " It was not trained on prepared digits: a drawing is scaled whole to 28 x 28.");
  } catch {
    say("The server does not answer.");
  }
}
begin();
