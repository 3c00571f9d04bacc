// SPDX-License-Identifier: MIT
// pad.js: the drawing pad: mouse, pen, touch, keys, and pictures placed on it.

const pad = document.getElementById("pad"), cursor = document.getElementById("cursor"), pen = document.getElementById("pen");
const paper = pad.getContext("2d", { willReadFrequently: true });
const SIDE_MOST = 2048;  // largest side in pixels that the server accepts
const strokes = [];      // each with its points [x, y] and its pen width
let picture = null;      // drawn under the strokes
let changed = () => {};

export function onDrawing(listener) { changed = listener; }

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

function update(anew) { redraw(); changed(anew); }
redraw();

// ---- mouse, pen, finger ----

function place(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height];
}

let drawing = null;
pad.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  pad.setPointerCapture(event.pointerId);
  drawing = { pen: Number(pen.value), points: [place(event)] };
  strokes.push(drawing);
  lift();
  cursor.hidden = true;
  update(true);
});
pad.addEventListener("pointermove", (event) => {
  if (!drawing) return;
  const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [event];
  for (const one of events.length ? events : [event]) drawing.points.push(place(one));
  update(false);
});
for (const end of ["pointerup", "pointercancel"]) pad.addEventListener(end, () => { drawing = null; update(false); });

export function clearPad() {
  strokes.length = 0;
  picture = null;
  lift();
  update(true);
}
document.getElementById("clear").addEventListener("click", clearPad);
document.getElementById("undo").addEventListener("click", () => { strokes.pop(); lift(); update(true); });

// ---- keys: arrows move a cursor, the space bar sets the pen down and lifts it ----

const STEP = 14;
let at = [pad.width / 2, pad.height / 4], line = null;

function lift() { line = null; cursor.classList.remove("down"); }

function showCursor() {
  cursor.hidden = false;
  cursor.style.left = `${100 * at[0] / pad.width}%`;
  cursor.style.top = `${100 * at[1] / pad.height}%`;
  cursor.classList.toggle("down", line !== null);
}

function move(x, y) {
  at = [Math.max(0, Math.min(pad.width, at[0] + x * STEP)), Math.max(0, Math.min(pad.height, at[1] + y * STEP))];
  if (line) line.points.push([...at]);
  showCursor();
  if (line) update(false);
}

function setPen() {
  if (line) lift();
  else strokes.push(line = { pen: Number(pen.value), points: [[...at]] });
  showCursor();
  update(line !== null);
}

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

function drawExample(digit) {
  strokes.length = 0;
  picture = null;
  lift();
  for (const points of examples[digit])
    strokes.push({ pen: 30, points: points.map(([x, y]) => [x * pad.width, y * pad.height]) });
  update(true);
}

const keys = {
  ArrowLeft: () => move(-1, 0), ArrowRight: () => move(1, 0), ArrowUp: () => move(0, -1), ArrowDown: () => move(0, 1),
  " ": setPen, Enter: setPen, Escape: clearPad, Backspace: () => { strokes.pop(); lift(); update(true); },
};
pad.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key >= "0" && event.key <= "9") drawExample(Number(event.key));
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
});
pad.addEventListener("blur", () => { lift(); cursor.hidden = true; });

// ---- pictures ----

export function putPicture(image) {
  strokes.length = 0;
  picture = image;
  update(true);
}

// A picture is read at its own resolution, up to the server's limit, not as shown on the pad. Null: the pad
// is empty. `channels` 1 or 3.
export function takeDrawing(channels) {
  if (!strokes.length && !picture) return null;
  let source = pad, context = paper, scale = 1;
  if (picture && !strokes.length) {
    scale = Math.min(1, (channels === 3 ? SIDE_MOST / 2 : SIDE_MOST) / Math.max(picture.width, picture.height));
    source = document.createElement("canvas");
    source.width = Math.max(1, Math.round(picture.width * scale));
    source.height = Math.max(1, Math.round(picture.height * scale));
    context = source.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, source.width, source.height);
    context.drawImage(picture, 0, 0, source.width, source.height);
  }
  const from = context.getImageData(0, 0, source.width, source.height).data, count = source.width * source.height;
  const pixels = new Uint8Array(channels * count);
  for (let i = 0; i < count; i++)
    if (channels === 3) pixels.set(from.subarray(4 * i, 4 * i + 3), 3 * i);
    else pixels[i] = (299 * from[4 * i] + 587 * from[4 * i + 1] + 114 * from[4 * i + 2] + 500) / 1000;
  // `source` is the image to show: in colour if the picture has colour.
  return { pixels, channels, width: source.width, height: source.height, scale, source: source === pad ? pad : picture, isPicture: source !== pad };
}
