// SPDX-License-Identifier: MIT
// testing.mjs: what the tests in a browser share. DESCENDER_PLAYWRIGHT is the folder in which playwright-core and axe-core are
// installed, CHROMIUM the browser.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const installed = createRequire(`${process.env.DESCENDER_PLAYWRIGHT}/`);
const { chromium } = installed("playwright-core");
export const axe = readFileSync(installed.resolve("axe-core/axe.min.js"), "utf8");

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
}

let failures = 0;
export function check(name, good, found) {
  console.log(good ? `ok - ${name}` : `not ok - ${name}${found === undefined ? "" : `: found ${JSON.stringify(found)}`}`);
  if (!good) failures++;
}
export function failed() { return failures > 0; }
