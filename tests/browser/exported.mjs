// SPDX-License-Identifier: MIT
// exported.mjs: opens pages that `descender export --to web` wrote from the disk, as a person would: node exported.mjs
// FOLDER MNIST FOLDER-FOR-SCREENSHOTS. FOLDER contains digits.html, small.html and colour.html, and
// digits.probabilities: the library's answers to MNIST's test images (float32). Prints `ok - ` and `not ok - ` lines.
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { axe, check, failed, launch } from "./testing.mjs";

const [folder, mnist, shots] = process.argv.slice(2);
mkdirSync(shots, { recursive: true });

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, offline: true });
const page = await context.newPage(), errors = [];
page.on("pageerror", (error) => errors.push(String(error)));
page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });

await page.goto(`file://${folder}/digits.html`);
await page.waitForSelector("body.ready");
check("an exported page opens from a disk, without a server", true);
await page.focus("#pad");
const read = [];
for (let digit = 0; digit < 10; digit++) {
  await page.keyboard.press(String(digit));
  read.push(await page.locator("#answer strong").textContent());
}
check("it reads the digits that its keys draw", read.join("") === "0123456789", read.join(""));
await page.screenshot({ path: `${shots}/exported.png` });
const box = await page.locator("#pad").boundingBox();
await page.click("#clear");
await page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.2);
await page.mouse.down();
await page.mouse.move(box.x + box.width * 0.55, box.y + box.height * 0.12, { steps: 5 });
await page.mouse.move(box.x + box.width * 0.5, box.y + box.height * 0.88, { steps: 9 });
await page.mouse.up();
check("it reads what is drawn with a mouse", (await page.locator("#answer strong").textContent()) === "1",
  await page.locator("#answer").textContent());
await page.addScriptTag({ content: axe });
const found = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }));
check("it is accessible", found.violations.length === 0, found.violations.map((one) => one.id));
await page.setViewportSize({ width: 390, height: 844 });
await page.screenshot({ path: `${shots}/exported-narrow.png`, fullPage: true });
check("it fits a telephone", await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
check("it says nothing to the console", errors.length === 0, errors);

// An answer below the network's threshold is no digit; a page without a threshold answers everything.
await page.setViewportSize({ width: 1100, height: 760 });
check("the page has the model's threshold", await page.evaluate(() => typeof globalThis.descender.network.below) === "number");
await page.evaluate(() => { globalThis.descender.network.below = 1.01; });
await page.focus("#pad");
await page.keyboard.press("7");
const told = await page.locator("#answer").textContent();
check("what is below it is no digit, and what it would be is said", /^no digit\s*it would be 7 at \d+\.\d %$/.test(told), told);
check("no class is the best then", (await page.locator("#bars .best").count()) === 0);
await page.screenshot({ path: `${shots}/exported-no-digit.png` });
// Two bars: the network is confident only of the correct answer.
await page.click("#clear");
await page.evaluate(() => {
  const { network, machine } = globalThis.descender;
  let turn = 0;
  network.below = 0.5;
  machine.predict = () => {
    queueMicrotask(() => { turn = 0; });
    const sure = turn++ ? 0.9 : 0.3;
    return Float32Array.from(network.classes, (_, i) => (i === 1 ? sure : 0.01));
  };
});
for (const x of [0.3, 0.7]) {
  await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.3);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * x, box.y + box.height * 0.75, { steps: 1 });
  await page.mouse.up();
}
check("of several marks those that are digits are read", (await page.locator("#answer").textContent()) === "11 of 2 marks is a digit" &&
  (await page.locator("#several button").allTextContents()).join() === "–,1", [await page.locator("#answer").textContent(), await page.locator("#several button").allTextContents()]);
check("it is still accessible", (await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }))).violations.length === 0);
await page.screenshot({ path: `${shots}/exported-mark.png` });

// A network for other images than digits takes the whole picture, here in colour.
await page.setViewportSize({ width: 1100, height: 760 });
await page.goto(`file://${folder}/colour.html`);
await page.waitForSelector("body.ready");
const seen = await page.evaluate(() => {
  const pixels = new Uint8Array(3 * 50 * 50);
  for (let i = 0; i < pixels.length; i += 3) pixels.set([200, 40, 10], i);
  const images = globalThis.descender.prepare({ pixels, width: 50, height: 50, channels: 3 }), count = images[0].length / 3;
  return { images: images.length, colours: [0, 1, 2].map((c) => images[0][c * count]), shape: globalThis.descender.network.shape };
});
check("a network of colours is given the picture in colour", seen.images === 1 && seen.colours.join() === "200,40,10" && seen.shape[0] === 3, seen);
check("and its page does not speak of digits", !(await page.locator("#pad-hint").textContent()).includes("example"));
await page.screenshot({ path: `${shots}/exported-colour.png` });

const size = statSync(`${folder}/small.html`).size;
check(`a page of 99.5 percent takes at most 100 kB (${size} bytes)`, size <= 100000, size);
if (!existsSync(`${mnist}/t10k-images-idx3-ubyte.gz`)) {
  console.log("skip - the page answers the whole test set as the library does: needs MNIST in $DESCENDER_DATA");
} else {
  const images = gunzipSync(readFileSync(`${mnist}/t10k-images-idx3-ubyte.gz`)).subarray(16).toString("base64");
  for (const name of ["digits", "small"]) {
    const expected = readFileSync(`${folder}/${name}.probabilities`).toString("base64");
    await page.goto(`file://${folder}/${name}.html`);
    await page.waitForSelector("body.ready");
    const result = await page.evaluate(([images, expected]) => {
      const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const all = bytes(images), right = new Float32Array(bytes(expected).buffer), { machine } = globalThis.descender;
      let differ = 0, largest = 0;
      const begun = performance.now(), count = all.length / 784, best = (shares) => shares.indexOf(Math.max(...shares));
      const answers = [];
      for (let i = 0; i < count; i++) answers.push(machine.predict(all.subarray(784 * i, 784 * (i + 1))));
      const milliseconds = (performance.now() - begun) / count;
      answers.forEach((shares, i) => {
        const ours = right.subarray(10 * i, 10 * (i + 1));
        if (best(shares) !== best(ours)) differ++;
        shares.forEach((share, k) => { largest = Math.max(largest, Math.abs(share - ours[k])); });
      });
      return { count, differ, largest, milliseconds, simd: machine.simd };
    }, [images, expected]);
    check(`${name}: the page answers the whole test set as the library does (${result.milliseconds.toFixed(2)} ms an image, ` +
      `largest difference ${result.largest.toExponential(1)}${result.simd ? "" : ", without SIMD"})`, result.count === 10000 && result.differ === 0, result);
    console.log(`  # ${name}: ${result.milliseconds.toFixed(3)} ms an answer`);
  }
}
await browser.close();
process.exit(failed() ? 1 : 0);
