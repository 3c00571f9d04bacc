// SPDX-License-Identifier: MIT
// training.mjs: opens a page of `descender export --to 'web train=on'` from the disk, as a person would: node
// training.mjs FOLDER FOLDER-FOR-SCREENSHOTS. FOLDER contains train.html, and trained.safetensors: the program's result
// of the recipe that this test types, with the portable kernels. Prints `ok - ` and `not ok - ` lines; leaves
// downloaded.safetensors in FOLDER.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { axe, check, failed, launch } from "./testing.mjs";

const [folder, shots] = process.argv.slice(2);
mkdirSync(shots, { recursive: true });

const browser = await launch();
const errors = [];
async function open(options = {}, before) {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, offline: true, ...options }), page = await context.newPage();
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  page.on("request", (request) => { if (!/^(file|blob|data):/.test(request.url())) errors.push(request.url()); });
  if (before) await page.addInitScript(before);
  await page.goto(`file://${folder}/train.html`);
  await page.waitForSelector("body.ready");
  return page;
}
const SMALL = "conv 4 3x3, batch-norm, relu, max-pool 2, flatten, dropout 0.3, dense 32, relu, dense";
const fill = async (page, fields) => { for (const [id, value] of Object.entries(fields)) await page.fill(`#${id}`, String(value)); };
const ended = async (page) => {
  await page.waitForSelector("#after:not([hidden]), #wrong:not([hidden])", { timeout: 60000 });
  const wrong = await page.textContent("#wrong");
  if (wrong) check("nothing is wrong", false, wrong);
};

const page = await open();
check("the page begins with its network's text", (await page.inputValue("#model")).includes("dense"));
await fill(page, { model: SMALL, epochs: 2, batch: 50, seed: 3, many: 1000, held: 10, augment: "affine rotate=10 shift=2, noise" });
await page.evaluate(() => {
  globalThis.longest = 0;
  let before = performance.now();
  const frame = (now) => { globalThis.longest = Math.max(globalThis.longest, now - before); before = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
});
await page.focus("#go");
await page.keyboard.press("Enter");
await ended(page);
const longest = await page.evaluate(() => globalThis.longest);
check(`it trains by keyboard, and the page stays alive (longest frame ${longest.toFixed(0)} ms)`, longest < 1000, longest);
check("each epoch has a row, with loss, accuracy and what is held out",
  await page.evaluate(() => [...document.querySelectorAll("#rows tr")].map((row) => row.cells.length).join()) === "5,5");
check("there are two charts", await page.locator("#charts svg polyline").count() === 4);
const [download] = await Promise.all([page.waitForEvent("download"), page.click("#save")]);
await download.saveAs(`${folder}/downloaded.safetensors`);
let same;
try { same = execFileSync("node", [fileURLToPath(new URL("../exchange/same_weights.mjs", import.meta.url)), `${folder}/downloaded.safetensors`, `${folder}/trained.safetensors`], { encoding: "utf8" }); }
catch (error) { same = error.stdout; }
check("the weights are those of the portable kernels", same.includes("bit for bit"), same);

await page.click("#use");
await page.focus("#pad");
await page.keyboard.press("1");
check("the trained network answers the drawing", /sure/.test(await page.textContent("#answer")) && (await page.textContent("#about")).includes("trained in this page"));
await page.screenshot({ path: `${shots}/training.png`, fullPage: true });
await page.click("#use");
check("and the page's own again", (await page.textContent("#about")).includes("made by Descender"));

// Labelled drawings; training starts from the network of the page.
for (const digit of "0123456789") {
  await page.focus("#pad");
  await page.keyboard.press(digit);
  await page.selectOption("#drawn-class", digit);
  await page.click("#add");
}
check("drawings become images with labels", await page.locator("#drawn canvas").count() === 10 && await page.isChecked('input[value="drawn"]'));
await page.click("#remove");
check("the last one can be taken back", await page.locator("#drawn canvas").count() === 9);
const own = await page.evaluate(() => JSON.parse(document.getElementById("lessons").textContent).model);
await fill(page, { model: own, epochs: 2, augment: "none" });
await page.selectOption("#from", "page");
await page.click("#go");
await ended(page);
check("training goes on from the page's network with drawings",
  Number(await page.textContent("#rows tr:last-child td:nth-child(3)")) >= 80, await page.textContent("#rows"));
await page.selectOption("#from", "");

// Files.
const idx = (sizes, values) => { const head = Buffer.alloc(4 + 4 * sizes.length); head.set([0, 0, 8, sizes.length]); sizes.forEach((n, i) => head.writeUInt32BE(n, 4 + 4 * i)); return Buffer.concat([head, Buffer.from(values)]); };
const pixels = Uint8Array.from({ length: 200 * 784 }, (_, i) => (i % 784) / 28 < 2.8 * (Math.floor(i / 784) % 10 + 1) ? 200 : 0);
const file = (name, buffer) => ({ name, mimeType: "application/octet-stream", buffer });
await page.setInputFiles("#image-file", file("images.gz", gzipSync(idx([200, 28, 28], pixels))));
await page.setInputFiles("#label-file", file("labels", idx([199], new Uint8Array(199))));
await fill(page, { model: "784-10", epochs: 20, batch: 20, rate: 0.01 });
await page.click("#go");
await page.waitForSelector("#wrong:not([hidden])");
check("files that do not belong together are refused", (await page.textContent("#wrong")).includes("199 labels"), await page.textContent("#wrong"));
await page.setInputFiles("#label-file", file("labels", idx([200], Uint8Array.from({ length: 200 }, (_, i) => i % 10))));
await page.click("#go");
await ended(page);
check("IDX files are learned, gzip or not", Number(await page.textContent("#rows tr:last-child td:nth-child(3)")) > 90, await page.textContent("#rows tr:last-child"));

// Errors, and stopping.
await fill(page, { model: "conv 4 3x3, flaten, dense" });
await page.click("#go");
await page.waitForSelector("#wrong:not([hidden])");
check("what is wrong is said as the program says it", (await page.textContent("#wrong")).includes("unknown layer 'flaten'; did you mean 'flatten'?"), await page.textContent("#wrong"));
await fill(page, { model: "784-10", epochs: 1000 });
await page.evaluate(() => { globalThis.longest = 0; });
await page.click("#go");
await page.waitForSelector("#rows tr:nth-child(3)");
await page.click("#stop");
await ended(page);
const quick = await page.evaluate(() => globalThis.longest);
check(`hundreds of epochs a second leave the page alive (longest frame ${quick.toFixed(0)} ms)`, quick < 1000, quick);
check("it can be stopped, and the network is there", (await page.textContent("#where")).startsWith("Stopped"), await page.textContent("#where"));

await page.addScriptTag({ content: axe });
const violations = async (one) => (await one.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }))).violations.map((v) => v.id);
check("it is accessible", (await violations(page)).length === 0, await violations(page));
await page.setViewportSize({ width: 360, height: 780 });
check("it fits a telephone of 360 pixels", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
await page.screenshot({ path: `${shots}/training-narrow.png`, fullPage: true });

// In dark mode, and without workers.
const dark = await open({ colorScheme: "dark" }, () => { delete globalThis.Worker; });
await fill(dark, { model: SMALL, epochs: 2, many: 500 });
await dark.click("#go");
await ended(dark);
check("it trains without workers", await dark.locator("#rows tr").count() === 2);
await dark.addScriptTag({ content: axe });
check("it is accessible in the dark", (await violations(dark)).length === 0, await violations(dark));
await dark.screenshot({ path: `${shots}/training-dark.png`, fullPage: true });
check("it says nothing to the console, and asks no network", errors.length === 0, errors);
await browser.close();
process.exit(failed() ? 1 : 0);
