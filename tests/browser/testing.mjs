// SPDX-License-Identifier: MIT
// testing.mjs: helpers for the tests in a browser. DESCENDER_PLAYWRIGHT is the folder where playwright-core and
// axe-core are installed; CHROMIUM is the browser.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const installed = createRequire(`${process.env.DESCENDER_PLAYWRIGHT}/`);
const { chromium } = installed("playwright-core");
export const axe = readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8");

export function launch(...more) {
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", ...more] });
}

let failures = 0;
export function check(name, good, found) {
  console.log(good ? `ok - ${name}` : `not ok - ${name}${found === undefined ? "" : `: found ${JSON.stringify(found)}`}`);
  if (!good) failures++;
}
export function failed() { return failures > 0; }

// ---- strokes, in a square of side 1 ----
function arc(x, y, rx, ry, from, to) {
  const points = [];
  for (let i = 0; i <= 16; i++) {
    const a = (from + (to - from) * i / 16) * Math.PI / 180;
    points.push([x + rx * Math.cos(a), y + ry * Math.sin(a)]);
  }
  return points;
}
export const digits = [
  [arc(0.5, 0.5, 0.27, 0.38, -80, 285)],
  [[[0.42, 0.25], [0.53, 0.14], [0.5, 0.86]]],
  [[...arc(0.5, 0.34, 0.23, 0.22, 190, 380), [0.27, 0.85], [0.78, 0.85]]],
  [[...arc(0.47, 0.31, 0.24, 0.19, 210, 440), ...arc(0.47, 0.69, 0.27, 0.2, 280, 500)]],
  [[[0.4, 0.13], [0.24, 0.58], [0.77, 0.58]], [[0.63, 0.36], [0.6, 0.87]]],
  [[[0.36, 0.14], [0.32, 0.46], ...arc(0.47, 0.65, 0.25, 0.21, 240, 500)], [[0.36, 0.14], [0.73, 0.13]]],
  [[...arc(0.72, 0.53, 0.44, 0.42, 250, 180), ...arc(0.49, 0.66, 0.21, 0.2, 180, 540)]],
  [[[0.24, 0.15], [0.77, 0.15], [0.44, 0.87]]],
  [[...arc(0.5, 0.31, 0.18, 0.18, 90, 450), ...arc(0.5, 0.68, 0.22, 0.19, 270, 630)]],
  [[...arc(0.5, 0.33, 0.21, 0.2, 0, 360), [0.67, 0.87]]],
];
